package org.jvz.runtime.linux;

/** What mount and umount events a mount exchanges with its peers; mount_namespaces(7), {@code MS_*} of {@code linux/mount.h}. */
public enum Propagation implements Flag {
    UNBINDABLE(0x20000),
    PRIVATE(0x40000),
    SLAVE(0x80000),
    SHARED(0x100000);

    private final long bit;

    Propagation(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
