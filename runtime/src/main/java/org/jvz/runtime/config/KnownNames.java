package org.jvz.runtime.config;

import java.util.List;

/** The names that CAPABILITY and FEATURES may hold, as they are saved. */
final class KnownNames {

    private KnownNames() {}

    /** The capabilities of Linux in the order of their numbers (linux/capability.h), and those of OpenVZ kernels. */
    static List<String> capabilities() {
        return List.of(
                "CHOWN",
                "DAC_OVERRIDE",
                "DAC_READ_SEARCH",
                "FOWNER",
                "FSETID",
                "KILL",
                "SETGID",
                "SETUID",
                "SETPCAP",
                "LINUX_IMMUTABLE",
                "NET_BIND_SERVICE",
                "NET_BROADCAST",
                "NET_ADMIN",
                "NET_RAW",
                "IPC_LOCK",
                "IPC_OWNER",
                "SYS_MODULE",
                "SYS_RAWIO",
                "SYS_CHROOT",
                "SYS_PTRACE",
                "SYS_PACCT",
                "SYS_ADMIN",
                "SYS_BOOT",
                "SYS_NICE",
                "SYS_RESOURCE",
                "SYS_TIME",
                "SYS_TTY_CONFIG",
                "MKNOD",
                "LEASE",
                "AUDIT_WRITE",
                "AUDIT_CONTROL",
                "SETFCAP",
                "MAC_OVERRIDE",
                "MAC_ADMIN",
                "SYSLOG",
                "WAKE_ALARM",
                "BLOCK_SUSPEND",
                "AUDIT_READ",
                "PERFMON",
                "BPF",
                "CHECKPOINT_RESTORE",
                "SETVEID",
                "VE_ADMIN");
    }

    /** The features of OpenVZ, and three for what its kernel gave every VE, or nobody asked for in its days. */
    static List<String> features() {
        return List.of("sysfs", "nfs", "sit", "ipip", "ppp", "ipgre", "bridge", "nfsd", "fuse", "tun", "nesting");
    }
}
