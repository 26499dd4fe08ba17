package org.jvz.runtime.linux;

/** Flags of open_tree(2), {@code linux/mount.h} and {@code linux/fcntl.h}; {@code OPEN_TREE_CLOEXEC} is always set. */
public enum OpenTreeFlag implements Flag {
    /** Makes a detached copy of the mount, which moves with {@link Linux#moveMount} or vanishes with its descriptor. */
    CLONE(1),
    SYMLINK_NOFOLLOW(0x100),
    EMPTY_PATH(0x1000),
    /** With {@link #CLONE}: the whole tree of mounts. */
    RECURSIVE(0x8000);

    private final long bit;

    OpenTreeFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
