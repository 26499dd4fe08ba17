package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.jvz.runtime.cgroup.Beancounter;

/** Section 10 of vzctl's contract, to the blank. */
class BeancounterTextTest {
    private static final String HEADER =
            """
            Version: 2.5
                   uid  resource                     held              maxheld              barrier                limit              failcnt
            """;

    /** Held 100 for kmemsize, 101 for lockedpages and so on; the rest alike for all. */
    private static long[][] numbers() {
        Beancounter[] all = Beancounter.values();
        long[][] numbers = new long[all.length][];
        for (int i = 0; i < all.length; i++) {
            numbers[i] = new long[] {100 + i, 2_449_408, 14_372_700, Long.MAX_VALUE, i};
        }
        return numbers;
    }

    @Test
    void writesUserBeancounters() {
        assertThat(new BeancounterText(0).header().old(101, numbers()).toString())
                .isEqualTo(
                        HEADER
                                + """
                                       101: kmemsize                      100              2449408             14372700  9223372036854775807                    0
                                            lockedpages                   101              2449408             14372700  9223372036854775807                    1
                                            privvmpages                   102              2449408             14372700  9223372036854775807                    2
                                            shmpages                      103              2449408             14372700  9223372036854775807                    3
                                            dummy                           0                    0                    0                    0                    0
                                            numproc                       104              2449408             14372700  9223372036854775807                    4
                                            physpages                     105              2449408             14372700  9223372036854775807                    5
                                            vmguarpages                   106              2449408             14372700  9223372036854775807                    6
                                            oomguarpages                  107              2449408             14372700  9223372036854775807                    7
                                            numtcpsock                    108              2449408             14372700  9223372036854775807                    8
                                            numflock                      109              2449408             14372700  9223372036854775807                    9
                                            numpty                        110              2449408             14372700  9223372036854775807                   10
                                            numsiginfo                    111              2449408             14372700  9223372036854775807                   11
                                            tcpsndbuf                     112              2449408             14372700  9223372036854775807                   12
                                            tcprcvbuf                     113              2449408             14372700  9223372036854775807                   13
                                            othersockbuf                  114              2449408             14372700  9223372036854775807                   14
                                            dgramrcvbuf                   115              2449408             14372700  9223372036854775807                   15
                                            numothersock                  116              2449408             14372700  9223372036854775807                   16
                                            dcachesize                    117              2449408             14372700  9223372036854775807                   17
                                            numfile                       118              2449408             14372700  9223372036854775807                   18
                                            dummy                           0                    0                    0                    0                    0
                                            dummy                           0                    0                    0                    0                    0
                                            dummy                           0                    0                    0                    0                    0
                                            numiptent                     119              2449408             14372700  9223372036854775807                   19
                                """);
    }

    @Test
    void writesResources() {
        String one = new BeancounterText(0).own(numbers()).toString();
        String all = new BeancounterText(0)
                .header()
                .all(2_147_483_644, numbers())
                .all(0, numbers())
                .toString();
        String[] lines = one.split("\n");
        assertThat(lines).hasSize(21).doesNotContain("dummy").allMatch(line -> line.length() == 129);
        assertThat(lines[20])
                .isEqualTo("            swappages                     120              2449408             14372700"
                        + "  9223372036854775807                   20");
        assertThat(lines[0]).startsWith("            kmemsize ");
        assertThat(all)
                .isEqualTo(
                        HEADER + one.replaceFirst(" {12}", "2147483644: ") + one.replaceFirst(" {12}", "         0: "));
    }

    /** printf's own words for the same, as the kernel has them. */
    @Test
    void agreesWithTheKernelsFormat() {
        String line = String.format("%10s%c %-12s %20d %20d %20d %20d %20d", "101", ':', "kmemsize", 100, 1, 2, 3, 4);
        long[][] numbers = numbers();
        numbers[0] = new long[] {100, 1, 2, 3, 4};
        assertThat(new BeancounterText(0).all(101, numbers).toString()).startsWith(line + "\n");
    }
}
