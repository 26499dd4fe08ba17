package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

/** What happens in cgroups that a VE has made itself, as systemd makes them, counts as the VE's. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NestedEventsTest {
    private final Linux linux = new JffiLinux();
    private final List<Process> processes = new ArrayList<>();
    private VeCgroup cgroup = new VeCgroup(new HostCgroups(List.of()), "unset", "unset");

    @BeforeEach
    void make() throws IOException {
        if (Files.exists(Path.of("/proc/self/cgroup"))) {
            cgroup = new VeCgroup(HostCgroups.detect(), "jvz-nested-" + linux.pid(), "101");
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        cgroup.remove(linux, 10);
        for (Process process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Path below(Path dir, String name) throws IOException {
        return Files.createDirectories(dir.resolve(name));
    }

    @Test
    @Tag("root")
    @Tag("vm")
    void addsUpATree() throws IOException {
        cgroup.create(linux, 100_000);
        Path top = cgroup.unified();
        assertThat(top).isNotNull();
        below(below(top, "system.slice"), "a.service");
        below(top, "memory.stat-is-a-name-too");
        CgroupTree tree = new CgroupTree(linux, top);
        // 3 below the top, 1 below the slice.
        assertThat(tree.sum("cgroup.stat", "nr_descendants")).isEqualTo(4);
        assertThat(tree.sum("cgroup.stat", "no_such_line")).isZero();
        assertThat(tree.sum("no_such_file", "max")).isZero();
        assertThat(new CgroupTree(linux, top.resolve("absent")).sum("cgroup.stat", "x"))
                .isZero();
    }

    /** Only where the controllers are on v2: on v1 a VE has no cgroups of its own. */
    @Test
    @Tag("vm")
    void countsForksAndKillsInTheVesOwnCgroups() throws Exception {
        cgroup.create(linux, 100_000);
        Path top = cgroup.unified();
        assertThat(top).isNotNull();
        Files.writeString(top.resolve("pids.max"), "20");
        Files.writeString(top.resolve("memory.max"), Long.toString(32 << 20));
        Files.writeString(top.resolve("memory.swap.max"), "0");
        Files.writeString(top.resolve("cgroup.subtree_control"), "+pids +memory");
        Path slice = below(top, "system.slice");
        Files.writeString(slice.resolve("cgroup.subtree_control"), "+pids +memory");
        Path service = below(slice, "a.service");
        UsageReader reader = new UsageReader(() -> linux);

        Process bomb = InCgroup.start(
                List.of(service),
                "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do sleep 1000 & done;");
        processes.add(bomb);
        assertThat(InCgroup.output(bomb).readLine()).contains("fork");
        assertThat(bomb.waitFor()).isNotZero();
        Usage.Tasks tasks = reader.tasks(cgroup);
        assertThat(tasks).isNotNull();
        assertThat(tasks.refused()).isPositive();
        cgroup.kill(linux);

        Process hog = InCgroup.start(List.of(service), "tail /dev/zero; echo status $?");
        processes.add(hog);
        assertThat(InCgroup.output(hog).readLine()).contains("Killed");
        Usage.MemoryHistory history = reader.memoryHistory(cgroup);
        assertThat(history).isNotNull();
        assertThat(history.kills()).isEqualTo(1);
        assertThat(history.exhausted()).isPositive();
    }
}
