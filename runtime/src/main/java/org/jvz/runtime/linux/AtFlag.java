package org.jvz.runtime.linux;

/** Flags of the calls that take a directory descriptor and a name, {@code AT_*} of {@code linux/fcntl.h}. */
public enum AtFlag implements Flag {
    SYMLINK_NOFOLLOW(0x100),
    SYMLINK_FOLLOW(0x400),
    NO_AUTOMOUNT(0x800),
    /** An empty name means the descriptor itself. */
    EMPTY_PATH(0x1000);

    private final long bit;

    AtFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
