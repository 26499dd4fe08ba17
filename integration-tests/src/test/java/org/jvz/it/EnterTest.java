package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vzctl enter} from a real terminal, which script(1) makes: what the person sees, and the terminal afterwards. */
@EndToEnd
final class EnterTest {
    private static final long PATIENCE_SECONDS = 60;

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @TempDir
    Path dir;

    @BeforeEach
    void startVe() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny", "--hostname", "inside")
                .run()
                .succeeds();
        host.vzctl("start", id, "--wait").run().succeeds();
    }

    @AfterEach
    void removeVe() throws Exception {
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    /** Everything that appeared on the terminal. */
    private final class Terminal {
        private final Path screen = dir.resolve("screen");
        private final Process process;
        private final OutputStream keys;

        Terminal(String command) throws IOException {
            process = new ProcessBuilder("script", "-qefc", command, screen.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            keys = process.getOutputStream();
        }

        void type(String text) throws IOException {
            keys.write(text.getBytes(StandardCharsets.UTF_8));
            keys.flush();
        }

        String screen() throws IOException {
            return Files.exists(screen) ? Files.readString(screen, StandardCharsets.ISO_8859_1) : "";
        }

        void awaitText(String text) throws IOException, InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!screen().contains(text)) {
                assertThat(System.nanoTime())
                        .as("waiting for " + text + " on:\n" + screen())
                        .isLessThan(end);
                Thread.sleep(20);
            }
        }

        int close() throws IOException, InterruptedException {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(screen())
                    .isTrue();
            return process.exitValue();
        }
    }

    private String vzctl() {
        return host.path("usr/local/sbin/vzctl").toString();
    }

    @Test
    void theTerminalIsTheVesOwnAndKnowsItsSize() throws Exception {
        Terminal terminal =
                new Terminal("stty rows 33 cols 101; " + vzctl() + " enter " + id + "; echo left $?; stty -a");
        terminal.awaitText("entered into CT " + id);
        terminal.type("tty; stty size; echo $((40+2)) $(hostname)\r");
        terminal.awaitText("42 inside");
        terminal.type("sleep 1000\r");
        Thread.sleep(300);
        // Ctrl-C is for the command inside: the shell there lives on.
        terminal.type("\u0003");
        terminal.type("echo $((50+1)) alive\r");
        terminal.awaitText("51 alive");
        terminal.type("exit 5\r");
        terminal.awaitText("left 5");
        assertThat(terminal.close()).isZero();
        String screen = terminal.screen();
        assertThat(screen).contains("/dev/pts/", "33 101", "exited from CT " + id);
        assertCooked(screen.substring(screen.indexOf("left 5")));
    }

    @Test
    void aSignalLeavesTheTerminalAsItWas() throws Exception {
        Path pid = dir.resolve("pid");
        Terminal terminal =
                new Terminal("sh -c 'echo $$ >" + pid + "; exec " + vzctl() + " enter " + id + "'; echo gone; stty -a");
        terminal.awaitText("entered into CT " + id);
        terminal.type("echo $((60+1)) ready\r");
        terminal.awaitText("61 ready");
        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number).orElseThrow().destroy();
        terminal.awaitText("\ngone");
        terminal.close();
        String screen = terminal.screen();
        assertCooked(screen.substring(screen.indexOf("\ngone")));
    }

    /** That stty(1) shows a terminal that edits lines, echoes and makes signals: raw mode is over. */
    private static void assertCooked(String settings) {
        assertThat(settings.split("[\\s;]+")).contains("isig", "icanon", "echo", "opost", "icrnl");
    }

    @Test
    void inputThatEndsEndsTheShell() throws Exception {
        Outcome outcome =
                host.vzctl("enter", id).input("echo $((70+1)) typed\n").run();
        assertThat(outcome.stdout()).contains("71 typed", "exited from CT " + id);
    }
}
