package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.VzError;

/** Whatever is typed, callers get a status they know and no stack trace, and nothing changes where something is wrong. */
class RandomCommandLineTest {
    static final long SEED = 20261123;
    private static final int LINES = 10_000;

    private static final List<String> VERBS = List.of(
            "create",
            "start",
            "stop",
            "restart",
            "destroy",
            "delete",
            "mount",
            "umount",
            "status",
            "set",
            "exec",
            "exec2",
            "exec3",
            "enter",
            "console",
            "runscript",
            "chkpnt",
            "suspend",
            "restore",
            "resume",
            "quotaon",
            "quotaoff",
            "quotainit",
            "info",
            "snapshot",
            "snapshot-switch",
            "snapshot-list",
            "convert",
            "compact",
            "frob",
            "",
            "--help",
            "-h");
    static final List<String> TARGETS = List.of(
            "101",
            "102",
            "103",
            "0",
            "web",
            "nobody",
            "-1",
            "4294967396",
            "",
            " ",
            "101x",
            "../101",
            "--",
            "é",
            "\u0000");
    static final List<String> VALUES = List.of(
            "",
            "0",
            "1",
            "-1",
            "10.0.0.1",
            "10.0.0.1/24",
            "fd00::1/64",
            "::",
            "all",
            "yes",
            "no",
            "auto",
            "unlimited",
            "1:2",
            "2:1",
            "1G:2.2G",
            "1e9",
            "999999999999999999999",
            "a b",
            "a\tb",
            "a\nb",
            "\"",
            "$(id)",
            "`id`",
            "é",
            "\ud800",
            "../../etc",
            "/",
            "/vz/x",
            "$VEID",
            "name:on",
            "sys_admin:on",
            "b:7:0:rw",
            "eth0",
            "eth0,x,y,z,b",
            "100%",
            "101%",
            "0-3",
            "inherit",
            "x".repeat(5000),
            ":",
            ",",
            "=",
            "%s%n",
            "restart",
            "ignore",
            "basic");
    private static final List<String> VZLIST = List.of(
            "-a",
            "-S",
            "-n",
            "-H",
            "-t",
            "-j",
            "-1",
            "-L",
            "-o",
            "-s",
            "-h",
            "-N",
            "-d",
            "-aH",
            "-Hoctid",
            "--all",
            "--json",
            "--output",
            "--sort=-ctid",
            "-s",
            "-numproc",
            "--nam",
            "--no",
            "ctid,status",
            "uptime",
            "-z",
            "--help",
            "-oip,name",
            "-ouptime,laverage");

    @Test
    void vzctl(@TempDir Path root) throws IOException {
        Harness host = host(root);
        Set<Integer> known = new HashSet<>();
        for (VzError error : VzError.values()) {
            known.add(error.exitStatus());
        }
        known.add(0);
        List<String> options = options();
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, String> before = files(host);
        int refused = 0;
        for (int i = 0; i < LINES; i++) {
            String[] args = line(random, options);
            Result result = host.vzctl(args);
            String what = "line " + i + ", seed " + SEED + ": " + Arrays.toString(args);
            check(what, result);
            assertThat(known).as(what).contains(result.status());
            assertThat(result.status() == 0 || !(result.out() + result.err()).isBlank())
                    .as("says why it failed, %s", what)
                    .isTrue();
            Map<String, String> after = files(host);
            if (result.status() != 0) {
                assertThat(after).as("nothing changed, %s", what).isEqualTo(before);
                refused++;
            } else if (!after.equals(before)) {
                restore(host, before, after);
            }
        }
        // Lines that all fail, or all succeed, would show little.
        assertThat(refused).isBetween(LINES / 10, LINES * 9 / 10);
    }

    private static Harness host(Path root) throws IOException {
        Harness host = new Harness(root);
        Files.writeString(host.paths.confDir().resolve("ve-basic.conf-sample"), "NUMPROC=\"240:240\"\n");
        host.conf(101, "# first\nNAME=\"web\"\nIP_ADDRESS=\"10.0.0.9\"\n");
        host.conf(103, "VE_PRIVATE=\"/x/$VEID\"\nCPUUNITS=\"1000\"\nODD=it\\'s\n#UUID: 1\n");
        host.name("web", 101);
        host.state(101, true, true, true, false);
        host.state(103, true, false, false, false);
        return host;
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>();
        for (OptionTable table : List.of(
                Options.set(),
                Options.set(),
                Options.create(),
                Options.startStop(),
                Options.mount(),
                Options.chkpnt(),
                Options.restore(),
                Options.snapshot(),
                Options.convert())) {
            table.options().forEach(option -> options.add("--" + option.name()));
            table.more().forEach(option -> options.add("--" + option.name()));
        }
        return options;
    }

