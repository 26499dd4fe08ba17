package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ./install puts in place: commands that say nothing but their own words, whatever the caller's environment. */
@Tag("e2e")
final class LauncherTest {
    private static final String STATUS = "CTID 7 deleted unmounted down";

    @TempDir
    static Path dir;

    private Path vzctl = dir;

    @BeforeEach
    void installOnce() throws Exception {
        assumeThat(TestHost.obstacle()).isEmpty();
        vzctl = dir.resolve("usr/local/sbin/vzctl");
        if (!Files.exists(vzctl)) {
            install(Map.of(), "--destdir", dir.toString()).succeeds();
        }
    }

    @Test
    void javaOptionsOfTheCallerAreNotObeyed() throws Exception {
        new VzctlProcess(vzctl, List.of("status", "7"))
                .environment(Map.of(
                        "JAVA_TOOL_OPTIONS", "-Xnonsense",
                        "_JAVA_OPTIONS", "-Xnonsense",
                        "JDK_JAVA_OPTIONS", "-Xnonsense"))
                .run()
                .succeeds()
                .prints(STATUS);
    }

    @Test
    void argumentsSurviveAnyLocale() throws Exception {
        for (String locale : new String[] {"C", "POSIX", "tlh_KX.ISO-8859-99", ""}) {
            new VzctlProcess(vzctl, List.of("status", "größe"))
                    .environment(Map.of("LANG", locale, "LC_ALL", locale))
                    .run()
                    .exits(21)
                    .complains("Bad CT ID größe");
        }
    }

    @Test
    void closedStreamsDoNoHarm() throws Exception {
        shell("\"$0\" status 7 <&-").succeeds().prints(STATUS);
        shell("\"$0\" status 7 2>&-").succeeds().prints(STATUS);
        shell("\"$0\" status 7 >&-").exits(0).prints().complains();
        shell("\"$0\" status 7 <&- >&- 2>&-").exits(0);
    }

    @Test
    void successIsSilentOnStderrWhateverTheCallersSurroundings() throws Exception {
        Files.writeString(dir.resolve("etc/vz/conf/77.conf"), "# mine\nHOSTNAME=\"größe\"\n");
        List<Map<String, String>> surroundings = List.of(
                Map.of("JAVA_TOOL_OPTIONS", "-Xmx1k", "TERM", "", "LANG", "C"),
                Map.of("_JAVA_OPTIONS", "-version", "TERM", "nonsense", "LANG", "de_DE.ISO-8859-1"),
                Map.of("JDK_JAVA_OPTIONS", "@/nonexistent", "TERM", "xterm-256color", "LC_ALL", "tlh_KX"),
                Map.of("JAVA_OPTIONS", "-Xlog:all", "COLUMNS", "-3", "LANGUAGE", "ja", "TZ", "Nowhere/At_All"));
        String[] commands = {
            "vzctl --version",
            "vzctl --help",
            "vzctl status 77",
            "vzctl set 77 --onboot yes --save",
            "vzlist -a",
            "vzlist -L"
        };
        for (Map<String, String> environment : surroundings) {
            for (String command : commands) {
                String program = vzctl.resolveSibling(command).toString();
                for (String streams : new String[] {"", "<&-", "</dev/full", "<&- >/dev/full"}) {
                    Outcome outcome = new VzctlProcess(
                                    Path.of("/bin/sh"), List.of("-c", "exec " + program + " " + streams))
                            .environment(environment)
                            .run();
                    assertThat(outcome.stderr().replace("Container(s) not found\n", ""))
                            .as("%s %s in %s", command, streams, environment)
                            .isEmpty();
                    outcome.exits(0);
                }
            }
        }
        assertThat(dir.resolve("etc/vz/conf/77.conf")).hasContent("# mine\nHOSTNAME=\"größe\"\nONBOOT=\"yes\"\n");
        Files.delete(dir.resolve("etc/vz/conf/77.conf"));
    }

