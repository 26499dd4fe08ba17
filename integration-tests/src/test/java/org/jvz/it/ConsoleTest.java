package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vzctl console}: what a person sees who logs in there, leaves, comes back, and watches the VE stop and boot. */
@EndToEnd
final class ConsoleTest {
    private static final String DETACH = "\033.";
    private static final String ATTENTION = "\033!";

    private final TestHost host = TestHost.get();

    @TempDir
    Path dir;

    private PtySession attach(int id, String... tty) throws Exception {
        String command = host.path("usr/local/sbin/vzctl") + " console " + id + " " + String.join(" ", tty);
        PtySession terminal = new PtySession(dir, "stty rows 41 cols 102; " + command + "; echo left $?; stty -a");
        terminal.awaitText("Attached to CT " + id + " (ESC . to detach)");
        return terminal;
    }

    private static void detach(PtySession terminal, int id) throws Exception {
        terminal.type(DETACH);
        terminal.awaitText("Detached from CT " + id);
        terminal.awaitText("left 0");
        assertThat(terminal.close()).isZero();
        String screen = terminal.screen();
        assertThat(screen.substring(screen.indexOf("left 0")).split("[\\s;]+"))
                .contains("isig", "icanon", "echo", "opost", "icrnl");
    }

    /** A VE of the tiny template into which root may log in without a password. */
    private TestVe openVe() throws Exception {
        TestVe ve = TestVe.started(host, "--hostname", "inside");
        ve.run("sed -i s/^root:!:/root::/ /etc/shadow").exits(0);
        return ve;
    }

    private static void login(PtySession terminal) throws Exception {
        terminal.awaitText("inside login:");
        terminal.type("root\r");
        terminal.awaitText("root@inside:");
    }

    @Test
    void whatRunsThereGoesOnWithoutAnybodyAttached() throws Exception {
        TestVe ve = openVe();
        int id = ve.id();
        PtySession first = attach(id);
        login(first);
        first.type("tty; stty size; mark=kept\r");
        first.awaitText("41 102");
        assertThat(first.screen()).containsAnyOf("/dev/console", "/dev/tty1");
        detach(first, id);

        PtySession second = attach(id, "1");
        second.type("echo still $mark\r");
        second.awaitText("still kept");
        // In the middle of a line they are two bytes like others.
        second.type("tr '\\033' E\r");
        second.type("x" + DETACH + "\r");
        second.awaitText("xE.");
        second.type("\u0003");
        second.type("stty -echo; cat >/dev/null\r");
        second.type(ATTENTION);
        second.awaitText("inside login:", 1);
        detach(second, id);
        ve.destroyFast();
        assertThat(host.path("run/jvz/console", id + ".1")).doesNotExist();
        assertThat(host.path("run/jvz/console", id + ".2")).doesNotExist();
    }

    @Test
    void theSecondIsAnotherTerminal() throws Exception {
        TestVe ve = TestVe.started(host);
        PtySession terminal = attach(ve.id(), "2");
        ve.leaveRunning("exec setsid sh -c 'exec </dev/tty2 >/dev/tty2 2>&1; stty -echo; echo ready;"
                + " read -r line; echo got $line; tty; sleep 1000'");
        terminal.awaitText("ready");
        terminal.type("this\r");
        terminal.awaitText("got this");
        terminal.awaitText("/dev/tty2");
        assertThat(host.vzctl("exec", ve.id(), "ls -l /dev/console /dev/tty1 /dev/tty2 | cut -c 1 | sort -u")
                        .run()
                        .stdout())
                .isEqualTo("c\n");
        detach(terminal, ve.id());
        ve.destroyFast();
    }

    @Test
    void aStopDetachesNobodyAndAStartIsWatched() throws Exception {
        TestVe ve = TestVe.started(host, "--hostname", "first");
        int id = ve.id();
        PtySession terminal = attach(id);
        terminal.awaitText("first login:");
        host.vzctl("stop", id).run().exits(0);
        host.vzctl("set", id, "--hostname", "second", "--save").run().exits(0);
        ve.start();
        terminal.awaitText("second login:");
        detach(terminal, id);

        host.vzctl("stop", id).run().exits(0);
        PtySession later = attach(id);
        later.awaitText("second login:");
        host.vzctl("destroy", id).run().exits(0);
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
        later.awaitText("Detached from CT " + id);
        assertThat(later.close()).isZero();
    }

    @Test
    @Tag("vm")
    void aProgramMayDriveIt() throws Exception {
        TestVe ve = openVe();
        PtySession watcher = attach(ve.id());
        watcher.awaitText("inside login:");
        Outcome outcome = host.vzctl("console", ve.id()).input("root\n").run();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.stderr())
                .isEqualTo("Attached to CT " + ve.id() + " (ESC . to detach)\n\nDetached from CT " + ve.id() + "\n");
        watcher.awaitText("root@inside:");
        detach(watcher, ve.id());
        ve.destroyFast();
    }

    /** A VE that floods its console waits for it, and nobody else does. */
    @Test
    void aFloodIsSlowedAndKeepsLittle() throws Exception {
        TestVe ve = TestVe.started(host);
        ve.leaveRunning("yes 0123456789012345678901234567890123456789 >/dev/console");
        Path kept = host.path("run/jvz/console", ve.id() + ".1");
        Thread.sleep(1_500);
        long before = Files.size(kept);
        Thread.sleep(1_000);
        long grown = Files.size(kept) - before;
        assertThat(grown).isBetween(10_000L, 600_000L);
        String blocks = new String(
                new ProcessBuilder("stat", "-c", "%b", kept.toString())
                        .start()
                        .getInputStream()
                        .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Long.parseLong(blocks.strip()) * 512).isLessThan(128 * 1024);
        ve.destroyFast();
    }

    @Test
    @Tag("vm")
    void systemdHasAGettyThere() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "debian-12-standard", "--hostname", "deb")
                .run()
                .exits(0);
        TestVe ve = TestVe.of(host, id);
        ve.start();
        ve.set("--userpasswd", "root:secret").exits(0);
        PtySession terminal = attach(id);
        terminal.awaitText("deb login:");
        terminal.type("root\r");
        terminal.awaitText("Password:");
        terminal.type("secret\r");
        terminal.awaitText("root@deb:");
        terminal.type("tty\r");
        terminal.awaitText("/dev/console");
        detach(terminal, id);
        ve.destroyFast();
    }
}
