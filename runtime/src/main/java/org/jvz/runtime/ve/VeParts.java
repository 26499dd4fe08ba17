package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jvz.runtime.config.ConfKey;

/** The one list of the parts of a VE's environment. */
final class VeParts {
    private VeParts() {}

    /** All parts, new, in the order of their hooks. */
    static List<VePart> all() {
        List<VePart> parts = new ArrayList<>();
        // The first: while lxcfs answers, the others go on.
        parts.add(new ProcView());
        parts.add(new Rights());
        parts.add(new Features());
        parts.add(new Devices());
        parts.add(new Addresses());
        parts.add(new Translating());
        parts.add(new Accounting());
        // vzctl tells of limits between addresses and devices.
        parts.add(new CgroupLimits());
        parts.add(new VethDevices());
        parts.add(new HostNetDevices());
        // After the devices that it shapes.
        parts.add(new Shaping());
        parts.add(new DiskQuota());
        parts.add(new InsideLimits());
        parts.add(new GuestSetup());
        // The last to change: without CAP_SYS_RESOURCE a process's limit that was lowered stays so.
        parts.add(new ProcessLimits());
        return parts;
    }

    /** Releases what parts hold. */
    static void close(List<VePart> parts) {
        for (VePart part : parts) {
            part.close();
        }
    }

    /** Whether a running VE takes a change of this key at once. */
    static boolean takes(ConfKey<?> key) {
        for (VePart part : all()) {
            if (part.liveKeys().contains(key.name())) {
                return true;
            }
        }
        return false;
    }

    /** The parts that a change of these keys concerns. */
    static List<VePart> of(Collection<String> keys) {
        List<VePart> parts = new ArrayList<>();
        for (VePart part : all()) {
            for (String key : part.liveKeys()) {
                if (keys.contains(key)) {
                    parts.add(part);
                    break;
                }
            }
        }
        return parts;
    }
}
