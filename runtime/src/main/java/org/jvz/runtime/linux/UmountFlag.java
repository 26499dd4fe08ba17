package org.jvz.runtime.linux;

/** Flags of umount2(2): {@code MNT_*} and {@code UMOUNT_NOFOLLOW} of {@code linux/fs.h}. */
public enum UmountFlag implements Flag {
    FORCE(1),
    DETACH(2),
    NOFOLLOW(8);

    private final long bit;

    UmountFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
