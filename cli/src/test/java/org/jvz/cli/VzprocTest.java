package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.HostPaths;

class VzprocTest {
    private Harness host;
    private boolean isRoot = true;
    private int refreshed;
    private String ran = "";

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
    }

    private Result vzproc(String... args) {
        return Harness.capture((out, err) -> Vzproc.run(args, host.env(), out, err, new Around()));
    }

    private final class Around implements Vzproc.Surroundings {
        @Override
        public boolean isRoot() {
            return isRoot;
        }

        @Override
        public void refresh(HostPaths paths) throws IOException {
            refreshed++;
            Path dir = Files.createDirectories(paths.procDir().resolve("bc/101"));
            Files.writeString(paths.procDir().resolve("user_beancounters"), "all\n");
            Files.writeString(dir.resolveSibling("resources"), "bc\n");
            Files.writeString(dir.resolve("resources"), "own\n");
        }

        @Override
        public int run(HostPaths paths, List<String> command, int every) {
            ran = command + " " + every;
            return 7;
        }
    }

    @Test
    void refreshesSilently() {
        assertThat(vzproc("refresh")).isEqualTo(new Result(0, "", ""));
        assertThat(refreshed).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "show, all",
        "show user_beancounters, all",
        "show /proc/user_beancounters, all",
        "show bc/resources, bc",
        "show /proc/bc/101/resources, own",
    })
    void showsAsItIsNow(String args, String text) {
        assertThat(vzproc(args.split(" "))).isEqualTo(new Result(0, text + "\n", ""));
        assertThat(refreshed).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"meminfo", "bc/102/resources", "bc", "../../../etc/vz/vz.conf", "/etc/passwd", "", "bc/101/../.."
            })
    void showsNothingElse(String file) {
        Result result = vzproc("show", file);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("There is no " + file + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run cat -A --every | [cat, -A, --every] 10",
                "run --every 0 cat  | [cat] 0",
                "run -- --cat       | [--cat] 10",
                "run --every 3 -- x | [x] 3",
            })
    void runsACommandAfterARefresh(String args, String expected) {
        assertThat(vzproc(args.split(" "))).isEqualTo(new Result(7, "", ""));
        assertThat(ran).isEqualTo(expected);
        assertThat(refreshed).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nix",
                "refresh now",
                "show a b",
                "run",
                "run --every 3",
                "run --every x cat",
                "run --every",
                "run --",
                "run -x"
            })
    void refuses(String args) {
        Result result = args.isEmpty() ? vzproc() : vzproc(args.split(" "));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).containsAnyOf("Usage: vzproc refresh\n", "--every needs a number of seconds");
        assertThat(refreshed).isZero();
    }

    @Test
    void helpsAndIsForRoot() {
        assertThat(vzproc("--help").status()).isZero();
        assertThat(vzproc("-h").out()).startsWith("Usage: vzproc refresh\n");
        isRoot = false;
        assertThat(vzproc("refresh")).isEqualTo(new Result(1, "", "This program can only be run under root.\n"));
        assertThat(refreshed).isZero();
    }
}
