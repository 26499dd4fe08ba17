package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.config.CpuList;

class CpuChoiceTest {
    private static BitSet cpus(String list) {
        return CpuList.parseKernel(list);
    }

    private static String choose(String allowed, int count, String now, List<String> others) {
        List<BitSet> sets = new ArrayList<>();
        for (String other : others) {
            sets.add(cpus(other.equals("-") ? "" : other));
        }
        BitSet chosen = CpuChoice.choose(cpus(allowed), count, cpus(now), sets);
        return new CpuList(CpuList.Kind.LIST, chosen).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0-3 | 1 | `` | ``       | 0",
                "0-3 | 1 | `` | 0        | 1",
                "0-3 | 2 | `` | 0 1      | 2-3",
                "0-3 | 2 | `` | 0 0-1    | 2-3",
                // A VE on one CPU uses it more than two VEs on four each do.
                "0-3 | 1 | `` | 0 0-3 0-3 | 1",
                "0-1 | 1 | `` | 0 1 1    | 0",
                "0-3 | 2 | `` | 0-1 2    | 0,3",
                // No restriction says nothing.
                "0-3 | 1 | `` | - 0      | 1",
                "2-3 | 1 | `` | 2        | 3",
                // What a VE has it keeps: when it gets more, and as far as it may.
                "0-3 | 3 | 2-3 | 2-3     | 0,2-3",
                "0-3 | 1 | 2-3 | 2       | 3",
                "0-3 | 2 | 0-3 | 0-1     | 2-3",
                "0-1 | 1 | 2-3 | 0       | 1",
                "0-1 | 9 | ``  | 0       | 0-1",
            })
    void takesTheLeastUsed(String allowed, int count, String now, String others, String chosen) {
        assertThat(choose(allowed, count, now, List.of(others.split(" ", -1)))).isEqualTo(chosen);
    }

    @Test
    void spreadsManyVesEvenly() {
        SplittableRandom random = new SplittableRandom(7);
        List<BitSet> ves = new ArrayList<>();
        int[] used = new int[16];
        int all = 0;
        for (int ve = 0; ve < 400; ve++) {
            int count = random.nextInt(1, 5);
            BitSet chosen = CpuChoice.choose(cpus("0-15"), count, cpus("0-15"), ves);
            assertThat(chosen.cardinality()).isEqualTo(count);
            ves.add(chosen);
            all += count;
            chosen.stream().forEach(cpu -> used[cpu]++);
        }
        // The measure is time, not numbers: a CPU with more VEs has those that are on many.
        double fair = all / 16.0;
        for (int n : used) {
            assertThat((double) n).isBetween(0.8 * fair, 1.2 * fair);
        }
    }
}
