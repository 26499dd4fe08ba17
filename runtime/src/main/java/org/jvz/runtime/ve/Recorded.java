package org.jvz.runtime.ve;

import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.rootfs.MountOptions;

/** Settings that are kept and that no stock kernel, or nothing in this version, puts into effect: told at every start, with the reason. */
final class Recorded {
    private static final String COUNTED = "counted; no kernel but OpenVZ's limits it apart from the rest of the memory";
    private static final String NUMBERED = "no kernel but OpenVZ's limits the number";

    private static final Map<String, String> NO_EFFECT = Map.of(
            "PCI", "no kernel but OpenVZ's gives PCI devices to containers; give their nodes in DEVNODES",
            "QUOTAUGIDLIMIT", "users and groups inside have no quota of their own without a file system of their own",
            "CPUUWEIGHT", "obsolete: CPUUNITS is the weight");

    /** Beancounters whose limit nothing keeps, and why. */
    private static final Map<String, String> UNLIMITED = Map.of(
            "KMEMSIZE", COUNTED,
            "DCACHESIZE", COUNTED,
            "TCPSNDBUF", COUNTED,
            "TCPRCVBUF", COUNTED,
            "OTHERSOCKBUF", COUNTED,
            "DGRAMRCVBUF", COUNTED,
            "NUMTCPSOCK", NUMBERED,
            "NUMOTHERSOCK", NUMBERED,
            "NUMIPTENT", NUMBERED);

    private static final List<String> ORDER = List.of(
            "PCI",
            "QUOTAUGIDLIMIT",
            "CPUUWEIGHT",
            "KMEMSIZE",
            "DCACHESIZE",
            "TCPSNDBUF",
            "TCPRCVBUF",
            "OTHERSOCKBUF",
            "DGRAMRCVBUF",
            "NUMTCPSOCK",
            "NUMOTHERSOCK",
            "NUMIPTENT");

    private Recorded() {}

    /** Adds to what the start tells in one line. */
    static void tell(Starting start) {
        for (String key : ORDER) {
            String value = start.text(key);
            String why = NO_EFFECT.get(key);
            if (value != null && why != null && !value.equals("0")) {
                start.cannotKeep(key, why);
            } else if (value != null && why == null && isLimited(value)) {
                start.cannotKeep(key, UNLIMITED.getOrDefault(key, ""));
            }
        }
        List<String> unknown = MountOptions.parse(start.text("MOUNT_OPTS")).unknown();
        if (!unknown.isEmpty()) {
            start.cannotKeep(
                    "MOUNT_OPTS",
                    "of a root that is no file system of its own only flags can be set, not "
                            + String.join(",", unknown));
        }
    }

    /** Whether the limit, the second number of two, is one. */
    private static boolean isLimited(String value) {
        String limit = value.substring(value.indexOf(':') + 1);
        return !limit.equals("unlimited") && !limit.equals(Long.toString(BarrierLimit.UNLIMITED));
    }
}
