package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vzctl enter} from a real terminal, which script(1) makes: what the person sees, and the terminal afterwards. */
@EndToEnd
final class EnterTest {
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

    private String vzctl() {
        return host.path("usr/local/sbin/vzctl").toString();
    }

    @Test
    void theTerminalIsTheVesOwnAndKnowsItsSize() throws Exception {
        PtySession terminal =
                new PtySession(dir, "stty rows 33 cols 101; " + vzctl() + " enter " + id + "; echo left $?; stty -a");
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
        PtySession terminal = new PtySession(
                dir, "sh -c 'echo $$ >" + pid + "; exec " + vzctl() + " enter " + id + "'; echo gone; stty -a");
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
