package org.jvz.runtime.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the beancounters of a configuration make sense together: those that have only one value have it twice, barriers
 * are not above limits, and there is room for what a process, a socket or an open file takes (the "UBC consistency check" of
 * OpenVZ's documentation; vzcfgvalidate(8)). Of a VSwap configuration only RAM and swap count, against those of the host.
 */
public final class BeancounterCheck {
    /** What one process takes of kernel memory, bytes. */
    private static final long PROCESS_BYTES = 40 * 1024;
    /** What one open file takes of the dentry cache, bytes. */
    private static final long FILE_BYTES = 384;
    /** How far a socket's buffer may go over the barrier, bytes. */
    private static final long SOCKET_BYTES = 2560;

    private static final long KIB = 1024;
    private static final int FILES_PER_PROCESS = 32;

    private final Decision decision;
    private final Map<String, BarrierLimit> values = new LinkedHashMap<>();
    private final Map<String, BarrierLimit> repaired = new LinkedHashMap<>();
    private boolean valid = true;

    /** What is to become of something that is wrong. */
    public interface Decision {
        /** Told of what cannot be repaired, and of what is only advice. */
        void remark(String text);

        /**
         * Asked of everything that can be repaired.
         *
         * @param text what is wrong
         * @param repair the value, or the pair of values, that it would become
         * @return whether to repair it
         */
        boolean repair(String text, String repair);
    }

    private BeancounterCheck(Decision decision) {
        this.decision = decision;
    }

    /**
     * The outcome.
     *
     * @param valid nothing is wrong, or everything was repaired
     * @param repaired the new values by key
     */
    public record Outcome(boolean valid, Map<String, BarrierLimit> repaired) {}

    /** Checks a classical configuration. */
    public static Outcome classical(VeConf conf, Decision decision) throws BadConfException {
        return new BeancounterCheck(decision).classical(conf);
    }

    /**
     * Checks a VSwap configuration.
     *
     * @param ram pages of RAM that the host has
     * @param swap pages of swap that the host has
     */
    public static Outcome vswap(VeConf conf, long ram, long swap, Decision decision) throws BadConfException {
        BeancounterCheck check = new BeancounterCheck(decision);
        check.vswap(conf, ConfKey.PHYSPAGES, ram);
        check.vswap(conf, ConfKey.SWAPPAGES, swap);
        return check.outcome();
    }

    private Outcome outcome() {
        return new Outcome(valid, repaired);
    }

    private void vswap(VeConf conf, ConfKey<BarrierLimit> key, long most) throws BadConfException {
        if (read(conf, key)) {
            zeroBarrier(key, "Error: " + name(key) + ".bar should be = 0 (currently, " + of(key).barrier() + ")");
            BarrierLimit value = of(key);
            if (value.limit() > most) {
                wrong(
                        "Warning: " + name(key) + ".lim should be <= " + most + " (currently, " + value.limit() + ")",
                        key,
                        new BarrierLimit(value.barrier(), most),
                        Long.toString(most));
            }
        }
    }

    private Outcome classical(VeConf conf) throws BadConfException {
        for (ConfKey<BarrierLimit> key : RequiredBeancounters.CLASSICAL) {
            read(conf, key);
        }
        if (!valid) {
            return outcome();
        }
        long average = conf.get(ConfKey.AVNUMPROC)
                .orElse(BarrierLimit.of(of(ConfKey.NUMPROC).barrier() / 2))
                .barrier();
        pairs();
        disk(conf, ConfKey.DISKSPACE);
        disk(conf, ConfKey.DISKINODES);
        memory(average);
        sockets();
        files(average);
        return outcome();
    }

    /** What each beancounter alone is to be. */
    private void pairs() {
        same(List.of(ConfKey.NUMPROC, ConfKey.NUMTCPSOCK, ConfKey.NUMOTHERSOCK));
        unlimited(ConfKey.VMGUARPAGES);
        ordered(List.of(
                ConfKey.KMEMSIZE, ConfKey.TCPSNDBUF, ConfKey.TCPRCVBUF, ConfKey.OTHERSOCKBUF, ConfKey.DGRAMRCVBUF));
        unlimited(ConfKey.OOMGUARPAGES);
        ordered(List.of(ConfKey.PRIVVMPAGES, ConfKey.LOCKEDPAGES));
        same(List.of(ConfKey.SHMPAGES));
        zeroBarrier(
                ConfKey.PHYSPAGES,
                "Error: barrier should be = 0 for physpages (currently, "
                        + of(ConfKey.PHYSPAGES).barrier() + ")");
        unlimited(ConfKey.PHYSPAGES);
        same(List.of(ConfKey.NUMFILE));
        ordered(List.of(ConfKey.NUMFLOCK));
        same(List.of(ConfKey.NUMPTY, ConfKey.NUMSIGINFO));
        ordered(List.of(ConfKey.DCACHESIZE));
        same(List.of(ConfKey.NUMIPTENT));
    }

    private void memory(long average) {
        BarrierLimit dcache = of(ConfKey.DCACHESIZE);
        long cached = times(of(ConfKey.NUMFILE).barrier(), FILE_BYTES);
        if (dcache.limit() < cached) {
            wrong(
                    "Warning: dcachesize.lim should be > " + cached + " (currently, " + dcache.limit() + ")",
                    ConfKey.DCACHESIZE,
                    new BarrierLimit(dcache.barrier(), cached),
                    Long.toString(cached));
        }
        atLeast(
                "Error",
                ConfKey.KMEMSIZE,
                plus(times(average, PROCESS_BYTES), of(ConfKey.DCACHESIZE).limit()));
        BarrierLimit privvm = of(ConfKey.PRIVVMPAGES);
        long guaranteed = of(ConfKey.VMGUARPAGES).barrier();
        if (privvm.barrier() < guaranteed) {
            wrong(
                    "Warning: privvmpages.bar should be > " + guaranteed + " (currently, " + privvm.barrier() + ")",
                    ConfKey.PRIVVMPAGES,
                    new BarrierLimit(guaranteed, Math.max(guaranteed, privvm.limit())),
                    Long.toString(guaranteed));
        }
    }

    private void sockets() {
        room("Error", ConfKey.TCPSNDBUF, ConfKey.NUMTCPSOCK);
        room("Error", ConfKey.OTHERSOCKBUF, ConfKey.NUMOTHERSOCK);
        room("Warning", ConfKey.TCPRCVBUF, ConfKey.NUMTCPSOCK);
        atLeast("Warning", ConfKey.TCPRCVBUF, 64 * KIB);
        atLeast("Warning", ConfKey.TCPSNDBUF, 64 * KIB);
        for (ConfKey<BarrierLimit> key : List.of(ConfKey.DGRAMRCVBUF, ConfKey.OTHERSOCKBUF)) {
            if (of(key).barrier() < 32 * KIB) {
                atLeast("Warning", key, 32 * KIB);
            } else if (of(key).barrier() < 129 * KIB) {
                atLeast("Recommendation", key, 129 * KIB);
            }
        }
    }

    private void files(long average) {
        long sockets = plus(
                plus(of(ConfKey.NUMTCPSOCK).barrier(), of(ConfKey.NUMOTHERSOCK).barrier()),
                of(ConfKey.NUMPTY).barrier());
        long least = Math.max(times(average, FILES_PER_PROCESS), sockets);
        BarrierLimit files = of(ConfKey.NUMFILE);
        if (files.barrier() < least) {
            wrong(
                    "Warning: numfile should be > " + least + " (currently, " + files.barrier() + ")",
                    ConfKey.NUMFILE,
                    raised(files, least),
                    raised(files, least).toString());
        }
    }

    /** The soft and the hard limit of a disk. What is no pair in order cannot be repaired: nobody knows what was meant. */
    private void disk(VeConf conf, ConfKey<DiskLimit> key) throws BadConfException {
        if (conf.get(ConfKey.DISK_QUOTA).orElse(false)) {
            try {
                if (conf.get(key).isEmpty()) {
                    missing(key);
                }
            } catch (BadConfException e) {
                valid = false;
                decision.remark("Error: " + e.getMessage());
            }
        }
    }

    private boolean read(VeConf conf, ConfKey<BarrierLimit> key) throws BadConfException {
        @Nullable BarrierLimit value = conf.get(key).orElse(null);
        if (value == null) {
            missing(key);
            return false;
        }
        values.put(key.name(), value);
        return true;
    }

    private void missing(ConfKey<?> key) {
        valid = false;
        decision.remark("Error: parameter " + name(key) + " not found");
    }

    private BarrierLimit of(ConfKey<BarrierLimit> key) {
        @Nullable BarrierLimit value = values.get(key.name());
        if (value == null) {
            throw new IllegalStateException(key.name());
        }
        return value;
    }

    private void same(List<ConfKey<BarrierLimit>> keys) {
        for (ConfKey<BarrierLimit> key : keys) {
            BarrierLimit value = of(key);
            if (value.barrier() != value.limit()) {
                BarrierLimit larger = BarrierLimit.of(Math.max(value.barrier(), value.limit()));
                wrong(
                        "Error: barrier should be equal to limit for " + name(key) + " (currently, " + value + ")",
                        key,
                        larger,
                        larger.toString());
            }
        }
    }

    private void ordered(List<ConfKey<BarrierLimit>> keys) {
        for (ConfKey<BarrierLimit> key : keys) {
            BarrierLimit value = of(key);
            if (value.barrier() > value.limit()) {
                BarrierLimit both = BarrierLimit.of(value.barrier());
                wrong(
                        "Error: barrier should be <= limit for " + name(key) + " (currently, " + value + ")",
                        key,
                        both,
                        both.toString());
            }
        }
    }

    private void unlimited(ConfKey<BarrierLimit> key) {
        BarrierLimit value = of(key);
        if (!value.isUnlimited()) {
            wrong(
                    "Error: limit should be = " + BarrierLimit.UNLIMITED + " for " + name(key) + " (currently, "
                            + value.limit() + ")",
                    key,
                    new BarrierLimit(value.barrier(), BarrierLimit.UNLIMITED),
                    Long.toString(BarrierLimit.UNLIMITED));
        }
    }

    private void zeroBarrier(ConfKey<BarrierLimit> key, String text) {
        if (of(key).barrier() != 0) {
            wrong(text, key, BarrierLimit.upTo(of(key).limit()), "0");
        }
    }

    private void atLeast(String grade, ConfKey<BarrierLimit> key, long least) {
        BarrierLimit value = of(key);
        if (value.barrier() < least) {
            wrong(
                    grade + ": " + name(key) + ".bar should be > " + least + " (currently, " + value.barrier() + ")",
                    key,
                    raised(value, least),
                    raised(value, least).toString());
        }
    }

    private void room(String grade, ConfKey<BarrierLimit> key, ConfKey<BarrierLimit> sockets) {
        BarrierLimit value = of(key);
        long least = times(of(sockets).barrier(), SOCKET_BYTES);
        if (!value.isUnlimited() && value.limit() - value.barrier() < least) {
            BarrierLimit wider = new BarrierLimit(value.barrier(), plus(value.barrier(), least));
            wrong(
                    grade + ": " + name(key) + ".lim-" + name(key) + ".bar should be > " + least + " (currently, "
                            + value.limit() + "-" + value.barrier() + "=" + (value.limit() - value.barrier()) + ")",
                    key,
                    wider,
                    wider.toString());
        }
    }

    /** Barrier and limit raised by the same amount, the barrier to {@code barrier}. */
    private static BarrierLimit raised(BarrierLimit value, long barrier) {
        return new BarrierLimit(barrier, plus(value.limit(), barrier - value.barrier()));
    }

    private void wrong(String text, ConfKey<BarrierLimit> key, BarrierLimit repair, String shown) {
        if (decision.repair(text, shown)) {
            values.put(key.name(), repair);
            repaired.put(key.name(), repair);
        } else if (!text.startsWith("Recommendation")) {
            valid = false;
        }
    }

    private static String name(ConfKey<?> key) {
        return key.name().toLowerCase(Locale.ROOT);
    }

    private static long plus(long one, long other) {
        return one > BarrierLimit.UNLIMITED - other ? BarrierLimit.UNLIMITED : one + other;
    }

    private static long times(long one, long other) {
        return one > BarrierLimit.UNLIMITED / other ? BarrierLimit.UNLIMITED : one * other;
    }
}
