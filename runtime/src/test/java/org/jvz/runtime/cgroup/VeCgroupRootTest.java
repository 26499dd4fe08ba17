package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

@Tag("root")
class VeCgroupRootTest {
    private final Linux linux = new JffiLinux();
    private HostCgroups host = new HostCgroups(java.util.List.of());
    private VeCgroup cgroup = new VeCgroup(host, "unset", "unset");

    @BeforeEach
    void detect() throws IOException {
        host = HostCgroups.detect();
        cgroup = new VeCgroup(host, "jvz-test-" + linux.pid(), "101");
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        cgroup.remove(linux, 10);
        for (Path dir : cgroup.directories()) {
            assertThat(dir.getParent()).doesNotExist();
        }
    }

    @Test
    void isDelegatedOnTheUnifiedHierarchyAndClosedOnTheOthers() throws IOException {
        cgroup.create(linux, 100_000);
        for (Path dir : cgroup.directories()) {
            boolean unified = dir.equals(cgroup.unified());
            assertThat(Files.getAttribute(dir, "unix:uid")).isEqualTo(unified ? 100_000 : 0);
        }
    }

    @Test
    void killsWhatIsInsideWhenItIsRemoved() throws Exception {
        cgroup.create(linux, 100_000);
        StringBuilder enter = new StringBuilder();
        for (Path dir : cgroup.directories()) {
            enter.append("echo $$ > ").append(dir).append("/cgroup.procs; ");
        }
        Process process = new ProcessBuilder("sh", "-c", enter + "exec sleep 1000").start();
        while (cgroup.pids().isEmpty()) {
            Thread.sleep(2);
        }
        assertThat(cgroup.pids()).containsExactly((int) process.pid());
        Path unified = cgroup.unified();
        if (unified != null) {
            Files.createDirectories(unified.resolve("init.scope/deeper"));
        }
        cgroup.remove(linux, 10);
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(cgroup.exists()).isFalse();
    }

    @Test
    void removalIsIdempotentAndLeavesAnotherVesParent() throws IOException {
        VeCgroup other = new VeCgroup(host, "jvz-test-" + linux.pid(), "102");
        cgroup.create(linux, 100_000);
        other.create(linux, 165_536);
        cgroup.remove(linux, 10);
        cgroup.remove(linux, 10);
        assertThat(other.exists()).isTrue();
        other.remove(linux, 10);
    }
}
