package org.jvz.runtime.linux;

/** Flags of move_mount(2), {@code MOVE_MOUNT_*} of {@code linux/mount.h}; F is the source, T the target. */
public enum MoveMountFlag implements Flag {
    F_SYMLINKS(1),
    F_EMPTY_PATH(4),
    T_SYMLINKS(0x10),
    T_EMPTY_PATH(0x40);

    private final long bit;

    MoveMountFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
