package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        host.vzctl("create", id, "--ostemplate", "debian-12-standard", "--ram", "512M", "--numproc", "300")
                .run()
                .succeeds();
        host.vzctl("start", id, "--wait").run().exits(0);
        assertLimits();

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
