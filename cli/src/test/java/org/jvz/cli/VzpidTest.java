package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jvz.cli.Harness.Result;

/** Section 9 of vzctl's contract, vzpid, for processes of the host; those of a VE are in {@code SmallToolsTest}. */
class VzpidTest {
    private final long pid = ProcessHandle.current().pid();

    private static Result run(String in, String... args) {
        return Harness.capture((out, err) ->
                Vzpid.run(args, Map.of(), new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)), out, err));
    }

    @Test
    void knowsProcessesOfTheHost() throws IOException {
        String name = Files.readString(Path.of("/proc/self/comm")).strip();
        assertThat(run("", Long.toString(pid)))
                .isEqualTo(new Result(0, "Pid\tCTID\tName\n" + pid + "\t0\t" + name + "\n", ""));
        assertThat(run("", "-p", Long.toString(pid)))
                .isEqualTo(new Result(0, "Pid\tCT/Pid\tCTID\tName\n" + pid + "\t" + pid + "\t0\t" + name + "\n", ""));
        assertThat(run(" \n" + pid + "\n", "-").out()).contains("\n" + pid + "\t0\t");
    }

    @Test
    void passesOverWhatIsNoProcess() {
        Result none = run("", "999999999", "self", "-1", "../1", "4294967297");
        assertThat(none).isEqualTo(new Result(0, "Pid\tCTID\tName\n", ""));
    }

    @Test
    void tellsItsUsage() {
        assertThat(run("").status()).isEqualTo(1);
        assertThat(run("").err()).startsWith("Usage: vzpid [-p] <pid> ...");
        assertThat(run("", "-p").status()).isEqualTo(1);
        assertThat(run("", "-h").status()).isZero();
    }
}
