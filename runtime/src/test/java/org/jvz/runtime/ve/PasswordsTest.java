package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script that runs inside, given to a real shell whose {@code id}, {@code useradd} and {@code chpasswd} write down what they get. */
class PasswordsTest {
    @TempDir
    private Path bin;

    @BeforeEach
    void programs() throws IOException {
        program("id", "[ \"$2\" = root ]");
        program("useradd", "echo useradd \"$@\" >>" + bin + "/log");
        program(
                "chpasswd",
                "IFS= read -r line; printf 'chpasswd %s [%s]\n' $# \"$line\" >>" + bin
                        + "/log; [ \"$line\" != bad:x ]");
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int run(String user, String password) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh").redirectErrorStream(true);
        builder.environment().put("PATH", bin + ":/usr/bin:/bin");
        Process shell = builder.start();
        shell.getOutputStream()
                .write(Passwords.script(new SetOptions.UserPassword(user, password))
                        .getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return shell.exitValue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "root,secret",
                "root,it's",
                "root,$(touch x)`id`",
                "root,a\\nb",
                "root,%s%d",
                "root,a b  c",
                "root,''"
            })
    void thePasswordArrivesAsItIs(String user, String password) throws Exception {
        assertThat(run(user, password)).isZero();
        assertThat(Files.readAllLines(bin.resolve("log")))
                .containsExactly("chpasswd 0 [" + user + ":" + password + "]");
    }

    @Test
    void aUserThatIsNotThereIsMade() throws Exception {
        assertThat(run("bob", "x")).isZero();
        assertThat(Files.readAllLines(bin.resolve("log"))).containsExactly("useradd -m bob", "chpasswd 0 [bob:x]");
    }

    @Test
    void aFailureIsSeen() throws Exception {
        assertThat(run("bad", "x")).isNotZero();
    }

    @Test
    void aPasswordIsNotPrinted() {
        assertThat(new SetOptions.UserPassword("root", "secret")).hasToString("root:*");
    }
}
