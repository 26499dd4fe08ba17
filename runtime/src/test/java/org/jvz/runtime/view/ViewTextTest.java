package org.jvz.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.config.CpuList;

class ViewTextTest {
    private static final String MEMINFO =
            """
            MemTotal:       24683620 kB
            MemFree:        22007001 kB
            MemAvailable:   23509000 kB
            Buffers:          36156 kB
            SwapTotal:       1048576 kB
            SwapFree:        1000000 kB
            CommitLimit:    12341808 kB
            VmallocTotal:   34359738367 kB
            HugePages_Total:       5
            Hugepagesize:       2048 kB
            DirectMap4k:      100000 kB
            """;

    private static BitSet cpus(String list) {
        return CpuList.parseKernel(list);
    }

    @Test
    void memoryIsTheVesAndUnused() {
        assertThat(ViewText.meminfo(MEMINFO, 256L << 20, 512L << 20))
                .isEqualTo(
                        """
                        MemTotal:         262144 kB
                        MemFree:          262144 kB
                        MemAvailable:     262144 kB
                        Buffers:               0 kB
                        SwapTotal:        524288 kB
                        SwapFree:         524288 kB
                        CommitLimit:      786432 kB
                        VmallocTotal:   34359738367 kB
                        HugePages_Total:       0
                        Hugepagesize:       2048 kB
                        """);
    }

    @Test
    void thereIsNoMoreMemoryThanTheHostHas() {
        assertThat(ViewText.meminfo(MEMINFO, Long.MAX_VALUE, Long.MAX_VALUE))
                .startsWith("MemTotal:       24683620 kB\n")
                .contains("SwapTotal:       1048576 kB\n");
        assertThat(ViewText.swaps(MEMINFO, 2L << 30)).contains("\t1048576\t").hasLineCount(2);
        assertThat(ViewText.swaps(MEMINFO, 4096)).contains("virtual\t\t4\t\t0\t\t0\n");
        assertThat(ViewText.swaps(MEMINFO, 0)).hasLineCount(1).startsWith("Filename");
        assertThat(ViewText.swaps("MemTotal: 5 kB\n", 4096)).hasLineCount(1);
    }

    @Test
    void cpusAreTheVesNumberedAnew() {
        String host = "processor\t: 0\nmodel\t: x\n\nprocessor\t: 1\nmodel\t: y\n\nprocessor\t: 2\nmodel\t: z\n\n";
        assertThat(ViewText.cpuinfo(host, cpus("1-2")))
                .isEqualTo("processor\t: 0\nmodel\t: y\n\nprocessor\t: 1\nmodel\t: z\n\n");
        assertThat(ViewText.cpuinfo(host, cpus("0")).strip()).isEqualTo("processor\t: 0\nmodel\t: x");
        assertThat(ViewText.online(cpus("0,2-3"))).isEqualTo("0,2-3\n");
    }

    @Test
    void timeOfCpusStandsStill() {
        String host = "cpu  9 9 9 9\ncpu0 5 5 5 5\ncpu1 4 4 4 4\nintr 99 1 2\nctxt 5\nbtime 1795623321\nprocesses 7\n";
        assertThat(ViewText.stat(host, cpus("1,3")))
                .startsWith(
                        "cpu  0 0 0 200 0 0 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0\ncpu3 0 0 0 100 0 0 0 0 0 0\nintr 0\n")
                .contains("\nbtime 1795623321\n")
                .doesNotContain("99")
                .endsWith("\n");
    }
}
