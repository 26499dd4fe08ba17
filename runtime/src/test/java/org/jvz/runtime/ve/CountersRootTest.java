package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.CgroupDir;
import org.jvz.runtime.cgroup.Controller;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.VeConf;
import org.jvz.testing.RootTest;

/** What beancounters say of a real VE, on either version of cgroups. */
@Timeout(120)
class CountersRootTest {
    @TempDir
    Path prefix;

    private TinyHost tiny;
    private VeHost host;

    @BeforeEach
    void startVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        host = tiny.host();
        tiny.create(host);
        VeConf.read(host.conf(), TinyHost.ID)
                .withText("PHYSPAGES", "0:16384")
                .withText("SWAPPAGES", "0:0")
                .withText("NUMPROC", "40:50")
                .save();
        start();
    }

    private void start() throws IOException {
        new StartVe(host).run(TinyHost.ID, new StartOptions(false, true, false, false), tiny.listener());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.stop(tiny.host());
        assertThat(tiny.paths.procBc(TinyHost.ID)).doesNotExist();
        tiny.destroy(tiny.host());
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }

    private VeCounters now() throws IOException {
        VeCounters counters = LiveVes.look(host).counters(TinyHost.ID);
        assertThat(counters).isNotNull();
        return counters;
    }

    private void publish() throws IOException {
        new PublishCounters(host).run();
    }

    /** The words of a line of a published file: name, held, maxheld, barrier, limit, failcnt. */
    private List<String> published(String file, String name) throws IOException {
        return Files.readAllLines(tiny.paths.procDir().resolve(file)).stream()
                .map(String::strip)
                .filter(line -> line.startsWith(name + " "))
                .map(line -> List.of(line.split(" +")))
                .findFirst()
                .orElseThrow();
    }

    @RootTest
    @Tag("vm")
    void aKilledHogIsAFailure() throws IOException {
        // Three times the RAM of page cache is none: it is taken back.
        tiny.sh("dd of=/holes bs=1M seek=192 count=0; cat /holes >/dev/null");
        assertThat(now().maxHeld(Beancounter.PHYSPAGES)).isBetween(16_384L * 98 / 100, 16_384L);
        assertThat(now().failures(Beancounter.PHYSPAGES)).isZero();
        assertThat(now().failures(Beancounter.OOMGUARPAGES)).isZero();
        assertThat(tiny.sh("busybox tail /dev/zero; echo status $?")).contains("status 137");
        VeCounters after = now();
        assertThat(after.failures(Beancounter.OOMGUARPAGES)).isEqualTo(1);
        // On v1 the kills, whatever memory.failcnt and memory.memsw.failcnt say.
        assertThat(after.failures(Beancounter.PHYSPAGES)).isPositive();
        assertThat(after.failures(Beancounter.NUMPROC)).isZero();
        assertThat(after.maxHeld(Beancounter.PHYSPAGES)).isBetween(after.held(Beancounter.PHYSPAGES), 16_384L);
        publish();
        assertThat(Long.parseLong(published("bc/101/resources", "oomguarpages").get(5)))
                .isEqualTo(after.failures(Beancounter.OOMGUARPAGES));
    }

    @RootTest
    @Tag("vm")
    void forksThatAreRefusedAreFailures() throws IOException {
        assertThat(now().failures(Beancounter.NUMPROC)).isZero();
        String bomb = "i=0; while [ $i -lt 60 ]; do sleep 3 & i=$((i+1)); done";
        assertThat(tiny.sh(bomb)).contains("fork");
        VeCounters after = now();
        assertThat(after.failures(Beancounter.NUMPROC)).isPositive();
        assertThat(after.maxHeld(Beancounter.NUMPROC)).isLessThanOrEqualTo(50);
        assertThat(after.failures(Beancounter.PHYSPAGES)).isZero();
    }

    @RootTest
    @Tag("vm")
    void theMostHeldIsRememberedUntilARestart() throws IOException {
        tiny.sh("dd if=/dev/zero of=/dev/shm/hold bs=1M count=8");
        VeCounters holding = now();
        assertThat(holding.held(Beancounter.SHMPAGES)).isBetween(2048L, 2200L);
        publish();
        tiny.sh("busybox rm /dev/shm/hold");
        VeCounters released = now();
        assertThat(released.held(Beancounter.SHMPAGES)).isLessThan(200);
        assertThat(released.maxHeld(Beancounter.SHMPAGES)).isBetween(2048L, 2200L);
        publish();
        List<String> line = published("bc/resources", "shmpages");
        assertThat(Long.parseLong(line.get(1))).isLessThan(200);
        assertThat(Long.parseLong(line.get(2))).isBetween(2048L, 2200L);
        tiny.stop(host);
        start();
        assertThat(now().maxHeld(Beancounter.SHMPAGES)).isLessThan(200);
    }

    @RootTest
    @Tag("vm")
    void countsWhatProcessesHaveOpen() throws IOException {
        long files = now().held(Beancounter.NUMFILE);
        long locks = now().held(Beancounter.NUMFLOCK);
        tiny.sh("exec 5</etc/passwd 6</etc/passwd 7</etc/passwd; setsid sleep 100 >/dev/null 2>&1 </dev/null &");
        VeCounters after = now();
        // 0, 1, 2 and the three.
        assertThat(after.held(Beancounter.NUMFILE)).isEqualTo(files + 6);
        assertThat(after.maxHeld(Beancounter.NUMFILE)).isEqualTo(files + 6);
        addProcess("exec flock " + Files.createFile(prefix.resolve("lock")) + " sleep 100");
        await(Beancounter.NUMFLOCK, locks + 1);
        assertThat(now().held(Beancounter.NUMPTY)).isZero();
        addProcess("exec script -q -c 'sleep 100' " + prefix.resolve("typescript"));
        await(Beancounter.NUMPTY, 1);
    }

    /** The busybox of a tiny VE cannot do everything: a program of the host's in the VE's cgroups and its network. */
    private void addProcess(String script) throws IOException {
        VeState state = VeState.read(tiny.paths.state(TinyHost.ID));
        assertThat(state).isNotNull();
        StringBuilder enter = new StringBuilder();
        for (Path dir : host.cgroup(TinyHost.ID).directories()) {
            enter.append("echo $$ >").append(dir).append("/cgroup.procs; ");
        }
        new ProcessBuilder("nsenter", "-t", "" + state.initPid(), "-n", "bash", "-c", enter + script)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(new File("/dev/null"))
                .redirectError(new File("/dev/null"))
                .start();
    }

    /** What the VE's processes do they do in their own time. */
    private void await(Beancounter counter, long held) throws IOException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (now().held(counter) != held && System.nanoTime() < deadline) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(now().held(counter)).as(counter.text()).isEqualTo(held);
    }

    @RootTest
    @Tag("vm")
    void countsSocketsOfTheVeAlone() throws IOException {
        long tcp = now().held(Beancounter.NUMTCPSOCK);
        long other = now().held(Beancounter.NUMOTHERSOCK);
        tiny.sh("busybox nc -l -p 7 >/dev/null 2>&1 </dev/null &");
        addProcess("exec 3<>/dev/udp/127.0.0.1/9; exec sleep 100");
        await(Beancounter.NUMTCPSOCK, tcp + 1);
        await(Beancounter.NUMOTHERSOCK, other + 1);
    }

    @RootTest
    @Tag("vm")
    void showsTheLimitsInForce() throws IOException {
        VeConf conf = VeConf.read(host.conf(), TinyHost.ID);
        assertThat(now().bounds(Beancounter.NUMPROC, conf)).isEqualTo(new BarrierLimit(40, 50));
        assertThat(now().bounds(Beancounter.PHYSPAGES, conf)).isEqualTo(new BarrierLimit(0, 16_384));
        assertThat(now().bounds(Beancounter.SWAPPAGES, conf).limit()).isZero();
        // What the file says by now, but the kernel not.
        VeConf other = conf.withText("NUMPROC", "70:70").withText("PHYSPAGES", "20000:30000");
        assertThat(now().bounds(Beancounter.NUMPROC, other)).isEqualTo(BarrierLimit.of(50));
        assertThat(now().bounds(Beancounter.PHYSPAGES, other)).isEqualTo(BarrierLimit.of(16_384));
        assertThat(now().bounds(Beancounter.KMEMSIZE, conf)).isEqualTo(BarrierLimit.of(BarrierLimit.UNLIMITED));
    }

    @RootTest
    @Tag("vm")
    void tellsPressureOfTheVe() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/pressure/memory")), "this kernel counts no pressure");
        for (Pressure.Of resource : Pressure.Of.values()) {
            Pressure pressure = now().pressure(resource);
            assertThat(pressure).as(resource.name()).isNotNull();
            assertThat(pressure.some().totalMicros()).isNotNegative();
            assertThat(pressure.some().avg10()).isBetween(0L, 10_000L);
        }
        // Two that want the one CPU, of which they get a fifth.
        tiny.setKeys(host, false, "CPUMASK", "0", "CPULIMIT", "20");
        long before = cpuWaited();
        for (int i = 0; i < 2; i++) {
            tiny.sh("setsid sh -c 'while :; do :; done' >/dev/null 2>&1 </dev/null &");
        }
        long end = System.nanoTime() + 20_000_000_000L;
        while (cpuWaited() < before + 500_000 && System.nanoTime() < end) {
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(cpuWaited())
                .as("microseconds that something waited for a CPU")
                .isGreaterThan(before + 500_000);
    }

    private long cpuWaited() throws IOException {
        return Objects.requireNonNull(now().pressure(Pressure.Of.CPU)).some().totalMicros();
    }

    /** The configuration that hosts with beancounters had, most of which no stock kernel keeps. */
    @RootTest
    @Tag("vm")
    void aClassicalConfigurationIsToldOfInOneLine() throws IOException {
        tiny.stop(host);
        VeConf conf = VeConf.read(host.conf(), TinyHost.ID).without("SWAPPAGES");
        for (String line : Files.readAllLines(tiny.paths.confDir().resolve("ve-basic.conf-sample"))) {
            if (line.contains("=")) {
                conf = conf.withText(
                        line.substring(0, line.indexOf('=')),
                        line.substring(line.indexOf('=') + 1).replace("\"", ""));
            }
        }
        conf.save();
        tiny.events.clear();
        start();
        List<String> told = tiny.events.stream()
                .filter(event -> event.startsWith("NOT_ENFORCED"))
                .toList();
        assertThat(told).hasSize(1);
        CgroupDir memory = host.cgroup(TinyHost.ID).directory(Controller.MEMORY);
        assertThat(memory).isNotNull();
        String guarantees = "VMGUARPAGES, OOMGUARPAGES (cgroup v1 cannot guarantee memory)";
        assertThat(told.get(0).contains(guarantees)).as(told.get(0)).isEqualTo(!memory.v2());
        assertThat(told.get(0))
                .containsOnlyOnce("KMEMSIZE")
                .containsOnlyOnce("NUMTCPSOCK")
                .doesNotContain("PHYSPAGES", "SHMPAGES", "NUMPROC", "NUMFILE", "NUMPTY", "LOCKEDPAGES", "CPUUNITS");
    }

    @RootTest
    @Tag("vm")
    void publishesTheHostToo() throws IOException {
        publish();
        String all = Files.readString(tiny.paths.procDir().resolve("user_beancounters"));
        assertThat(all)
                .startsWith("Version: 2.5\n       uid  resource ")
                .contains("\n       101: kmemsize ", "\n         0: kmemsize ");
        assertThat(all.lines().count()).isEqualTo(2 + 2 * 24);
        List<String> processes = published("bc/0/resources", "numproc");
        assertThat(Long.parseLong(processes.get(1))).isPositive();
        assertThat(processes.subList(3, 6)).containsExactly("9223372036854775807", "9223372036854775807", "0");
        assertThat(Long.parseLong(published("bc/0/resources", "numfile").get(1)))
                .isGreaterThan(20);
        assertThat(Long.parseLong(published("bc/0/resources", "physpages").get(1)))
                .isGreaterThan(1000);
    }

    @RootTest
    void readersNeverSeeHalfAFile() throws Exception {
        publish();
        AtomicBoolean done = new AtomicBoolean();
        Path file = tiny.paths.procDir().resolve("user_beancounters");
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 50; i++) {
                    publish();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                done.set(true);
            }
        });
        writer.start();
        int reads = 0;
        while (!done.get()) {
            String text = Files.readString(file);
            assertThat(text.lines().count()).isEqualTo(2 + 2 * 24);
            assertThat(text).endsWith(" 0\n");
            reads++;
        }
        writer.join();
        assertThat(reads).isPositive();
    }
}
