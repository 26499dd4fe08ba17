package org.jvz.runtime.linux;

/** Attributes for mount_setattr(2), {@code MOUNT_ATTR_*} of {@code linux/mount.h}. Id mapping has its own argument. */
public enum MountAttr implements Flag {
    RDONLY(1),
    NOSUID(2),
    NODEV(4),
    NOEXEC(8),
    NOATIME(0x10),
    STRICTATIME(0x20),
    NODIRATIME(0x80),
    NOSYMFOLLOW(0x200000);

    private final long bit;

    MountAttr(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
