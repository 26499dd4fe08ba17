package org.jvz.runtime.linux;

import java.util.Set;
import java.util.TreeMap;

/** One bit of a flags argument, named as in the kernel's header without its prefix. Only constants in use exist. */
public interface Flag {
    /** The bit, or bits, as the kernel of {@link Arch#host()} expects them. */
    long bit();

    /** The constant's name. */
    String name();

    /** All bits of {@code flags}. */
    static long mask(Set<? extends Flag> flags) {
        long mask = 0;
        for (Flag flag : flags) {
            mask |= flag.bit();
        }
        return mask;
    }

    /** {@code NOSUID|NODEV}, in the order of the bits; {@code 0} for none. */
    static String text(Set<? extends Flag> flags) {
        TreeMap<Long, String> ordered = new TreeMap<>(Long::compareUnsigned);
        for (Flag flag : flags) {
            ordered.put(flag.bit(), flag.name());
        }
        return ordered.isEmpty() ? "0" : String.join("|", ordered.values());
    }
}