    @Test
    void worksByALinkAndWithAnEmptyEnvironment() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), vzctl);

        shell("cd / && env -i \"$0\" status 7").succeeds().prints(STATUS);
        run(link, "status", "7").succeeds().prints(STATUS);
    }

    @Test
    void anArchiveThatDoesNotFitIsIgnoredInSilence() throws Exception {
        Path archive = dir.resolve("usr/local/lib/jvz/jvz.jsa");
        Path kept = Files.copy(archive, dir.resolve("kept.jsa"), StandardCopyOption.REPLACE_EXISTING);

        Files.write(archive, new byte[5000]);
        run(vzctl, "status", "7").succeeds().prints(STATUS);
        Files.delete(archive);
        run(vzctl, "status", "7").succeeds().prints(STATUS);

        // A jar that has been touched is one that the archive was not made from.
        Files.copy(kept, archive);
        Path jar;
        try (Stream<Path> jars = Files.list(archive.getParent())) {
            jar = jars.filter(file -> file.getFileName().toString().startsWith("jvz-cli"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(0));
        run(vzctl, "status", "7").succeeds().prints(STATUS);
        run(dir.resolve("usr/local/lib/jvz/make-archive")).exits(0);
        assertThat(archive).exists();
    }

    @ParameterizedTest
    @MethodSource("javas")
    void speaksOnlyItsOwnWordsOnEveryJava(String home, @TempDir Path own) throws Exception {
        install(Map.of("JAVA_HOME", home), "--destdir", own.toString()).exits(0);
        Path command = own.resolve("usr/local/sbin/vzctl");

        run(command, "status", "7").succeeds().prints(STATUS);
        // A native call: newer Javas would warn of it.
        run(command, "exec", "7", "true").exits(14).complains("Container config file does not exist");

        // The Java of the installation goes away; another one takes over.
        String launcher = Files.readString(command);
        Files.writeString(command, launcher.replace(home, "/nonexistent"));
        new VzctlProcess(command, List.of("status", "7"))
                .environment(Map.of("JAVA_HOME", home))
                .run()
                .succeeds()
                .prints(STATUS);
    }

    @Test
    void anUpdateKeepsWhatTheAdministratorHasWritten(@TempDir Path own, @TempDir Path elsewhere) throws Exception {
        install(Map.of(), "--destdir", own.toString(), "--prefix", "/opt/jvz").exits(0);
        Path conf = own.resolve("etc/vz/vz.conf");
        Files.writeString(conf, Files.readString(conf) + "# mine\n");
        Path stale = Files.createFile(own.resolve("opt/jvz/lib/jvz/jvz-cli-0.0.1.jar"));
        Path manifest = own.resolve("opt/jvz/lib/jvz/manifest");
        // In a copy of an installation the list still names what it is a copy of.
        Path copied = Files.createFile(elsewhere.resolve("jvz-cli-0.0.1.jar"));
        Files.writeString(manifest, Files.readString(manifest) + stale + "\n" + copied + "\n");

        install(Map.of(), "--destdir", own.toString(), "--prefix", "/opt/jvz").exits(0);

        assertThat(conf).content().endsWith("# mine\n");
        assertThat(stale).doesNotExist();
        // Where old scripts look for it.
        run(own.resolve("usr/sbin/vzctl"), "status", "7").succeeds().prints(STATUS);

        Files.writeString(manifest, Files.readString(manifest) + copied + "\n");
        install(Map.of(), "--uninstall", "--destdir", own.toString(), "--prefix", "/opt/jvz")
                .exits(0);
        assertThat(copied).exists();
        assertThat(own.resolve("opt/jvz/lib/jvz")).doesNotExist();
        assertThat(own.resolve("opt/jvz/sbin")).isEmptyDirectory();
        assertThat(own.resolve("usr/sbin")).isEmptyDirectory();
        assertThat(conf).exists();
    }

    @Test
    void installRefusesWhatItCannotDo(@TempDir Path own) throws Exception {
        install(Map.of(), "--destdir", "relative").exits(1);
        install(Map.of(), "--destdir", own + "/two words").exits(1);
        install(Map.of(), "--prefix").exits(1);
        install(Map.of(), "--perfix", "/usr").exits(1);
        install(Map.of(), "--uninstall", "--destdir", own.toString()).exits(1);
        assertThat(own).isEmptyDirectory();
    }

    /** The homes of the Javas of this machine that jvz can use; at least the one that runs this. */
    static List<String> javas() throws IOException {
        List<String> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")).toRealPath().toString());
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (Stream<Path> entries = Files.list(all)) {
                for (Path home : entries.toList()) {
                    String real = home.toRealPath().toString();
                    if (!homes.contains(real) && Files.exists(home.resolve("bin/javac")) && version(home) >= 17) {
                        homes.add(real);
                    }
                }
            }
        }
        return homes;
    }

    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.exists(release)) {
            return 0;
        }
        for (String line : Files.readAllLines(release)) {
            if (line.startsWith("JAVA_VERSION=\"")) {
                return Integer.parseInt(line.replaceFirst("JAVA_VERSION=\"(\\d+).*", "$1"));
            }
        }
        return 0;
    }

    private static Outcome install(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return new VzctlProcess(TestHost.top().resolve("install"), List.of(arguments))
                .environment(environment)
                .run();
    }

    private static Outcome run(Path program, String... arguments) throws IOException, InterruptedException {
        return new VzctlProcess(program, List.of(arguments)).run();
    }

    private Outcome shell(String script) throws IOException, InterruptedException {
        return run(Path.of("/bin/sh"), "-c", script, vzctl.toString());
    }
}
