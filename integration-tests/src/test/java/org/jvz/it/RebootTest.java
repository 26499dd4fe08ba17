package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A VE that reboots or halts itself: it is up again, or down with nothing of it left on the host. */
@EndToEnd
final class RebootTest {
    private static final int MOST = 5;
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private final TestHost host = TestHost.get();

    private interface Condition {
        boolean holds() throws Exception;
    }

    @Test
    void rebootInsideStartsItAgain() throws Exception {
        TestVe ve = TestVe.started(host);
        Path mark = host.path("vz", "scripts-ran");
        Path script = Files.writeString(
                host.path("etc/vz/conf", ve.id() + ".umount"), "#!/bin/sh\necho umount of $VEID >>" + mark + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        reboot(ve, "/sbin/reboot");

        ve.run("true").succeeds();
        assertThat(mark).content().isEqualTo("umount of " + ve.id() + "\n");
        assertThat(parent(init(ve))).as("the next one has a keeper, too").isNotEqualTo("1");
        Files.delete(script);
        Files.delete(mark);
        ve.destroyFast();
    }

    @Test
    void haltInsideLeavesNothingMountedOrMade() throws Exception {
        TestVe ve = TestVe.started(host);

        host.vzctl("exec", ve.id(), "poweroff").run();

        awaitDown(ve);
        assertThat(host.path("run/jvz", ve.id() + ".json")).doesNotExist();
        ve.destroyFast();
    }

    @Test
    void aKilledInitIsNotStartedAgain() throws Exception {
        TestVe ve = TestVe.started(host);

        new ProcessBuilder("kill", "-9", init(ve)).start().waitFor();

        awaitDown(ve);
        ve.destroyFast();
    }

    @Test
    void aVeThatRebootsForeverStaysDownInTheEnd() throws Exception {
        TestVe ve = TestVe.started(host);
        for (int i = 0; i < MOST; i++) {
            reboot(ve, "/sbin/reboot");
        }

        host.vzctl("exec", ve.id(), "/sbin/reboot").run();

        awaitDown(ve);
        assertThat(host.path("var/log/vzctl.log"))
                .content()
                .contains("CT " + ve.id() + " : ")
                .contains("Container has restarted itself 5 times within 60 seconds and stays down");
        ve.start();
        reboot(ve, "/sbin/reboot");
        ve.destroyFast();
    }

    @Test
    void aDebianRebootsAndPowersOff() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "debian-12-standard").run().exits(0);
        TestVe ve = TestVe.of(host, id);
        ve.start();

        reboot(ve, "systemctl reboot");

        await("systemd is up", () -> host.vzctl("exec", id, "systemctl is-system-running --wait")
                .run()
                .stdout()
                .matches("(running|degraded)\n"));
        host.vzctl("exec", id, "systemctl poweroff").run();
        awaitDown(ve);
        ve.destroyFast();
    }

    @Test
    void theKeeperIsSmallAndEndsWithAStop() throws Exception {
        TestVe ve = TestVe.started(host);
        Path keeper = Path.of("/proc", parent(init(ve)));
        assertThat(keeper.resolve("cmdline")).content().startsWith("vzctl-keeper\0");
        List<String> status = Files.readAllLines(keeper.resolve("status"));
        String resident = status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElse("VmRSS: 0");
        assertThat(Integer.parseInt(resident.replaceAll("\\D", ""))).as("KiB").isLessThan(64);

        ve.destroyFast();

        await("the keeper has ended", () -> !Files.exists(keeper));
    }

    /** Has the VE reboot itself and waits until commands can run in it again. */
    private void reboot(TestVe ve, String command) throws Exception {
        String before = init(ve);
        host.vzctl("exec", ve.id(), command).run();
        await("another init runs", () -> {
            String now = init(ve);
            return !now.isEmpty() && !now.equals(before);
        });
        await("commands run", () -> ve.run("true").exit() == 0);
    }

    private void awaitDown(TestVe ve) throws Exception {
        String down = "CTID " + ve.id() + " exist unmounted down\n";
        await(
                down,
                () -> host.vzctl("status", ve.id()).run().stdout().equals(down)
                        && !Files.exists(host.path("run/jvz", ve.id() + ".json")));
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                fail("not within a minute: " + what);
            }
            Thread.sleep(20);
        }
    }

    /** The host pid of the VE's init; empty while it is down. */
    private String init(TestVe ve) throws IOException {
        Path file = host.path("var/lib/vzctl/vepid", String.valueOf(ve.id()));
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static String parent(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", pid, "stat"), StandardCharsets.ISO_8859_1);
        return stat.substring(stat.lastIndexOf(')') + 4).split(" ")[0];
    }
}
