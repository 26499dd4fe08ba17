package org.jvz.runtime.linux;

/** How openat2(2) resolves a path, {@code RESOLVE_*} of {@code linux/openat2.h}. */
public enum ResolveFlag implements Flag {
    /** No crossing of mount points. */
    NO_XDEV(1),
    /** No /proc/PID/fd style links. */
    NO_MAGICLINKS(2),
    NO_SYMLINKS(4),
    /** EXDEV when the path leaves the directory. */
    BENEATH(8),
    /** The directory acts as the root: absolute links and {@code ..} stay inside. */
    IN_ROOT(0x10);

    private final long bit;

    ResolveFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
