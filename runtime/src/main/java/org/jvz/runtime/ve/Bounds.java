package org.jvz.runtime.ve;

import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.VeConf;

/** Barriers and limits of beancounters as a configuration gives them. */
public final class Bounds {
    private static final BarrierLimit NONE = BarrierLimit.of(BarrierLimit.UNLIMITED);

    private Bounds() {}

    /**
     * What is set, in the unit of the key; null if nothing is, or no value: what only reads is no place to complain.
     *
     * <p>Not by {@code ConfKey}: a list of VEs would load the whole table for a column.
     */
    public static @Nullable BarrierLimit configured(VeConf conf, Beancounter counter) {
        @Nullable String text = conf.text(counter.name());
        if (text == null && counter == Beancounter.DCACHESIZE) {
            text = conf.text("DCACHE");
        } else if (text == null && counter == Beancounter.NUMIPTENT) {
            text = conf.text("IPTENTRIES");
        }
        if (text == null) {
            return null;
        }
        try {
            return BarrierLimit.parse(text, counter.unit());
        } catch (IllegalArgumentException bad) {
            return null;
        }
    }

    /**
     * What holds for a VE that starts with this configuration. What is not set has no limit, but in a VE whose memory is given by
     * PHYSPAGES and SWAPPAGES, where it follows from these two as on OpenVZ.
     */
    public static BarrierLimit inForce(VeConf conf, Beancounter counter) {
        @Nullable BarrierLimit configured = configured(conf, counter);
        return configured != null ? configured : implied(conf, counter);
    }

    private static BarrierLimit implied(VeConf conf, Beancounter counter) {
        switch (counter) {
            case LOCKEDPAGES, PRIVVMPAGES, VMGUARPAGES, OOMGUARPAGES -> {
                @Nullable BarrierLimit ram = configured(conf, Beancounter.PHYSPAGES);
                @Nullable BarrierLimit swap = configured(conf, Beancounter.SWAPPAGES);
                if (ram == null || swap == null) {
                    return NONE;
                }
                return switch (counter) {
                    case LOCKEDPAGES -> BarrierLimit.of(ram.limit());
                    case OOMGUARPAGES -> new BarrierLimit(ram.limit(), BarrierLimit.UNLIMITED);
                    case VMGUARPAGES -> new BarrierLimit(sum(ram, swap), BarrierLimit.UNLIMITED);
                    default -> overcommitted(sum(ram, swap), conf.text("VM_OVERCOMMIT"));
                };
            }
            default -> {
                return NONE;
            }
        }
    }

    private static long sum(BarrierLimit ram, BarrierLimit swap) {
        return ram.limit() > BarrierLimit.UNLIMITED - swap.limit()
                ? BarrierLimit.UNLIMITED
                : ram.limit() + swap.limit();
    }

    private static BarrierLimit overcommitted(long pages, @Nullable String factor) {
        if (factor == null || pages == BarrierLimit.UNLIMITED) {
            return NONE;
        }
        try {
            double times = Double.parseDouble(factor);
            // 0 says nothing; the conversion to long has an end of its own.
            return times > 0 ? BarrierLimit.of((long) (pages * times)) : NONE;
        } catch (NumberFormatException bad) {
            return NONE;
        }
    }
}
