package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostCgroupsTest {
    @Test
    void findsTheUnifiedHierarchyOfAModernHost() {
        HostCgroups host = HostCgroups.parse(
                """
                25 1 254:0 / / rw,relatime - ext4 /dev/vda rw
                30 25 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate
                """);
        assertThat(host.hierarchies())
                .containsExactly(
                        new Hierarchy(Path.of("/sys/fs/cgroup"), true, List.of(), List.of("rw", "nsdelegate")));
        assertThat(new VeCgroup(host, "vz", "101").localEvents(Controller.PIDS)).isFalse();
    }

    @Test
    void findsEveryControllerOfAHybridHostOnce() {
        HostCgroups host = HostCgroups.parse(
                """
                30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
                31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
                32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                33 30 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
                34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                35 25 0:28 / /mnt/with\\040blank rw,relatime - cgroup cgroup rw,memory
                36 30 0:31 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,clone_children,pids
                """);
        assertThat(host.hierarchies())
                .containsExactly(
                        new Hierarchy(Path.of("/sys/fs/cgroup/cpu,cpuacct"), false, List.of("cpu", "cpuacct")),
                        new Hierarchy(Path.of("/sys/fs/cgroup/memory"), false, List.of("memory")),
                        new Hierarchy(Path.of("/sys/fs/cgroup/unified"), true, List.of(), List.of("rw")),
                        new Hierarchy(Path.of("/sys/fs/cgroup/pids"), false, List.of("pids")));
    }

    @Test
    void knowsWhereEventsAreLocal() {
        HostCgroups host = HostCgroups.parse(
                """
                31 30 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
                30 25 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,memory_localevents
                """);
        VeCgroup ve = new VeCgroup(host, "vz", "101");
        assertThat(ve.localEvents(Controller.MEMORY)).isTrue();
        assertThat(ve.localEvents(Controller.PIDS)).isFalse();
    }

    @Test
    void unescapesMountPoints() {
        HostCgroups host = HostCgroups.parse("1 2 0:3 / /a\\040b rw - cgroup2 none rw\n");
        assertThat(host.hierarchies().get(0).mount()).isEqualTo(Path.of("/a b"));
    }
}