    /** What the administrator has: configurations with their contents, names with what they point at. */
    private static Map<String, String> files(Harness host) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Path dir : List.of(host.paths.confDir(), host.paths.namesDir())) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
                for (Path entry : entries) {
                    String content = Files.isSymbolicLink(entry)
                            ? Files.readSymbolicLink(entry).toString()
                            : Files.readString(entry, StandardCharsets.ISO_8859_1);
                    files.put(entry.toString(), content);
                }
            }
        }
        return files;
    }

    private static void restore(Harness host, Map<String, String> before, Map<String, String> after)
            throws IOException {
        for (String file : after.keySet()) {
            if (!Objects.equals(before.get(file), after.get(file))) {
                Files.delete(Path.of(file));
            }
        }
        for (Map.Entry<String, String> file : before.entrySet()) {
            Path path = Path.of(file.getKey());
            if (!file.getValue().equals(after.get(file.getKey()))) {
                if (path.startsWith(host.paths.namesDir())) {
                    Files.createSymbolicLink(path, Path.of(file.getValue()));
                } else {
                    Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
                }
            }
        }
    }

    private static String[] line(SplittableRandom random, List<String> options) {
        List<String> args = new ArrayList<>();
        if (random.nextInt(8) == 0) {
            args.add(pick(random, List.of("--quiet", "--verbose", "--skiplock", "--version", "--nix")));
        }
        if (random.nextInt(40) != 0) {
            String verb = random.nextInt(3) == 0 ? "set" : pick(random, VERBS);
            args.add(random.nextInt(30) == 0 ? mistyped(random, verb) : verb);
        }
        if (random.nextInt(40) != 0) {
            args.add(random.nextInt(2) == 0 ? "103" : pick(random, TARGETS));
        }
        for (int words = random.nextInt(6); words > 0; words--) {
            switch (random.nextInt(7)) {
                case 0 -> args.add(pick(random, options));
                case 1 -> args.add(pick(random, options) + "=" + pick(random, VALUES));
                case 2 -> {
                    String option = pick(random, options);
                    args.add(option.substring(0, 2 + random.nextInt(option.length() - 2)));
                }
                case 3 -> args.add("-" + (char) ('a' + random.nextInt(26)) + pick(random, VALUES));
                case 4 -> args.add(mistyped(random, pick(random, options)));
                case 5 -> {
                    args.add(pick(random, options));
                    args.add(pick(random, VALUES));
                }
                default -> args.add(pick(random, VALUES));
            }
        }
        if (random.nextInt(3) == 0) {
            args.add("--save");
        }
        return args.toArray(new String[0]);
    }

    /** A word with one slip of the finger in it: a character lost, doubled, exchanged with the next, or another one. */
    static String mistyped(SplittableRandom random, String word) {
        if (word.isEmpty()) {
            return "x";
        }
        StringBuilder text = new StringBuilder(word);
        int at = random.nextInt(word.length());
        switch (random.nextInt(5)) {
            case 0 -> text.deleteCharAt(at);
            case 1 -> text.insert(at, word.charAt(at));
            case 2 -> text.append(text.charAt(at)).deleteCharAt(at);
            case 3 -> text.setCharAt(at, "-_=:% \té\u0001".charAt(random.nextInt(9)));
            default -> text.setCharAt(at, Character.toUpperCase(word.charAt(at)));
        }
        return text.toString();
    }

    @Test
    void vzlist(@TempDir Path root) throws IOException {
        Harness host = new Harness(root);
        host.conf(101, "NAME=\"web\"\nNUMPROC=\"x\"\nDISKSPACE=\"-\"\nBOOTORDER=\"1.5\"\nVE_LAYOUT=\":\"\n");
        host.conf(103, "VE_PRIVATE=\"relative\"\nVM_OVERCOMMIT=\"nan\"\nCPULIMIT=\"99999999999999999999\"\n");
        host.name("web", 101);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < LINES; i++) {
            List<String> args = new ArrayList<>();
            for (int words = random.nextInt(5); words > 0; words--) {
                args.add(pick(random, random.nextInt(4) == 0 ? TARGETS : VZLIST));
            }
            Result result = Harness.capture(
                    (out, err) -> Vzlist.run(args.toArray(new String[0]), host.env(), out, err, new NothingMounted()));
            check(args + ", seed " + SEED, result);
            assertThat(result.status()).isBetween(0, 1);
        }
    }

    static void check(String line, Result result) {
        for (String text : List.of(result.out(), result.err())) {
            assertThat(text).as(line).doesNotContain("\tat ", "Exception", "Internal error");
        }
    }

    static String pick(SplittableRandom random, List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static final class NothingMounted implements Vzlist.Factory {
        @Override
        public boolean isRoot() {
            return true;
        }

        @Override
        public VeProbe open(VzConf conf) {
            return new VeProbe() {
                @Override
                public List<CtId> running() {
                    return List.of(new CtId(101), new CtId(103));
                }

                @Override
                public boolean mounted(Path root) {
                    return false;
                }

                @Override
                public VeRow.Live live(CtId id) {
                    return new FakeLive();
                }
            };
        }
    }
}
