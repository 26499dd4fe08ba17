package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.opentest4j.TestAbortedException;

@Tag("root")
@Tag("vm")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VeCgroupRootTest {
    private final Linux linux = new JffiLinux();
    private final String parent = "jvz-test-" + linux.pid();
    private HostCgroups host = new HostCgroups(List.of());
    private VeCgroup cgroup = new VeCgroup(host, "unset", "unset");

    @BeforeEach
    void detect() throws IOException {
        host = HostCgroups.detect();
        cgroup = new VeCgroup(host, parent, "101");
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
            assertThat(Files.getAttribute(dir.resolve("cgroup.procs"), "unix:uid"))
                    .isEqualTo(unified ? 100_000 : 0);
            if (unified) {
                assertThat(Files.getAttribute(dir.resolve("cgroup.max.depth"), "unix:uid"))
                        .isEqualTo(0);
            }
        }
    }

    @Test
    void hasCpusAndNodesInAV1Cpuset() throws IOException {
        cgroup.create(linux, 100_000);
        CgroupDir cpuset = cgroup.directory(Controller.CPUSET);
        if (cpuset != null && !cpuset.v2()) {
            assertThat(cpuset.file("cpuset.cpus")).content().isNotBlank();
            assertThat(cpuset.file("cpuset.mems")).content().isNotBlank();
        }
    }

    @Test
    void allVesWeighLessThanTheHost() throws IOException {
        cgroup.create(linux, 100_000);
        new HostWeight(2000).apply(linux, cgroup);
        CgroupDir cpu = Objects.requireNonNull(cgroup.directory(Controller.CPU));
        Path above = Objects.requireNonNull(cpu.path().getParent());
        assertThat(above.resolve(cpu.v2() ? "cpu.weight" : "cpu.shares"))
                .content()
                .isEqualTo(cpu.v2() ? "25\n" : "256\n");
    }

    @Test
    void killsWhatIsInsideWhenItIsRemoved() throws Exception {
        cgroup.create(linux, 100_000);
        Process process = sleeper();
        assertThat(cgroup.pids(linux)).containsExactly((int) process.pid());
        Path unified = cgroup.unified();
        if (unified != null) {
            Files.createDirectories(unified.resolve("init.scope/deeper"));
        }
        cgroup.remove(linux, 10);
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(cgroup.exists()).isFalse();
    }

    @Test
    void killsWhatIsFrozen() throws Exception {
        cgroup.create(linux, 100_000);
        Process process = sleeper();
        CgroupDir freezer = cgroup.directory(Controller.FREEZER);
        assertThat(freezer).isNotNull();
        if (freezer.v2()) {
            Files.writeString(freezer.file("cgroup.freeze"), "1");
        } else {
            Files.writeString(freezer.file("freezer.state"), "FROZEN");
            assertThat(freezer.file("freezer.state")).content().startsWith("FR");
        }
        cgroup.remove(linux, 10);
        assertThat(process.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void killsAProcessThatIsInOneHierarchyOnly() throws Exception {
        cgroup.create(linux, 100_000);
        List<Process> processes = new ArrayList<>();
        for (Path dir : cgroup.directories()) {
            processes.add(sleeper(List.of(dir)));
        }
        assertThat(cgroup.pids(linux)).hasSameSizeAs(processes);
        cgroup.remove(linux, 10);
        for (Process process : processes) {
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        }
    }

    @Test
    void readsPidsAndKillsThroughThreadedCgroups() throws Exception {
        cgroup.create(linux, 100_000);
        Path unified = unifiedOrSkip();
        Path threaded = Files.createDirectories(unified.resolve("t"));
        Process process = sleeper(List.of(unified));
        Files.writeString(threaded.resolve("cgroup.type"), "threaded");
        Files.writeString(threaded.resolve("cgroup.threads"), Long.toString(process.pid()));
        assertThatThrownBy(() -> Files.readString(threaded.resolve("cgroup.procs")))
                .hasMessageContaining("not supported");
        assertThat(cgroup.pids(linux)).containsExactly((int) process.pid());
        cgroup.remove(linux, 10);
        assertThat(process.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void boundsTheCgroupsAVeCanMake() throws IOException {
        cgroup.create(linux, 100_000);
        Path unified = unifiedOrSkip();
        Path deep = unified;
        for (int i = 0; i < 32; i++) {
            deep = Files.createDirectory(deep.resolve("d".repeat(100)));
        }
        Path tooDeep = deep.resolve("e");
        assertThatThrownBy(() -> Files.createDirectory(tooDeep)).isInstanceOf(IOException.class);
    }

    @Test
    void removalIsIdempotentAndLeavesAnotherVesParent() throws IOException {
        VeCgroup other = new VeCgroup(host, parent, "102");
        cgroup.create(linux, 100_000);
        other.create(linux, 165_536);
        cgroup.remove(linux, 10);
        cgroup.remove(linux, 10);
        assertThat(other.exists()).isTrue();
        other.remove(linux, 10);
    }

    @Test
    void replacesAnEmptyLeftoverAndItsLimits() throws IOException {
        cgroup.create(linux, 100_000);
        CgroupDir pids = cgroup.directory(Controller.PIDS);
        assertThat(pids).isNotNull();
        Files.writeString(pids.file("pids.max"), "7");
        cgroup.create(linux, 165_536);
        assertThat(pids.file("pids.max")).content().isEqualTo("max\n");
    }

    @Test
    void refusesToReplaceALeftoverWithProcesses() throws Exception {
        cgroup.create(linux, 100_000);
        Process process = sleeper();
        assertThatThrownBy(() -> cgroup.create(linux, 165_536))
                .hasMessageContaining("of an earlier run has processes: [" + process.pid() + "]");
        assertThat(process.isAlive()).isTrue();
        cgroup.remove(linux, 10);
        process.waitFor();
    }

    /** Every VE's process must get in, for which its cpuset must be complete, whoever made the parent. */
    @Test
    void eightAtOnceMakeAndRemoveFiftyVesEach() throws Exception {
        // A few processes only: to start them is slow and would keep the threads apart.
        atOnce(8, 50, 10);
    }

    /** With few VEs the parent comes and goes all the time. */
    @Test
    void twoAtOnceMakeAndRemoveTheParentOfTheOther() throws Exception {
        atOnce(2, 300, 100);
    }

    private void atOnce(int threads, int rounds, int processEvery) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = 1000 * (t + 1);
                workers.add(pool.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        live(new VeCgroup(host, parent, Integer.toString(first + i)), i % processEvery == 0);
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            // Also after a failure: the others must not leave cgroups behind our back.
            pool.shutdown();
            assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void live(VeCgroup ve, boolean withProcess) throws Exception {
        try {
            ve.create(linux, 100_000);
            Process process = withProcess ? sleeper(ve.directories()) : null;
            for (Path dir : ve.directories()) {
                assertThat(dir).isDirectory();
            }
            CgroupDir cpuset = ve.directory(Controller.CPUSET);
            if (cpuset != null && !cpuset.v2()) {
                assertThat(cpuset.file("cpuset.cpus")).content().isNotBlank();
                assertThat(cpuset.file("cpuset.mems")).content().isNotBlank();
            }
            ve.remove(linux, 10);
            if (process != null) {
                assertThat(process.waitFor()).isEqualTo(128 + 9);
            }
            assertThat(ve.exists()).isFalse();
        } finally {
            ve.remove(linux, 10);
        }
    }

    private Path unifiedOrSkip() {
        Path unified = cgroup.unified();
        if (unified == null) {
            throw new TestAbortedException("no unified hierarchy here");
        }
        return unified;
    }

    private Process sleeper() throws Exception {
        return sleeper(cgroup.directories());
    }

    private static Process sleeper(List<Path> dirs) throws Exception {
        return InCgroup.start(dirs, "exec sleep 1000");
    }
}
