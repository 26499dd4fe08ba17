package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;

class UsageReaderTest {
    private static final OptionalLong NONE = OptionalLong.empty();

    @TempDir
    private Path temp;

    /** What walks cgroups is for root tests: here nothing may ask for it. */
    private UsageReader reader() {
        return new UsageReader(
                () -> {
                    throw new AssertionError("no native code is needed for this");
                },
                temp.resolve("proc").toString());
    }

    private void file(String path, String content) throws IOException {
        Path file = temp.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private VeCgroup v2(String... options) {
        Hierarchy unified = new Hierarchy(temp, true, List.of(), List.of(options));
        return new VeCgroup(new HostCgroups(List.of(unified)), "vz", "101");
    }

    private VeCgroup v1() {
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (String name : List.of("cpu", "cpuacct", "memory", "blkio", "pids")) {
            hierarchies.add(new Hierarchy(temp.resolve(name), false, List.of(name)));
        }
        hierarchies.add(new Hierarchy(temp.resolve("unified"), true, List.of()));
        return new VeCgroup(new HostCgroups(hierarchies), "vz", "101");
    }

    @Test
    void readsV2() throws IOException {
        file("vz/101/memory.current", "40960\n");
        file("vz/101/memory.peak", "81920\n");
        file("vz/101/memory.swap.current", "8192\n");
        file("vz/101/memory.swap.peak", "16384\n");
        file("vz/101/memory.swap.events", "high 0\nmax 7\nfail 8\n");
        file("vz/101/memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n");
        file(
                "vz/101/memory.stat",
                """
                anon 100
                file 200
                kernel 300
                kernel_stack 11
                sock 400
                shmem 500
                unevictable 600
                slab_reclaimable 700
                """);
        file("vz/101/pids.current", "7\n");
        file("vz/101/pids.peak", "9\n");
        file("vz/101/pids.events", "max 2\n");
        file("vz/101/cpu.stat", "usage_usec 1000\nuser_usec 600\nsystem_usec 400\nnr_periods 9\nnr_throttled 3\n");
        file(
                "vz/101/io.stat",
                "254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=99 dios=99\n8:0 rbytes=5 wbytes=5 rios=1 wios=1\n");
        assertThat(reader().all(v2()))
                .isEqualTo(new Usage(
                        new Usage.Memory(40_960, 8192, 100, 500, 300, 700, 400, 600),
                        new Usage.MemoryHistory(
                                OptionalLong.of(81_920), NONE, OptionalLong.of(16_384), NONE, NONE, 3, 4, 5, 8, 0),
                        new Usage.Tasks(7, OptionalLong.of(9), 2),
                        new Usage.Cpu(1000, 600, 400, 3),
                        new Usage.Io(15, 25, 2, 3),
                        null,
                        null));
        assertThat(reader().taskCount(v2())).isEqualTo(7);
        assertThat(IoServiceBytes.read(v2()))
                .isEqualTo(
                        """
                        254:0 Read 10
                        254:0 Write 20
                        254:0 Discard 99
                        254:0 Total 129
                        8:0 Read 5
                        8:0 Write 5
                        8:0 Discard 0
                        8:0 Total 10
                        Total 139
                        """);
        file("vz/101/io.stat", "8:0 \n");
        assertThat(IoServiceBytes.read(v2())).isEqualTo("Total 0\n");
    }

    @Test
    void addsUpKernelMemoryOnKernelsThatDoNot() throws IOException {
        file("vz/101/memory.current", "1\n");
        file("vz/101/memory.stat", "anon 100\nkernel_stack 1\npagetables 2\npercpu 4\nslab 8\nslab_reclaimable 7\n");
        Usage.Memory memory = reader().memory(v2());
        assertThat(memory).isNotNull();
        assertThat(memory.kernel()).isEqualTo(15);
        assertThat(memory.swap()).isZero();
        assertThat(reader().memoryHistory(v2())).isNull();
        file("vz/101/memory.events", "oom 1\n");
        assertThat(reader().memoryHistory(v2()))
                .isEqualTo(new Usage.MemoryHistory(NONE, NONE, NONE, NONE, NONE, 0, 1, 0, 0, 0));
    }

    @Test
    void readsV1() throws IOException {
        file("memory/vz/101/memory.usage_in_bytes", "40960\n");
        file("memory/vz/101/memory.max_usage_in_bytes", "81920\n");
        file("memory/vz/101/memory.failcnt", "3\n");
        file("memory/vz/101/memory.memsw.failcnt", "1\n");
        file("memory/vz/101/memory.kmem.usage_in_bytes", "300\n");
        file("memory/vz/101/memory.kmem.tcp.usage_in_bytes", "400\n");
        file("memory/vz/101/memory.memsw.max_usage_in_bytes", "90112\n");
        file("memory/vz/101/memory.kmem.max_usage_in_bytes", "301\n");
        file("memory/vz/101/memory.kmem.tcp.max_usage_in_bytes", "401\n");
        file("memory/vz/101/memory.kmem.tcp.failcnt", "6\n");
        file("memory/vz/101/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n");
        file(
                "memory/vz/101/memory.stat",
                """
                rss 1
                shmem 2
                swap 3
                total_rss 100
                total_rss_huge 7
                total_shmem 500
                total_swap 8192
                total_swapcached 9
                total_unevictable 600
                """);
        file("pids/vz/101/pids.current", "7\n");
        file("pids/vz/101/pids.events", "max 2\n");
        file("cpuacct/vz/101/cpuacct.usage", "1000999\n");
        file("cpuacct/vz/101/cpuacct.usage_user", "600000\n");
        file("cpuacct/vz/101/cpuacct.usage_sys", "400000\n");
        file("cpu/vz/101/cpu.stat", "nr_periods 9\nnr_throttled 3\nthrottled_time 5\n");
        file(
                "blkio/vz/101/blkio.throttle.io_service_bytes",
                "254:0 Read 10\n254:0 Write 20\n254:0 Sync 30\n254:0 Total 30\n8:0 Read 5\n8:0 Write 5\nTotal 40\n");
        assertThat(IoServiceBytes.read(v1()))
                .isEqualTo(
                        "254:0 Read 10\n254:0 Write 20\n254:0 Sync 30\n254:0 Total 30\n8:0 Read 5\n8:0 Write 5\nTotal 40\n");
        file("blkio/vz/101/blkio.throttle.io_serviced", "254:0 Read 1\n254:0 Write 2\n8:0 Read 1\nTotal 4\n");
        assertThat(reader().all(v1()))
                .isEqualTo(new Usage(
                        new Usage.Memory(40_960, 8192, 100, 500, 300, 0, 400, 600),
                        new Usage.MemoryHistory(
                                OptionalLong.of(81_920),
                                OptionalLong.of(90_112),
                                NONE,
                                OptionalLong.of(301),
                                OptionalLong.of(401),
                                4,
                                5,
                                5,
                                0,
                                6),
                        new Usage.Tasks(7, NONE, 2),
                        new Usage.Cpu(1000, 600, 400, 3),
                        new Usage.Io(15, 25, 2, 2),
                        null,
                        null));
        assertThat(reader().taskCount(v1())).isEqualTo(7);
    }

    @Test
    void knowsNothingOfAStoppedVe() throws IOException {
        assertThat(reader().all(v1())).isEqualTo(Usage.NONE);
        assertThat(reader().all(v2())).isEqualTo(Usage.NONE);
        assertThat(IoServiceBytes.read(v1())).isNull();
        assertThat(IoServiceBytes.read(v2())).isNull();
        assertThat(reader().taskCount(v1())).isEqualTo(-1);
        assertThat(reader().sockets(4711)).isNull();
        assertThat(reader().pressure(v2(), Pressure.Of.MEMORY)).isNull();
        for (Beancounter counter : Beancounter.values()) {
            assertThat(counter.held(Usage.NONE)).isZero();
            assertThat(counter.maxHeld(Usage.NONE)).isZero();
            assertThat(counter.failures(Usage.NONE)).isZero();
            assertThat(reader().limit(v2(), counter)).isEqualTo(-1);
        }
    }

    @Test
    void countsRefusedTasksWhereTheKernelDoes() throws IOException {
        file("vz/101/pids.current", "7\n");
        file("vz/101/pids.events", "max 5\n");
        file("vz/101/cgroup.stat", "nr_descendants 0\nnr_dying_descendants 3\n");
        assertThat(reader().tasks(v2())).isEqualTo(new Usage.Tasks(7, NONE, 5));
        // Linux 6.11 and later: of those 5, 2 met the VE's own limit, the others one that the VE has set itself.
        file("vz/101/pids.events.local", "max 2\n");
        file("vz/101/cgroup.stat", "nr_descendants 4\n");
        assertThat(reader().tasks(v2())).isEqualTo(new Usage.Tasks(7, NONE, 2));
    }

    @Test
    void walksTheVesCgroupsWhereEventsStayBelow() throws IOException {
        file("vz/101/pids.current", "7\n");
        file("vz/101/pids.events", "max 5\n");
        file("vz/101/cgroup.stat", "nr_descendants 1\n");
        assertThatThrownBy(() -> reader().tasks(v2())).isInstanceOf(AssertionError.class);
        file("vz/101/pids.events.local", "max 2\n");
        assertThatThrownBy(() -> reader().tasks(v2("pids_localevents"))).isInstanceOf(AssertionError.class);
        file("vz/101/memory.events", "oom 1\n");
        assertThatThrownBy(() -> reader().memoryHistory(v2("rw", "memory_localevents")))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void readsSockets() throws IOException {
        String four =
                """
                sockets: used 18
                TCP: inuse 3 orphan 77 tw 2 alloc 78 mem 423
                UDP: inuse 1 mem 5
                FRAG: inuse 0 memory 0
                """;
        file("proc/4711/net/sockstat", four);
        assertThat(reader().sockets(4711)).isEqualTo(new Usage.Sockets(3, 15));
        file("proc/4711/net/sockstat6", "TCP6: inuse 4\nUDP6: inuse 9\n");
        assertThat(reader().sockets(4711)).isEqualTo(new Usage.Sockets(7, 11));
        // Connections whose processes have closed them are in use, but not sockets.
        file("proc/4711/net/sockstat6", "TCP6: inuse 40\n");
        assertThat(reader().sockets(4711)).isEqualTo(new Usage.Sockets(43, 0));
    }

    @Test
    void readsPressureInTheUnifiedHierarchyOfEitherKindOfHost() throws IOException {
        String text =
                """
                some avg10=1.03 avg60=99.99 avg300=0.00 total=123456789012
                full avg10=0.50 avg60=12.00 avg300=100.00 total=7
                """;
        file("vz/101/memory.pressure", text);
        file("unified/vz/101/cpu.pressure", text.substring(0, text.indexOf("full")));
        assertThat(reader().pressure(v2(), Pressure.Of.MEMORY))
                .isEqualTo(new Pressure(
                        new Pressure.Stall(103, 9999, 0, 123_456_789_012L), new Pressure.Stall(50, 1200, 10_000, 7)));
        assertThat(reader().pressure(v1(), Pressure.Of.CPU))
                .isEqualTo(new Pressure(new Pressure.Stall(103, 9999, 0, 123_456_789_012L), null));
        assertThat(reader().pressure(v1(), Pressure.Of.IO)).isNull();
        file("vz/101/io.pressure", "");
        assertThat(reader().pressure(v2(), Pressure.Of.IO)).isNull();
    }

    @Test
    void readsTheLimitsInForce() throws IOException {
        file("vz/101/memory.max", "40960\n");
        file("vz/101/memory.swap.max", "max\n");
        file("vz/101/pids.max", "50\n");
        assertThat(reader().limit(v2(), Beancounter.PHYSPAGES)).isEqualTo(10);
        assertThat(reader().limit(v2(), Beancounter.SWAPPAGES)).isEqualTo(Long.MAX_VALUE);
        assertThat(reader().limit(v2(), Beancounter.NUMPROC)).isEqualTo(50);
        file("memory/vz/101/memory.limit_in_bytes", "40960\n");
        file("memory/vz/101/memory.memsw.limit_in_bytes", "61440\n");
        file("pids/vz/101/pids.max", "max\n");
        assertThat(reader().limit(v1(), Beancounter.PHYSPAGES)).isEqualTo(10);
        assertThat(reader().limit(v1(), Beancounter.SWAPPAGES)).isEqualTo(5);
        assertThat(reader().limit(v1(), Beancounter.NUMPROC)).isEqualTo(Long.MAX_VALUE);
        file("memory/vz/101/memory.memsw.limit_in_bytes", "9223372036854771712\n");
        assertThat(reader().limit(v1(), Beancounter.SWAPPAGES)).isEqualTo(Long.MAX_VALUE);
        assertThat(reader().limit(v1(), Beancounter.KMEMSIZE)).isEqualTo(-1);
    }

    @Test
    void readsFilesLargerThanTheBuffer() throws IOException {
        file("vz/101/cpu.stat", "x 1\n".repeat(10_000) + "usage_usec 1234\n");
        Usage.Cpu cpu = reader().cpu(v2());
        assertThat(cpu).isNotNull();
        assertThat(cpu.total()).isEqualTo(1234);
    }

    @Test
    void countsAsBeancounters() {
        Usage usage = new Usage(
                new Usage.Memory(40_960, 8192, 4096, 12_288, 300, 700, 400, 16_384),
                new Usage.MemoryHistory(
                        OptionalLong.of(81_920),
                        OptionalLong.of(90_112),
                        OptionalLong.of(20_480),
                        OptionalLong.of(301),
                        OptionalLong.of(401),
                        3,
                        4,
                        5,
                        8,
                        6),
                new Usage.Tasks(7, OptionalLong.of(9), 2),
                null,
                null,
                new Usage.Sockets(11, 12),
                new Usage.Handles(21, 22, 23, 24));
        StringBuilder table = new StringBuilder();
        for (Beancounter counter : Beancounter.values()) {
            table.append(counter.text())
                    .append(' ')
                    .append(counter.held(usage))
                    .append(' ')
                    .append(counter.maxHeld(usage))
                    .append(' ')
                    .append(counter.failures(usage))
                    .append('\n');
        }
        assertThat(table.toString())
                .isEqualTo(
                        """
                        kmemsize 300 301 0
                        lockedpages 4 4 0
                        privvmpages 3 3 0
                        shmpages 3 3 0
                        numproc 7 9 2
                        physpages 10 20 4
                        vmguarpages 0 0 0
                        oomguarpages 12 22 5
                        numtcpsock 11 11 0
                        numflock 24 24 0
                        numpty 22 22 0
                        numsiginfo 23 23 0
                        tcpsndbuf 400 401 6
                        tcprcvbuf 0 0 0
                        othersockbuf 0 0 0
                        dgramrcvbuf 0 0 0
                        numothersock 12 12 0
                        dcachesize 700 700 0
                        numfile 21 21 0
                        numiptent 0 0 0
                        swappages 2 5 8
                        """);
    }

    @Test
    void everyBeancounterIsAKey() {
        for (Beancounter counter : Beancounter.values()) {
            ConfKey<?> key = ConfKey.named(counter.name());
            assertThat(key).as(counter.name()).isNotNull();
            // A count takes no suffix; of the others, pages are multiplied by 4096 where bytes are given.
            assertThat(key.parseOrNull("8K")).as(counter.name()).isEqualTo(parsed(counter));
        }
    }

    private static @Nullable BarrierLimit parsed(Beancounter counter) {
        try {
            return BarrierLimit.parse("8K", counter.unit());
        } catch (IllegalArgumentException noSuffix) {
            return null;
        }
    }
}
