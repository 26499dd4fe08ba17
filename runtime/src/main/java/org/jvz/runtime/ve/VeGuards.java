package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.seccomp.Rule;

/**
 * What every process of a VE is denied, whatever its user inside: capabilities outside the bounding set, system calls that
 * reach the whole host, and files of /proc and /sys that tell of it.
 */
final class VeGuards {
    /**
     * The capabilities a VE keeps: OpenVZ's default set, with SYS_ADMIN and NET_ADMIN in the place of VE_ADMIN. They count
     * in the VE's user namespace only. The others are those that no namespace confines: modules, raw IO, accounting, the
     * clock, the kernel log, MAC, wake alarms, BPF, tracing, checkpoints.
     */
    private static final Set<Capability> KEPT = EnumSet.of(
            Capability.CHOWN,
            Capability.DAC_OVERRIDE,
            Capability.DAC_READ_SEARCH,
            Capability.FOWNER,
            Capability.FSETID,
            Capability.KILL,
            Capability.SETGID,
            Capability.SETUID,
            Capability.SETPCAP,
            Capability.LINUX_IMMUTABLE,
            Capability.NET_BIND_SERVICE,
            Capability.NET_BROADCAST,
            Capability.NET_ADMIN,
            Capability.NET_RAW,
            Capability.IPC_LOCK,
            Capability.IPC_OWNER,
            Capability.SYS_CHROOT,
            Capability.SYS_PTRACE,
            Capability.SYS_ADMIN,
            Capability.SYS_BOOT,
            Capability.SYS_NICE,
            Capability.SYS_RESOURCE,
            Capability.SYS_TTY_CONFIG,
            Capability.MKNOD,
            Capability.LEASE,
            Capability.AUDIT_WRITE,
            Capability.SETFCAP);

    /**
     * What a privileged VE does not get unless it is asked for, because no user namespace confines it there: SYS_ADMIN could
     * make every read-only mount of ours writable, SYS_RESOURCE passes disk quotas and raises every limit, SYS_NICE takes
     * real time from all other VEs, IPC_LOCK locks more memory than LOCKEDPAGES.
     */
    private static final Set<Capability> UNCONFINED =
            EnumSet.of(Capability.SYS_ADMIN, Capability.SYS_RESOURCE, Capability.SYS_NICE, Capability.IPC_LOCK);

    /** The clone flag of new user namespaces (linux/sched.h): root of one gets every capability back that we took. */
    private static final long CLONE_NEWUSER = 0x10000000;

    private static final long AF_NETLINK = 16;
    private static final long NETLINK_NETFILTER = 12;
    private static final long SOL_IP = 0;
    private static final long SOL_IPV6 = 41;

    /** Calls of socketcall(2), which x86 has for 32-bit programs; {@code linux/net.h}. */
    private static final long SYS_SOCKET = 1;

    private static final long SYS_SETSOCKOPT = 14;

    /** IPT_SO_SET_REPLACE and IPT_SO_GET_INFO, of iptables and ip6tables alike. */
    private static final long IPT_BASE_CTL = 64;

    /** The same of arptables. */
    private static final long ARPT_BASE_CTL = 96;

    /** The same of ebtables. */
    private static final long EBT_BASE_CTL = 128;

    /**
     * The ioctls that move a file out of the project whose disk quota counts it: FS_IOC_FSSETXATTR, and FS_IOC_SETFLAGS (and
     * its 32-bit form), which lets what is made in a directory belong to no project.
     */
    private static final long[] PROJECT_IOCTLS = {0x401c5820, 0x40086602, 0x40046602};

    /** The ioctl that types into a terminal as if its user did: an exec'ed command may hold the administrator's. */
    private static final long TIOCSTI = 0x5412;

    /** The ioctl of virtual consoles that can paste a selection into one. */
    private static final long TIOCLINUX = 0x541C;

    /** Files that tell of the host, to be covered by an empty one. */
    static final List<String> MASKED_FILES = List.of(
            "/proc/kcore",
            "/proc/keys",
            "/proc/key-users",
            "/proc/kallsyms",
            "/proc/kpagecount",
            "/proc/kpageflags",
            "/proc/kpagecgroup",
            "/proc/partitions",
            "/proc/sysrq-trigger",
            "/proc/timer_list",
            "/proc/sched_debug",
            "/proc/slabinfo");

    /** Directories that tell of the host, to be covered by an empty read-only one. */
    static final List<String> MASKED_DIRECTORIES = List.of(
            "/proc/acpi",
            "/proc/scsi",
            "/sys/block",
            "/sys/class/block",
            "/sys/dev/block",
            "/sys/firmware",
            "/sys/devices/virtual/dmi",
            "/sys/devices/virtual/powercap");

    /** Directories and files of /proc that a privileged VE, whose root they belong to, may read only. */
    static final List<String> READ_ONLY =
            List.of("/proc/irq", "/proc/bus", "/proc/fs", "/proc/driver", "/proc/mtrr", "/proc/dynamic_debug");

    /** System calls that no VE may make: what they reach is the host's, and no namespace confines it. */
    private static final String[] REFUSED = {
        // The kernel's log is the host's, and readable by anyone unless a sysctl forbids it.
        "syslog",
        "kexec_load",
        "kexec_file_load",
        "init_module",
        "finit_module",
        "delete_module",
        "open_by_handle_at",
        "swapon",
        "swapoff",
        "acct",
        "settimeofday",
        "clock_settime",
        "lookup_dcookie",
        "perf_event_open",
        "bpf",
        "userfaultfd",
        "iopl",
        "ioperm",
        "quotactl",
    };

