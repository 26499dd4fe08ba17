package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.HostPaths;

/** What commands that live for some tens of milliseconds must not load (ADR 0006). */
class StartupTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        assumeTrue(ProcessOwner.isRoot(), "needs root: vzctl tells others nothing about VEs");
        host = new Harness(root);
        host.conf(101, "VE_ROOT=\"/none/$VEID\"\nNAME=\"web\"\nNUMPROC=\"10:20\"\n");
        host.name("web", 101);
        host.runs(101);
    }

    @Test
    void statusLoadsLittle() throws Exception {
        List<String> loaded = classesOf("CTID 101 deleted unmounted running", "Vzctl", "status", "101");
        assertThat(loaded)
                .contains("org.jvz.cli.StatusCommand")
                .noneMatch(name -> startsWithAny(name, "com.kenai.", "jnr.", "com.fasterxml.", "picocli."))
                .noneMatch(name -> startsWithAny(name, "org.jvz.runtime.config.ConfKey", "org.jvz.cli.Option"))
                .noneMatch(name -> startsWithAny(name, "java.util.regex.", "java.time."))
                .noneMatch(name -> name.contains("$$Lambda") || name.contains("LambdaForm$MH"));
    }

    @Test
    void vzlistLoadsLittle() throws Exception {
        List<String> loaded = classesOf("101", "Vzlist", "-a", "-H", "-o", "ctid,numproc,status,ip,hostname");
        assertThat(loaded)
                .contains("org.jvz.cli.FieldText")
                .noneMatch(name -> startsWithAny(name, "com.kenai.", "jnr.", "com.fasterxml.", "picocli."))
                .noneMatch(name -> startsWithAny(name, "org.jvz.runtime.config.ConfKey"))
                .noneMatch(name -> name.contains("$$Lambda") || name.contains("LambdaForm$MH"));
    }

    private static boolean startsWithAny(String name, String... beginnings) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    /** The classes that a command in a JVM of its own loads. */
    private List<String> classesOf(String answer, String main, String... args) throws Exception {
        Path log = host.root.resolve("classes");
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                "org.jvz.cli." + main));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(HostPaths.PREFIX_VARIABLE, host.root.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains(answer).hasLineCount(1);
        return Files.readAllLines(log).stream()
                .map(line -> line.substring(line.lastIndexOf("] ") + 2).split(" ")[0])
                .toList();
    }
}
