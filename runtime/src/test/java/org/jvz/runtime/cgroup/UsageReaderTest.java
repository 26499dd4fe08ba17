package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfKey;

class UsageReaderTest {
    private final UsageReader reader = new UsageReader();

    @TempDir
    private Path temp;

    private void file(String path, String content) throws IOException {
        Path file = temp.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private VeCgroup v2() {
        return new VeCgroup(new HostCgroups(List.of(new Hierarchy(temp, true, List.of()))), "vz", "101");
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
        assertThat(reader.all(v2()))
                .isEqualTo(new Usage(
                        new Usage.Memory(40_960, OptionalLong.of(81_920), 8192, 100, 500, 300, 700, 400, 600, 3, 4, 5),
                        new Usage.Tasks(7, OptionalLong.of(9), 2),
                        new Usage.Cpu(1000, 600, 400, 3),
                        new Usage.Io(15, 25, 2, 3)));
    }

    @Test
    void addsUpKernelMemoryOnKernelsThatDoNot() throws IOException {
        file("vz/101/memory.current", "1\n");
        file("vz/101/memory.stat", "anon 100\nkernel_stack 1\npagetables 2\npercpu 4\nslab 8\nslab_reclaimable 7\n");
        Usage.Memory memory = reader.memory(v2());
        assertThat(memory).isNotNull();
        assertThat(memory.kernel()).isEqualTo(15);
        assertThat(memory.peak()).isEmpty();
        assertThat(memory.swap()).isZero();
    }

    @Test
    void readsV1() throws IOException {
        file("memory/vz/101/memory.usage_in_bytes", "40960\n");
        file("memory/vz/101/memory.max_usage_in_bytes", "81920\n");
        file("memory/vz/101/memory.failcnt", "3\n");
        file("memory/vz/101/memory.memsw.failcnt", "1\n");
        file("memory/vz/101/memory.kmem.usage_in_bytes", "300\n");
        file("memory/vz/101/memory.kmem.tcp.usage_in_bytes", "400\n");
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
        file("blkio/vz/101/blkio.throttle.io_serviced", "254:0 Read 1\n254:0 Write 2\n8:0 Read 1\nTotal 4\n");
        assertThat(reader.all(v1()))
                .isEqualTo(new Usage(
                        new Usage.Memory(40_960, OptionalLong.of(81_920), 8192, 100, 500, 300, 0, 400, 600, 4, 5, 5),
                        new Usage.Tasks(7, OptionalLong.empty(), 2),
                        new Usage.Cpu(1000, 600, 400, 3),
                        new Usage.Io(15, 25, 2, 2)));
    }

    @Test
    void knowsNothingOfAStoppedVe() {
        assertThat(reader.all(v1())).isEqualTo(new Usage(null, null, null, null));
        assertThat(reader.all(v2())).isEqualTo(new Usage(null, null, null, null));
        for (Beancounter counter : Beancounter.values()) {
            assertThat(counter.maxHeld(reader.all(v2()))).isZero();
            assertThat(counter.failures(reader.all(v2()))).isZero();
        }
    }

    @Test
    void readsFilesLargerThanTheBuffer() throws IOException {
        file("vz/101/cpu.stat", "x 1\n".repeat(10_000) + "usage_usec 1234\n");
        Usage.Cpu cpu = reader.cpu(v2());
        assertThat(cpu).isNotNull();
        assertThat(cpu.total()).isEqualTo(1234);
    }

    @Test
    void countsAsBeancounters() {
        Usage usage = new Usage(
                new Usage.Memory(40_960, OptionalLong.of(81_920), 8192, 4096, 12_288, 300, 700, 400, 16_384, 3, 4, 5),
                new Usage.Tasks(7, OptionalLong.of(9), 2),
                null,
                null);
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
                        kmemsize 300 300 0
                        lockedpages 4 4 0
                        privvmpages 3 3 0
                        shmpages 3 3 0
                        numproc 7 9 2
                        physpages 10 20 4
                        vmguarpages 0 0 0
                        oomguarpages 12 20 5
                        numtcpsock 0 0 0
                        numflock 0 0 0
                        numpty 0 0 0
                        numsiginfo 0 0 0
                        tcpsndbuf 400 400 0
                        tcprcvbuf 0 0 0
                        othersockbuf 0 0 0
                        dgramrcvbuf 0 0 0
                        numothersock 0 0 0
                        dcachesize 700 700 0
                        numfile 0 0 0
                        numiptent 0 0 0
                        swappages 2 2 0
                        """);
    }

    @Test
    void everyBeancounterIsAKey() {
        for (Beancounter counter : Beancounter.values()) {
            assertThat(ConfKey.named(counter.name())).as(counter.name()).isNotNull();
        }
    }
}
