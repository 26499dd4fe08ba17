package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

    /** Refused system calls. EPERM where a program may ask as root of an ordinary host, ENOSYS where it can do without. */
    static List<Rule> refusals() {
        List<Rule> rules = new ArrayList<>();
        // The kernel's log is the host's, and readable by anyone unless a sysctl forbids it.
        for (String call : new String[] {
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
            "ioperm"
        }) {
            rules.add(Rule.refuse(call, Errno.EPERM));
        }
        // Keys are not confined by any namespace of an ordinary kernel.
        for (String call : new String[] {"keyctl", "add_key", "request_key"}) {
            rules.add(Rule.refuse(call, Errno.ENOSYS));
        }
        rules.add(new Rule("ioctl", 1, TIOCSTI, Errno.EPERM));
        rules.add(new Rule("ioctl", 1, TIOCLINUX, Errno.EPERM));
        return rules;
    }

    private VeGuards() {}

    /** The capabilities to take out of the bounding set. */
    static Set<Capability> droppedCapabilities() {
        return EnumSet.complementOf(EnumSet.copyOf(KEPT));
    }
}
