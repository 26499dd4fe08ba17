package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

/** The limits of real processes, in whichever version of cgroups this host has its controllers. */
@Tag("root")
@Tag("vm")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimitsRootTest {
    private final Linux linux = new JffiLinux();
    private final UsageReader reader = new UsageReader(() -> linux);
    private final List<Process> processes = new ArrayList<>();
    private VeCgroup cgroup = new VeCgroup(new HostCgroups(List.of()), "unset", "unset");

    @TempDir
    private Path area;

    @BeforeEach
    void make() throws IOException {
        cgroup = new VeCgroup(HostCgroups.detect(), "jvz-limits-" + linux.pid(), "101");
        // Not as a privileged VE, whose cgroup with the limits takes no process on v2.
        cgroup.create(linux, 100_000);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        cgroup.remove(linux, 10);
        for (Path dir : cgroup.directories()) {
            assertThat(dir.getParent()).doesNotExist();
        }
        for (Process process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private LimitPlan plan(String conf) throws IOException {
        HostPaths paths = HostPaths.under(area);
        String whole = "VE_PRIVATE=\"" + area + "\"\n" + conf.replace("; ", "\n");
        CtId id = CtId.parse("101");
        VeConf ve = VeConf.of(
                VzConf.of(paths, ConfFile.empty(paths.vzConf())),
                id,
                ConfFile.parse(paths.conf(id), whole.getBytes(StandardCharsets.UTF_8)));
        return Limits.plan(ve, cgroup, new HostDevices(linux), linux);
    }

    private AppliedLimits apply(String conf) throws IOException {
        return plan(conf).apply(linux);
    }

    private Process start(String script) throws IOException {
        Process process = InCgroup.start(cgroup.directories(), script);
        processes.add(process);
        return process;
    }

    private Usage usage() throws IOException {
        return reader.all(cgroup);
    }

    private Usage.Memory memory() throws IOException {
        Usage.Memory memory = usage().memory();
        assertThat(memory).isNotNull();
        return memory;
    }

    private Usage.MemoryHistory history() throws IOException {
        Usage.MemoryHistory history = usage().memoryHistory();
        assertThat(history).isNotNull();
        return history;
    }

    private Usage.Tasks tasks() throws IOException {
        Usage.Tasks tasks = usage().tasks();
        assertThat(tasks).isNotNull();
        return tasks;
    }

    private Usage.Cpu cpu() throws IOException {
        Usage.Cpu cpu = usage().cpu();
        assertThat(cpu).isNotNull();
        return cpu;
    }

    private static final String ALL =
            "PHYSPAGES=0:16384; SWAPPAGES=0:100; VMGUARPAGES=1:1; OOMGUARPAGES=1:1; NUMPROC=50; CPUUNITS=2000; "
                    + "CPULIMIT=50; CPUS=1; CPUMASK=0; NODEMASK=0; IOPRIO=7; IOLIMIT=1048576; IOPSLIMIT=100";

    /** That is, what is not asked for is what the kernel gives them. */
    @Test
    void newCgroupsAreGivenTheSameWithoutALook() throws IOException {
        plan("").applyToNew(linux);
        assertThat(plan("").before(linux).isEmpty()).isTrue();
        plan(ALL).applyToNew(linux);
        assertThat(plan(ALL).before(linux).isEmpty()).isTrue();
        assertThat(plan("").before(linux).isEmpty()).isFalse();
    }

    @Test
    void everyKeyCanBeSetAndTakenAway() throws IOException {
        String fresh = state();
        AppliedLimits first = apply(ALL);
        String set = state();
        assertThat(set).isNotEqualTo(fresh);
        assertThat(apply(ALL).isEmpty()).isTrue();
        AppliedLimits gone = apply("");
        assertThat(state()).isEqualTo(fresh);
        gone.revert(linux);
        assertThat(state()).isEqualTo(set);
        first.revert(linux);
        assertThat(state()).isEqualTo(fresh);
    }

    @Test
    void theNumberOfCpusIsWhatProgramsCount() throws Exception {
        int all = Runtime.getRuntime().availableProcessors();
        for (int count : new int[] {1, all, all + 1}) {
            AppliedLimits before = apply("CPUS=" + count);
            try (BufferedReader lines = InCgroup.output(start("nproc"))) {
                assertThat(lines.readLine()).isEqualTo(Integer.toString(Math.min(count, all)));
            }
            before.revert(linux);
        }
    }

    /** What is in the files of the table. */
    private String state() throws IOException {
        StringBuilder state = new StringBuilder();
        for (LimitWrite write : plan("").writes()) {
            state.append(write.file()).append(": ").append(Files.readString(write.file()));
        }
        return state.toString();
    }

    @Test
    void whatTheKernelRefusesLeavesTheOthersAsTheyWere() throws IOException {
        apply("PHYSPAGES=0:16384; NUMPROC=50");
        String before = state();
        LimitPlan plan = plan("PHYSPAGES=0:32768; NUMPROC=60; CPULIMIT=50; IOPRIO=7");
        LimitWrite last = plan.writes().get(plan.writes().size() - 1);
        List<LimitWrite> bad = new ArrayList<>(plan.writes());
        bad.add(new LimitWrite(Knob.TASKS, "NUMPROC", last.file(), last.device(), "nonsense"));
        assertThatThrownBy(() -> new LimitPlan(bad, Set.of(Knob.values()), List.of()).apply(linux))
                .isInstanceOf(LimitException.class)
                .hasMessageContaining("nonsense' to " + last.file() + ": EINVAL (Invalid argument)");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void aMemoryHogIsKilledAndCounted() throws Exception {
        apply("PHYSPAGES=0:8192; SWAPPAGES=0:0");
        // 64 MB at once, and no more, should the limit fail: what grows by little makes the kernel read programs anew
        // for long before it kills.
        Process hog = start("awk 'BEGIN { s = \"x\"; for (i = 0; i < 26; i++) s = s s }'; echo status $?; exec cat");
        assertThat(InCgroup.output(hog).readLine()).contains("Killed");
        Usage.MemoryHistory memory = history();
        assertThat(memory.kills()).isEqualTo(1);
        assertThat(memory.exhausted()).isPositive();
        assertThat(memory.peak().orElse(32 << 20)).isBetween((32L << 20) * 98 / 100, 32L << 20);
        assertThat(Beancounter.OOMGUARPAGES.failures(usage())).isEqualTo(1);
        assertThat(Beancounter.PHYSPAGES.maxHeld(usage())).isLessThanOrEqualTo(8192);
        assertThat(hog.isAlive()).isTrue();
    }

    @Test
    void pageCacheIsTakenBackAtTheLimit() throws Exception {
        // Without SWAPPAGES: Linux 6.18 counts no failures of the v1 limit on RAM with swap.
        apply("PHYSPAGES=0:8192");
        Process writer = start("dd if=/dev/zero of=" + area.resolve("big") + " bs=1M count=100 2>&1; echo; exec cat");
        BufferedReader output = InCgroup.output(writer);
        while (!output.readLine().isEmpty()) {
            // until dd is done
        }
        assertThat(area.resolve("big")).hasSize(100 << 20);
        assertThat(history().kills()).isZero();
        assertThat(memory().used()).isLessThanOrEqualTo(32 << 20);
        assertThat(history().limitHits()).isPositive();
    }

    @Test
    void memoryInUseIsNotKilledByALowerLimit() throws Exception {
        apply("PHYSPAGES=0:32768; SWAPPAGES=0:0");
        // Anonymous memory that stays: a shell variable of 24 MB.
        Process holder =
                start("x=$(head -c 24000000 /dev/zero | tr '\\0' x); echo held; read line; echo ${#x}; exec cat");
        BufferedReader output = InCgroup.output(holder);
        assertThat(output.readLine()).isEqualTo("held");
        assertThat(memory().anonymous()).isGreaterThan(24_000_000);
        String before = state();
        assertThatThrownBy(() -> apply("PHYSPAGES=0:2048; SWAPPAGES=0:0; NUMPROC=7"))
                .isInstanceOf(LimitException.class)
                .hasMessageStartingWith("PHYSPAGES: write '8388608' to ")
                .hasMessageContaining("EBUSY")
                .hasMessageContaining("in use and cannot be taken back");
        assertThat(state()).isEqualTo(before);
        holder.getOutputStream().write('\n');
        holder.getOutputStream().flush();
        assertThat(output.readLine()).isEqualTo("24000000");
        assertThat(history().kills()).isZero();
    }

    @Test
    void aForkBombStopsAtTheLimit() throws Exception {
        apply("NUMPROC=20");
        Process bomb =
                start("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do sleep 1000 & done;"
                        + " echo done; exec cat");
        // The shell gives up at the first fork that fails, and exits.
        assertThat(InCgroup.output(bomb).readLine()).contains("fork");
        assertThat(bomb.waitFor()).isNotZero();
        Usage.Tasks tasks = tasks();
        assertThat(tasks.held()).isEqualTo(19);
        assertThat(tasks.peak().orElse(20)).isEqualTo(20);
        assertThat(tasks.refused()).isPositive();
        assertThat(Beancounter.NUMPROC.failures(usage())).isPositive();
        assertThat(cgroup.pids(linux)).hasSize(19);
    }

    @Test
    void aCpuBurnerIsThrottled() throws Exception {
        apply("CPULIMIT=20");
        start("while :; do :; done");
        long from = System.nanoTime();
        Usage.Cpu before = cpu();
        Thread.sleep(2000);
        double ratio = (cpu().total() - before.total()) * 1000.0 / (System.nanoTime() - from);
        // Above the quota it cannot come however busy the machine is, but for what one period carries over.
        assertThat(ratio).isLessThan(0.2 * 1.10);
        assertThat(cpu().throttled()).isGreaterThan(before.throttled());
        apply("");
        assertThat(plan("").apply(linux).isEmpty()).isTrue();
    }

    @Test
    void runsOnItsCpusOnly() throws Exception {
        apply("CPUMASK=0");
        Process process = start("grep Cpus_allowed_list /proc/self/status; exec cat");
        assertThat(InCgroup.output(process).readLine()).endsWith("\t0");
    }

    @Test
    void countsInputAndOutput() throws Exception {
        assertThat(plan("IOLIMIT=104857600; IOPSLIMIT=1000").writes())
                .as("the temporary directory of this machine lies on a disk")
                .anyMatch(write -> write.knob() == Knob.IO_BYTES);
        apply("IOLIMIT=104857600; IOPSLIMIT=1000");
        Process writer = start(
                "dd if=/dev/zero of=" + area.resolve("direct") + " bs=1M count=4 oflag=direct 2>&1; echo; exec cat");
        BufferedReader output = InCgroup.output(writer);
        while (!output.readLine().isEmpty()) {
            // until dd is done
        }
        Usage.Io io = usage().io();
        assertThat(io).isNotNull();
        assertThat(io.writtenBytes()).isGreaterThanOrEqualTo(4 << 20);
        assertThat(io.writes()).isPositive();
    }
}
