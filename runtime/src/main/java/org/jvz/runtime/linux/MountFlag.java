package org.jvz.runtime.linux;

/** Flags of mount(2), {@code MS_*} of {@code linux/mount.h}. */
public enum MountFlag implements Flag {
    RDONLY(1),
    NOSUID(2),
    NODEV(4),
    NOEXEC(8),
    REMOUNT(0x20),
    NOSYMFOLLOW(0x100),
    NOATIME(0x400),
    BIND(0x1000),
    MOVE(0x2000),
    REC(0x4000),
    UNBINDABLE(0x20000),
    PRIVATE(0x40000),
    SLAVE(0x80000),
    SHARED(0x100000),
    RELATIME(0x200000),
    STRICTATIME(0x1000000);

    private final long bit;

    MountFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
