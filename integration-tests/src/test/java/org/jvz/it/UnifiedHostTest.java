package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A host as Debian 12 makes it: systemd, cgroup v2 alone. VEs beside systemd's own tree, each with systemd in a tree of its own. */
@Tag("vm")
@ExtendWith(LeavesNothing.class)
final class UnifiedHostTest {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final String[] CONTROLLERS = {"cpu", "cpuset", "io", "memory", "pids"};

    private final TestHost host = TestHost.get();
    private final int id = host.newId();
    private final Path pidFile = Path.of("/run/jvz-test-lxcfs.pid");
    private @Nullable Process lxcfs;

    @AfterEach
    void endLxcfs() throws Exception {
        if (lxcfs != null) {
            Path dir = host.path("var/lib/lxcfs");
            lxcfs.destroyForcibly().waitFor();
            assertThat(new ProcessBuilder("umount", "-l", dir.toString())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
            Files.delete(dir);
            Files.deleteIfExists(pidFile);
            Files.deleteIfExists(host.path("run/jvz/lxcfs"));
        }
    }

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @Test
    void theMachineIsWhatTheOtherTestsTakeItFor() throws Exception {
        assertThat(Path.of("/proc/1/comm")).content().isEqualTo("systemd\n");
        assertThat(CGROUPS.resolve("cgroup.controllers")).content().contains(CONTROLLERS);
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(" - cgroup cgroup ");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(",prjquota");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/osrelease"))).startsWith("6.1.");
    }

    @Test
    void systemdInsideHasATreeOfItsOwnWithinTheLimits() throws Exception {
        host.vzctl(
                        "create",
                        id,
                        "--ostemplate",
                        "debian-12-standard",
                        "--ram",
                        "512M",
                        "--numproc",
                        "300",
                        "--cpus",
                        "1",
                        "--diskspace",
                        "1G")
                .run()
                .succeeds();
        startLxcfs();
        long began = System.currentTimeMillis() / 1000;
        host.vzctl("start", id, "--wait").run().exits(0);
        assertLimits();
        assertSeesItsOwnSize(began);

        // Delegation: the tree is the VE's, its limits are not.
        Path top = top();
        long owner = owner(top);
        assertThat(owner).isGreaterThanOrEqualTo(65_536);
        assertThat(owner(top.resolve("cgroup.procs"))).isEqualTo(owner);
        assertThat(owner(top.resolve("cgroup.subtree_control"))).isEqualTo(owner);
        assertThat(owner(top.resolve("memory.max"))).isZero();
        assertThat(owner(top.resolve("init.scope/memory.max"))).isEqualTo(owner);
        assertThat(host.vzctl("exec", id, "echo max >/sys/fs/cgroup/memory.max")
                        .run()
                        .stderr())
                .contains("ermission denied");

        // Its systemd has moved to a cgroup of its own, and what is executed inside is born there: the one on top takes
        // no process any more.
        assertThat(top.resolve("cgroup.procs")).content().isEmpty();
        host.vzctl("exec", id, "cat /proc/1/cgroup /proc/self/cgroup; systemctl is-system-running")
                .run()
                .succeeds()
                .prints("0::/init.scope", "0::/init.scope", "running");
        assertThat(host.vzctl("exec", id, "cat /sys/fs/cgroup/cgroup.controllers")
                        .run()
                        .succeeds()
                        .stdout())
                .contains(CONTROLLERS);

        // A service inside has limits of its own.
        host.vzctl(
                        "exec",
                        id,
                        "systemd-run --quiet --wait --pipe -p MemoryMax=64M -p TasksMax=7 -p CPUQuota=50%"
                                + " sh -c 'cd /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); cat memory.max pids.max cpu.max'")
                .run()
                .succeeds()
                .prints("67108864", "7", "50000 100000");

        // The host's systemd looks after its own tree and leaves ours alone.
        systemctl("daemon-reload");
        assertLimits();
        systemctl("daemon-reexec");
        assertLimits();
        host.vzctl("exec", id, "echo alive").run().succeeds().prints("alive");

        host.vzctl("stop", id).run().succeeds();
        assertThat(top).doesNotExist();
        host.vzctl("destroy", id).run().succeeds();
    }

    /** One that computes load averages, for this host, whose commands start none themselves. */
    private void startLxcfs() throws IOException, InterruptedException {
        Path dir = Files.createDirectories(host.path("var/lib/lxcfs"));
        lxcfs = new ProcessBuilder(
                        "lxcfs", "--enable-loadavg", "--enable-pidfd", "--pidfile=" + pidFile, dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        long end = System.nanoTime() + 20_000_000_000L;
        while (!Files.exists(dir.resolve("proc/uptime"))) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** What Debian's own programs show of memory, CPUs, disk, time and processes. */
    private void assertSeesItsOwnSize(long began) throws IOException, InterruptedException {
        String seen = host.vzctl(
                        "exec",
                        id,
                        """
                        export LC_ALL=C
                        free -b | awk '/^Mem:/ { print "free", $2 }'
                        echo nproc $(nproc)
                        echo df $(df -k --output=size / | tail -n 1)
                        echo uptime $(date -d "$(uptime -s)" +%s)
                        top -b -n 1 | awk '/^MiB Mem/ { print "top", $4 } /^Tasks:/ { print "tasks", $2 }'
                        """)
                .run()
                .succeeds()
                .stdout();
        assertThat(seen.lines()).contains("free " + (512L << 20), "nproc 1", "df " + (1L << 20), "top 512.0");
        assertThat(numberAfter("uptime ", seen))
                .as("seconds at which it came up")
                .isGreaterThanOrEqualTo(began - 1);
        assertThat(numberAfter("tasks ", seen)).isLessThanOrEqualTo(300);
        // All of it is less than the machine has.
        assertThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
        assertThat(numberAfter("MemTotal:", Files.readString(Path.of("/proc/meminfo"))) << 10)
                .isGreaterThan(512L << 20);
        double up = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        assertThat(System.currentTimeMillis() / 1000.0 - up).isLessThan(began - 1.0);
    }

    /** The first whole number behind a word at the start of a line. */
    private static long numberAfter(String word, String text) {
        Matcher matcher = Pattern.compile("(?m)^" + word + "\\s*(\\d+)").matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private Path top() {
        return CGROUPS.resolve(host.cgroupName()).resolve(Integer.toString(id));
    }

    private void assertLimits() {
        assertThat(top().resolve("memory.max")).content().isEqualTo((512L << 20) + "\n");
        assertThat(top().resolve("pids.max")).content().isEqualTo("300\n");
        assertThat(top().resolve("cgroup.controllers")).content().contains(CONTROLLERS);
    }

    private static long owner(Path file) throws IOException {
        return ((Integer) Files.getAttribute(file, "unix:uid")).longValue();
    }

    private static void systemctl(String command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("systemctl", command).inheritIO().start().waitFor())
                .isZero();
    }
}
