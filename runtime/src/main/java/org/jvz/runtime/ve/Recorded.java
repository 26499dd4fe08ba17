package org.jvz.runtime.ve;

import java.util.List;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.rootfs.MountOptions;

/** Settings that are kept and that no stock kernel, or nothing in this version, puts into effect: told at every start, with the reason. */
final class Recorded {
    private static final String COUNTED = "counted; no kernel but OpenVZ's limits it apart from the rest of the memory";
    private static final String NUMBERED = "no kernel but OpenVZ's limits the number";

    /** Settings without any effect, and why. */
    private static final String[][] NO_EFFECT = {
        {"PCI", "no kernel but OpenVZ's gives PCI devices to containers; give their nodes in DEVNODES"},
        {"QUOTAUGIDLIMIT", "users and groups inside have no quota of their own without a file system of their own"},
        {"CPUUWEIGHT", "obsolete: CPUUNITS is the weight"},
    };

    /** Beancounters whose limit nothing keeps, and why. */
    private static final String[][] UNLIMITED = {
        {"KMEMSIZE", COUNTED},
        {"DCACHESIZE", COUNTED},
        {"TCPSNDBUF", COUNTED},
        {"TCPRCVBUF", COUNTED},
        {"OTHERSOCKBUF", COUNTED},
        {"DGRAMRCVBUF", COUNTED},
        {"NUMTCPSOCK", NUMBERED},
        {"NUMOTHERSOCK", NUMBERED},
        {"NUMIPTENT", NUMBERED},
    };

    private Recorded() {}

    /** Adds to what the start tells in one line. */
    static void tell(Starting start) {
        for (String[] each : NO_EFFECT) {
            String value = start.text(each[0]);
            if (value != null && !value.equals("0")) {
                start.cannotKeep(each[0], each[1]);
            }
        }
        for (String[] each : UNLIMITED) {
            String value = start.text(each[0]);
            if (value != null && isLimited(value)) {
                start.cannotKeep(each[0], each[1]);
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
