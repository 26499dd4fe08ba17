package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.linux.WinSize;
import org.jvz.runtime.net.Traffic;

/** Whatever is typed, the small tools end with a status that is theirs, say why they failed, and show no stack trace. */
class RandomToolLineTest {
    private static final int LINES = 1000;
    /** Words that name no place where a tool that keeps numbers could put them. */
    private static final List<String> HARMLESS =
            List.of("", "0", "1", "-1", "x", "101", "web", "1.5", "nan", "é", "\u0000");

    @TempDir
    Path dir;

    private Harness host;

    /** A tool: its statuses, its words, and itself. */
    private record Subject(String name, Set<Integer> statuses, List<String> words, boolean writes, Run run) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Run {
        int run(String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err);
    }

    @BeforeEach
    void host() throws IOException {
        host = new Harness(dir);
        host.conf(101, "NAME=\"web\"\nNUMPROC=\"x\"\nPHYSPAGES=\"0:1\"\nNETIF=\"ifname=eth0,host_ifname=veth101.0\"\n");
        host.conf(103, "VE_PRIVATE=\"relative\"\nKMEMSIZE=\"2:1\"\nCPUUNITS=\"99999999999999999999\"\n");
        host.name("web", 101);
        Files.writeString(
                host.paths.etc().resolve("download.conf"), "TEMPLATE_REPOS=\"" + dir + " " + dir + "/none\"\n");
    }

    static Stream<Subject> tools() {
        return Stream.of(
                new Subject(
                        "vznetcfg",
                        Set.of(0, 1),
                        List.of("init", "create", "down", "veth", "venet", "veth101.0"),
                        false,
                        (args, env, in, out, err) -> Vznetcfg.run(args, env, err)),
                new Subject(
                        "vznetaddbr",
                        // No word here is a device of a container: nothing is put on a bridge of this machine.
                        Set.of(1),
                        List.of("init", "down", "veth", "venet", "none0"),
                        false,
                        (args, env, in, out, err) -> Vznetaddbr.run(args, env, out, err)),
                new Subject("vzpid", Set.of(0, 1), List.of("-p", "-", "-h", "1", "2"), false, Vzpid::run),
                new Subject(
                        "vzcfgvalidate",
                        Set.of(0, 1, 2),
                        List.of("-r", "-i", "-v", "-h", "-vno", "-ri", "yes", "CONF/101.conf", "CONF/103.conf"),
                        false,
                        Vzcfgvalidate::run),
                new Subject(
                        "vzcalc",
                        Set.of(0, 1),
                        List.of("-v", "-h", "101", "103"),
                        false,
                        (args, env, in, out, err) -> Vzcalc.run(args, env, out, err)),
                new Subject(
                        "vzmemcheck",
                        Set.of(0, 1),
                        List.of("-v", "-A", "-vA", "-h"),
                        false,
                        (args, env, in, out, err) -> Vzmemcheck.run(args, env, out, err)),
                new Subject(
                        "vzcpucheck",
                        Set.of(0, 1, 2),
                        List.of("-v", "-h"),
                        false,
                        (args, env, in, out, err) -> Vzcpucheck.run(args, env, out, err)),
                new Subject(
                        "vzsplit",
                        Set.of(0, 1),
                        List.of("-n", "-f", "-s", "-v", "-h", "-n2", "-fx", "half", "2"),
                        false,
                        Vzsplit::run),
                new Subject(
                        "vztmpl-dl",
                        Set.of(0, 1, 2, 3, 5),
                        List.of(
                                "--gpg-check",
                                "--no-gpg-check",
                                "--ignore-errors",
                                "--update",
                                "--no-update",
                                "--quiet",
                                "--update-all",
                                "--list-remote",
                                "--list-local",
                                "--list-all",
                                "--list-orphans",
                                "--config",
                                "--help",
                                "absent"),
                        false,
                        (args, env, in, out, err) -> VztmplDl.run(args, env, out, err, false)),
                new Subject(
                        "vznetstat",
                        Set.of(0, 1),
                        List.of("-4", "-6", "-v", "-c", "-h", "101", "web", "3"),
                        false,
                        (args, env, in, out, err) -> Vznetstat.run(args, env, out, err, new NoTraffic())),
                new Subject(
                        "vzproc",
                        Set.of(0, 1, 7),
                        List.of("show", "refresh", "run", "--every", "--", "5", "bc/resources", "bc", "/proc/bc"),
                        false,
                        (args, env, in, out, err) -> Vzproc.run(args, env, out, err, new NoProc())),
                new Subject(
                        "vzubc",
                        Set.of(0, 1),
                        List.of(
                                "-w", "-wd", "-wt", "-wn", "-q", "-qh", "-qm", "-v", "-c", "-r", "-rc", "-i", "-ic",
                                "-h", "-f", "-"),
                        true,
                        (args, env, in, out, err) -> Vzubc.run(args, env, out, err, new NoBeancounters(in))));
    }

