package org.jvz.runtime.cgroup;

import java.util.BitSet;
import java.util.List;

/**
 * Which CPUs a VE gets that is to have some number of them: those that the VEs beside it use least. A VE that may run on
 * few CPUs uses each of them more than one with many. Equal CPUs are taken in the order of their numbers, and a VE that
 * has such CPUs already keeps as many of them as it may: its processes' caches are warm there.
 */
final class CpuChoice {
    /** What a VE on one CPU uses of it; divided by the number of CPUs for others. */
    private static final long WHOLE = 1L << 32;

    private CpuChoice() {}

    /**
     * Chooses.
     *
     * @param allowed the CPUs to choose from
     * @param count how many, at least 1; all of {@code allowed} if it is not more
     * @param now those that the VE has now; empty, or all that are allowed, if none has been chosen for it yet
     * @param others the CPUs of each VE beside it; empty for one that may run on all
     */
    static BitSet choose(BitSet allowed, int count, BitSet now, List<BitSet> others) {
        long[] used = new long[allowed.length()];
        for (BitSet other : others) {
            for (int cpu = other.nextSetBit(0); cpu >= 0 && cpu < used.length; cpu = other.nextSetBit(cpu + 1)) {
                used[cpu] += WHOLE / other.cardinality();
            }
        }
        BitSet chosen = new BitSet();
        BitSet left = (BitSet) allowed.clone();
        while (chosen.cardinality() < count && !left.isEmpty()) {
            int best = best(left, now, used);
            chosen.set(best);
            left.clear(best);
        }
        return chosen;
    }

    private static int best(BitSet left, BitSet now, long[] used) {
        int best = left.nextSetBit(0);
        for (int cpu = left.nextSetBit(best + 1); cpu >= 0; cpu = left.nextSetBit(cpu + 1)) {
            boolean isBetter = now.get(cpu) == now.get(best) ? used[cpu] < used[best] : now.get(cpu);
            if (isBetter) {
                best = cpu;
            }
        }
        return best;
    }
}
