package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.TreeRemover;
import org.jvz.testing.RootTest;

class VztmplTest {
    @TempDir
    Path dir;

    private final Linux linux = new JffiLinux();
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private boolean terminal;

    @BeforeEach
    void makeHost() throws IOException {
        Path etc = dir.resolve("etc/vz");
        Files.createDirectories(etc.resolve("recipes"));
        Files.createDirectories(dir.resolve("etc/vz/conf"));
        Files.writeString(etc.resolve("vz.conf"), "TEMPLATE=\"" + dir + "/template\"\n");
        Files.copy(Path.of("../templates/recipes/tiny"), etc.resolve("recipes/tiny"));
        environment.put("JVZ_PREFIX", dir.toString());
        environment.put("PATH", "/usr/bin:/bin");
    }

    @AfterEach
    void removeHost() throws IOException {
        TreeRemover.remove(linux, dir.resolve("template"));
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        return Vztmpl.run(
                args,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                linux,
                terminal);
    }

    private String stdout() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String stderr() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "frobnicate; Unmatched argument at index 0: 'frobnicate'",
                "list x; Unmatched argument at index 1: 'x'",
                "list --frobnicate; Unknown option: '--frobnicate'",
                "import; Missing required parameter: 'FILE'",
                "remove; Missing required parameter: 'NAME'",
                "import f --name; Missing required parameter for option '--name'",
                "build a b; Unmatched argument at index 2: 'b'",
            })
    void aCommandLineThatMakesNoSenseIs20(String args, String message) {
        assertThat(run(args.split(" "))).isEqualTo(20);
        assertThat(stderr()).startsWith(message).endsWith("Try: vztmpl --help\n");
        assertThat(stdout()).isEmpty();
    }

    @Test
    void helpGoesToStdoutAndItsLackToStderr() {
        assertThat(run("--help")).isZero();
        assertThat(stdout())
                .startsWith("Usage: vztmpl ")
                .contains("vztmpl build NAME", "vztmpl gc", "91 no such template");
        assertThat(stderr()).isEmpty();
        assertThat(run()).isEqualTo(20);
        assertThat(stderr()).startsWith("Usage: vztmpl ");
        assertThat(run("--version")).isZero();
        assertThat(stdout()).isEqualTo("vztmpl version 4.11.1\n");
    }

    @Test
    void buildWithoutANameListsTheRecipes() {
        assertThat(run("build")).isZero();
        assertThat(stdout()).isEqualTo("tiny                     busybox on its own, for tests and demos\n");
    }

    @Test
    void aHostWithoutConfigurationIsAFailure() throws IOException {
        Files.delete(dir.resolve("etc/vz/vz.conf"));
        assertThat(run("list")).isEqualTo(1);
        assertThat(stderr()).contains("etc/vz/vz.conf");
    }

    @RootTest
    void buildsListsVerifiesImportsAndRemoves() throws IOException {
        assertThat(run("build", "tiny")).isZero();
        assertThat(stdout())
                .startsWith("Building tiny\n")
                .contains("\nUnpacking ")
                .endsWith("Built " + dir + "/template/cache/tiny.tar.gz\n")
                .doesNotContain("\r", "%");
        assertThat(stderr()).isEmpty();

        assertThat(run("list")).isZero();
        assertThat(stdout())
                .startsWith("NAME                             SIZE UNPACKED  VES DIGEST       BUILT\n")
                .containsPattern("\ntiny +[0-9.]+[KM] +[0-9.]+M +0 [0-9a-f]{12} 20[0-9-]{8} [0-9:]{5}\n");

        assertThat(run("verify", "--full")).isZero();
        assertThat(stdout()).endsWith("Nothing has changed\n");
        Path archive = dir.resolve("template/cache/tiny.tar.gz");
        assertThat(run("import", archive.toString(), "--name", "other")).isZero();
        assertThat(stdout()).endsWith("Imported " + dir + "/template/cache/other.tar.gz\n");
        assertThat(run("import", archive.toString(), "--name=other")).isEqualTo(21);
        assertThat(stderr()).contains("OS template other exists");

        assertThat(run("remove", "tiny")).isZero();
        assertThat(run("remove", "other")).isZero();
        assertThat(run("gc")).isZero();
        assertThat(stdout()).isEqualTo("Removed 0 unpacked templates and 0 leftovers\n");
        assertThat(run("list")).isZero();
        assertThat(stdout()).hasLineCount(1);
    }

    @RootTest
    void verifyTellsWhatChanged() throws IOException {
        run("build", "tiny");
        Path store = dir.resolve("template/store");
        try (var trees = Files.newDirectoryStream(store, "?".repeat(64))) {
            Files.delete(trees.iterator().next().resolve("rootfs/etc/inittab"));
        }
        assertThat(run("verify")).isEqualTo(1);
        assertThat(stderr()).contains("tiny: /etc/inittab is missing\n");
        assertThat(stdout()).doesNotContain("Nothing has changed");
    }

    @RootTest
    void whatIsNotThereIs91AndWhatMakesNoSenseIs21() throws IOException {
        String missing = "Cached OS template " + dir + "/template/cache/absent.tar[.gz|.bz2|.xz] not found\n";
        assertThat(run("remove", "absent")).isEqualTo(91);
        assertThat(stderr()).isEqualTo(missing);
        assertThat(run("verify", "absent")).isEqualTo(91);
        assertThat(stderr()).isEqualTo(missing);
        assertThat(run("build", "absent")).isEqualTo(91);
        assertThat(stderr()).startsWith("No recipe absent in ").endsWith("there are: tiny\n");
        assertThat(run("import", "/absent.tar")).isEqualTo(21);
        assertThat(stderr()).isEqualTo("No such file: /absent.tar\n");
        Path text = Files.writeString(dir.resolve("bad.tar"), "not an archive");
        assertThat(run("import", text.toString())).isEqualTo(1);
        assertThat(stderr()).startsWith("Unable to unpack ").contains("\n  because archive is truncated\n");
    }

    @RootTest
    void aTerminalSeesProgressInPlace() {
        terminal = true;
        assertThat(run("build", "tiny")).isZero();
        assertThat(stdout()).startsWith("Building tiny ...").contains("\nUnpacking ");
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("/cache/tiny.tar.gz\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0B",
        "999,999B",
        "1000,1.0K",
        "1024,1.0K",
        "10240,10K",
        "1900000,1.8M",
        "302500683,288M",
        "1200000000,1.1G"
    })
    void sizesHaveThreeDigits(long bytes, String text) {
        assertThat(TemplateProgress.size(bytes)).isEqualTo(text);
    }
}