    @ParameterizedTest
    @MethodSource("tools")
    void endsWithAStatusOfItsOwn(Subject tool) {
        SplittableRandom random = new SplittableRandom(RandomCommandLineTest.SEED);
        int refused = 0;
        for (int i = 0; i < LINES; i++) {
            String[] args = line(random, tool);
            Map<String, String> env = new HashMap<>(host.env());
            env.put("PATH", dir.toString());
            env.put(
                    "VEID",
                    RandomCommandLineTest.pick(random, List.of("101", "103", "9999999999", "4294967396", "-1", "")));
            String input = RandomCommandLineTest.pick(random, RandomCommandLineTest.VALUES) + "\n";
            Result result = Harness.capture((out, err) -> tool.run()
                    .run(args, env, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err));
            String what =
                    tool + " " + List.of(args) + ", VEID " + env.get("VEID") + ", seed " + RandomCommandLineTest.SEED;
            RandomCommandLineTest.check(what, result);
            assertThat(tool.statuses()).as(what).contains(result.status());
            if (result.status() != 0) {
                refused++;
                assertThat((result.out() + result.err()).isBlank() && result.status() != 7)
                        .as("says nothing, %s", what)
                        .isFalse();
            }
        }
        // Lines that all fail, or all succeed, would show little.
        assertThat(refused).isBetween(1, tool.statuses().contains(0) ? LINES - 1 : LINES);
    }

    private String[] line(SplittableRandom random, Subject tool) {
        List<String> args = new ArrayList<>();
        List<String> others = tool.writes() ? HARMLESS : RandomCommandLineTest.VALUES;
        for (int words = random.nextInt(5); words > 0; words--) {
            String word = RandomCommandLineTest.pick(random, tool.words())
                    .replace("CONF", host.paths.confDir().toString());
            args.add(
                    switch (random.nextInt(8)) {
                        case 0 -> RandomCommandLineTest.pick(random, others);
                        case 1 ->
                            RandomCommandLineTest.pick(
                                    random, tool.writes() ? HARMLESS : RandomCommandLineTest.TARGETS);
                        case 2 -> RandomCommandLineTest.mistyped(random, word);
                        default -> word;
                    });
        }
        return args.toArray(new String[0]);
    }

    private static final class NoTraffic implements Vznetstat.Surroundings {
        @Override
        public boolean isRoot() {
            return true;
        }

        @Override
        public boolean byClass(HostPaths paths) {
            return true;
        }

        @Override
        public SortedMap<CtId, List<Traffic>> read(HostPaths paths) {
            return new TreeMap<>(Map.of(new CtId(101), List.of()));
        }
    }

    private static final class NoProc implements Vzproc.Surroundings {
        @Override
        public boolean isRoot() {
            return true;
        }

        @Override
        public void refresh(HostPaths paths) throws IOException {
            Files.createDirectories(paths.procDir().resolve("bc"));
            Files.writeString(paths.procDir().resolve("bc/resources"), "bc\n");
        }

        @Override
        public int run(HostPaths paths, List<String> command, int every) {
            return 7;
        }
    }

    private record NoBeancounters(InputStream input) implements Vzubc.Surroundings {
        @Override
        public boolean isRoot() {
            return true;
        }

        @Override
        public String resources(HostPaths paths) {
            return """
                    Version: 2.5
                      uid  resource  held  maxheld  barrier  limit  failcnt
                           101: numproc   17   20   240   260   0
                    """;
        }

        @Override
        public @Nullable WinSize terminal() {
            return null;
        }

        @Override
        public boolean pause(long millis) {
            return false;
        }
    }
}