    /**
     * Refused system calls. EPERM where a program may ask as root of an ordinary host, ENOSYS where it can do without.
     *
     * @param shifted whether the VE has a user namespace of its own
     * @param kept its capabilities: a privileged VE that was given one may make the calls that it is for
     * @param netfilter whether it may filter packets in its own network
     */
    static List<Rule> refusals(boolean shifted, Set<Capability> kept, boolean netfilter) {
        List<Rule> rules = new ArrayList<>();
        for (String call : REFUSED) {
            Capability opener = openerOf(call);
            if (shifted || opener == null || !kept.contains(opener)) {
                rules.add(Rule.refuse(call, Errno.EPERM));
            }
        }
        // Keys are not confined by any namespace of an ordinary kernel.
        for (String call : new String[] {"keyctl", "add_key", "request_key"}) {
            rules.add(Rule.refuse(call, Errno.ENOSYS));
        }
        rules.add(Rule.ifEqual("ioctl", 1, TIOCSTI, Errno.EPERM));
        rules.add(Rule.ifEqual("ioctl", 1, TIOCLINUX, Errno.EPERM));
        if (!netfilter) {
            closeNetfilter(rules);
        }
        if (!shifted) {
            confinePrivileged(rules, kept);
        }
        return rules;
    }

    /** Every way to the packet filter: sockets of nfnetlink, and the options of the older x_tables. */
    private static void closeNetfilter(List<Rule> rules) {
        rules.add(Rule.ifEqual("socket", 0, AF_NETLINK, Errno.EPERM).and(2, NETLINK_NETFILTER));
        for (String call : new String[] {"setsockopt", "getsockopt"}) {
            for (long option : new long[] {IPT_BASE_CTL, ARPT_BASE_CTL, EBT_BASE_CTL}) {
                rules.add(Rule.ifEqual(call, 1, SOL_IP, Errno.EPERM).and(2, option));
            }
            rules.add(Rule.ifEqual(call, 1, SOL_IPV6, Errno.EPERM).and(2, IPT_BASE_CTL));
        }
        // Its arguments are in memory, where no filter can look: 32-bit programs have to use the calls themselves.
        for (long call : new long[] {SYS_SOCKET, SYS_SETSOCKOPT}) {
            rules.add(Rule.ifEqual("socketcall", 0, call, Errno.EPERM));
        }
        // It makes sockets without a system call of that name; programs can do without.
        rules.add(Rule.refuse("io_uring_setup", Errno.ENOSYS));
    }

    /** What the kernel itself refuses in any user namespace but the host's. */
    private static void confinePrivileged(List<Rule> rules, Set<Capability> kept) {
        for (long request : PROJECT_IOCTLS) {
            rules.add(Rule.ifEqual("ioctl", 1, request, Errno.EPERM));
        }
        rules.add(Rule.refuse("file_setattr", Errno.EPERM));
        if (!kept.contains(Capability.SYS_ADMIN)) {
            rules.add(Rule.ifSet("clone", 0, CLONE_NEWUSER, Errno.EPERM));
            rules.add(Rule.ifSet("unshare", 0, CLONE_NEWUSER, Errno.EPERM));
            // Its flags are in memory, where no filter can look; every C library falls back to clone.
            rules.add(Rule.refuse("clone3", Errno.ENOSYS));
        }
    }

    /** The capability that a call is for, if there is one that an administrator can give. */
    private static @Nullable Capability openerOf(String call) {
        return switch (call) {
            case "syslog" -> Capability.SYSLOG;
            case "init_module", "finit_module", "delete_module" -> Capability.SYS_MODULE;
            case "acct" -> Capability.SYS_PACCT;
            case "settimeofday", "clock_settime" -> Capability.SYS_TIME;
            case "perf_event_open" -> Capability.PERFMON;
            case "bpf" -> Capability.BPF;
            case "iopl", "ioperm" -> Capability.SYS_RAWIO;
            default -> null;
        };
    }

    private VeGuards() {}

    /** What a VE has if nothing else is said. */
    static Set<Capability> defaults(boolean shifted) {
        Set<Capability> kept = EnumSet.copyOf(KEPT);
        if (!shifted) {
            kept.removeAll(UNCONFINED);
        }
        return kept;
    }

    /** What is beyond the default of a privileged VE: with any of these its root is not confined to it. */
    static Set<Capability> unconfined(Set<Capability> kept) {
        Set<Capability> beyond = EnumSet.copyOf(kept);
        beyond.removeAll(defaults(false));
        return beyond;
    }

    /** Whether a VE with a user namespace has nothing of a capability: the kernel asks for it in the host's. */
    static boolean isHostOnly(Capability capability) {
        return !KEPT.contains(capability) && capability != Capability.CHECKPOINT_RESTORE;
    }

    /** The capabilities to take out of the bounding set. */
    static Set<Capability> dropped(Set<Capability> kept) {
        Set<Capability> dropped = EnumSet.allOf(Capability.class);
        dropped.removeAll(kept);
        return dropped;
    }
}
