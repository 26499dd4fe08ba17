package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which beancounters a VE needs in order to start: PHYSPAGES and SWAPPAGES (a "VSwap" VE), from which all others follow, or
 * else the twenty classical ones.
 */
public final class RequiredBeancounters {

    /** The twenty, in the order of /proc/user_beancounters. */
    public static final List<ConfKey<BarrierLimit>> CLASSICAL = List.of(
            ConfKey.KMEMSIZE,
            ConfKey.LOCKEDPAGES,
            ConfKey.PRIVVMPAGES,
            ConfKey.SHMPAGES,
            ConfKey.NUMPROC,
            ConfKey.PHYSPAGES,
            ConfKey.VMGUARPAGES,
            ConfKey.OOMGUARPAGES,
            ConfKey.NUMTCPSOCK,
            ConfKey.NUMFLOCK,
            ConfKey.NUMPTY,
            ConfKey.NUMSIGINFO,
            ConfKey.TCPSNDBUF,
            ConfKey.TCPRCVBUF,
            ConfKey.OTHERSOCKBUF,
            ConfKey.DGRAMRCVBUF,
            ConfKey.NUMOTHERSOCK,
            ConfKey.DCACHESIZE,
            ConfKey.NUMFILE,
            ConfKey.NUMIPTENT);

    private RequiredBeancounters() {}

    /** Whether the VE's memory is given by PHYSPAGES and SWAPPAGES. */
    public static boolean isVswap(VeConf conf) throws BadConfException {
        return conf.get(ConfKey.PHYSPAGES).isPresent()
                && conf.get(ConfKey.SWAPPAGES).isPresent();
    }

    /**
     * The names, in small letters, of the beancounters that are missing; empty if the VE can start.
     *
     * @throws BadConfException if a value is none
     */
    public static List<String> missing(VeConf conf) throws BadConfException {
        List<String> missing = new ArrayList<>();
        if (!isVswap(conf)) {
            for (ConfKey<BarrierLimit> key : CLASSICAL) {
                if (conf.get(key).isEmpty()) {
                    missing.add(key.name().toLowerCase(Locale.ROOT));
                }
            }
        }
        return missing;
    }
}
