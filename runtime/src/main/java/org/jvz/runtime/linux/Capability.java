package org.jvz.runtime.linux;

import java.util.EnumSet;
import java.util.Set;

/** Capabilities in the order of {@code linux/capability.h}; capabilities(7). */
public enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    /** As bits, bit N for number N; the way the kernel shows sets in {@code /proc/PID/status}. */
    public static long mask(Set<Capability> capabilities) {
        long mask = 0;
        for (Capability capability : capabilities) {
            mask |= 1L << capability.number();
        }
        return mask;
    }

    /** The inverse of {@link #mask}; bits of capabilities that are not known here are left out. */
    public static Set<Capability> ofMask(long mask) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
            if ((mask >>> capability.number() & 1) != 0) {
                set.add(capability);
            }
        }
        return set;
    }

    /** The kernel's number, 0 to 40. */
    @SuppressWarnings("EnumOrdinal") // the constants stand in the kernel's order, which never changes
    public int number() {
        return ordinal();
    }
}
