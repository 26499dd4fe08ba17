package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

/** Both freezers of the kernel, each with a process that counts: the one of v2 and, where the host has it, the one of v1. */
@Tag("root")
@Tag("vm")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VeFreezerRootTest {
    private final Linux linux = new JffiLinux();
    private final List<VeCgroup> made = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path dir;

    private HostCgroups host = new HostCgroups(List.of());

    @BeforeEach
    void detect() throws IOException {
        host = HostCgroups.detect();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (VeCgroup cgroup : made) {
            cgroup.remove(linux, 10);
            assertThat(cgroup.exists()).isFalse();
        }
        for (Process process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** A VE's cgroup in the hierarchies of one version alone; null if this host has no freezer of that version. */
    private VeCgroup cgroup(boolean v2) throws IOException {
        List<Hierarchy> some = new ArrayList<>();
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (hierarchy.v2() ? v2 : !v2 && hierarchy.controllers().contains("freezer")) {
                some.add(hierarchy);
            }
        }
        VeCgroup cgroup = new VeCgroup(new HostCgroups(some), "jvz-test-" + linux.pid(), v2 ? "102" : "101");
        if (!some.isEmpty()) {
            made.add(cgroup);
            cgroup.create(linux, 100_000);
        }
        return cgroup;
    }

    private Path counter(VeCgroup cgroup) throws Exception {
        Path file = dir.resolve("count" + processes.size());
        for (Path directory : cgroup.directories()) {
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "echo 0 >" + directory.resolve("cgroup.procs")
                                    + "; i=0; while sleep 0.01; do i=$((i+1)); echo $i >" + file + "; done")
                    .inheritIO()
                    .start();
            processes.add(process);
        }
        while (!Files.exists(file)) {
            Thread.sleep(5);
        }
        return file;
    }

    private static boolean counts(Path file) throws Exception {
        String before = Files.readString(file);
        Thread.sleep(300);
        return !Files.readString(file).equals(before);
    }

    @Test
    void freezesAndThawsWithEitherVersion() throws Exception {
        int tried = 0;
        for (boolean v2 : new boolean[] {true, false}) {
            VeCgroup cgroup = cgroup(v2);
            VeFreezer freezer = VeFreezer.of(cgroup);
            if (freezer == null) {
                continue;
            }
            tried++;
            Path file = counter(cgroup);
            assertThat(freezer.isFrozen()).isFalse();
            // A running one is not disturbed.
            freezer.thaw(linux, 1000);
            assertThat(counts(file)).isTrue();
            freezer.freeze(linux, 5000);
            assertThat(freezer.isFrozen()).isTrue();
            assertThat(counts(file)).isFalse();
            freezer.thaw(linux, 1000);
            assertThat(freezer.isFrozen()).isFalse();
            assertThat(counts(file)).isTrue();
            // Killed and removed while frozen.
            freezer.freeze(linux, 5000);
        }
        assertThat(tried).isPositive();
    }

    @Test
    void saysThatACgroupAboveIsFrozen() throws Exception {
        VeCgroup cgroup = cgroup(true);
        VeFreezer freezer = VeFreezer.of(cgroup);
        if (freezer == null) {
            cgroup = cgroup(false);
            freezer = Objects.requireNonNull(VeFreezer.of(cgroup), "a host without any freezer");
        }
        Path above = Objects.requireNonNull(cgroup.directories().get(0).getParent());
        VeFreezer all = new VeFreezer(new CgroupDir(above, Files.exists(above.resolve("cgroup.freeze"))));
        counter(cgroup);
        all.freeze(linux, 5000);
        VeFreezer own = freezer;
        assertThat(own.isFrozen()).isFalse();
        assertThatThrownBy(() -> own.thaw(linux, 50)).hasMessageContaining("stays frozen");
        all.thaw(linux, 1000);
        own.thaw(linux, 1000);
    }
}
