package org.jvz.runtime.cgroup;

import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BarrierLimit;

/**
 * The resources of {@code /proc/user_beancounters}, in the order of that file, and what a stock kernel tells of each.
 * Amounts are in the unit of the key of the same name: pages of 4096 bytes, bytes, or things. The most held is the
 * kernel's own number where this table has one, else the most that jvz has seen; failures are 0 where the table has none.
 *
 * <table>
 * <caption>Sources: files of the VE's memory and pids cgroup, v2 / v1, if nothing else is said</caption>
 * <tr><th>resource</th><th>held</th><th>most held</th><th>failures</th></tr>
 * <tr><td>kmemsize</td><td>memory.stat kernel / memory.kmem.usage_in_bytes: all kernel memory</td>
 *     <td>- / memory.kmem.max_usage_in_bytes</td><td></td></tr>
 * <tr><td>lockedpages</td><td>memory.stat unevictable: mlock(2), and locked shared memory</td><td></td><td></td></tr>
 * <tr><td>privvmpages</td><td>anonymous memory in RAM and swap: what is used, where OpenVZ counted what is
 *     allocated</td><td></td><td></td></tr>
 * <tr><td>shmpages</td><td>memory.stat shmem: System V, POSIX and tmpfs</td><td></td><td></td></tr>
 * <tr><td>numproc</td><td>pids.current: threads too</td><td>pids.peak</td><td>pids.events max: forks refused</td></tr>
 * <tr><td>physpages</td><td>memory.current / memory.usage_in_bytes: page cache too</td>
 *     <td>memory.peak / memory.max_usage_in_bytes</td>
 *     <td>memory.events oom / oom kills: nothing could be taken back at the limit</td></tr>
 * <tr><td>vmguarpages</td><td>0: a guarantee only, as on OpenVZ</td><td></td><td></td></tr>
 * <tr><td>oomguarpages</td><td>RAM and swap</td><td>- / memory.memsw.max_usage_in_bytes</td>
 *     <td>memory.events oom_kill / memory.oom_control oom_kill: processes killed</td></tr>
 * <tr><td>numtcpsock</td><td>/proc/PID/net/sockstat, sockstat6: TCP in use</td><td></td><td></td></tr>
 * <tr><td>numflock</td><td>/proc/locks: flock and fcntl locks of the VE's processes; not those of open file descriptions,
 *     which name no process</td><td></td><td></td></tr>
 * <tr><td>numpty</td><td>/proc/PID/stat tty_nr: pseudo-terminals that a session runs on</td><td></td><td></td></tr>
 * <tr><td>numsiginfo</td><td>/proc/PID/status SigQ, once for each user</td><td></td><td></td></tr>
 * <tr><td>tcpsndbuf</td><td>memory.stat sock / memory.kmem.tcp.usage_in_bytes: buffers of both directions, and on v2 of all
 *     kinds of sockets, which the kernel counts together</td><td>- / memory.kmem.tcp.max_usage_in_bytes</td>
 *     <td>- / memory.kmem.tcp.failcnt</td></tr>
 * <tr><td>tcprcvbuf, othersockbuf, dgramrcvbuf</td><td>0: see tcpsndbuf</td><td></td><td></td></tr>
 * <tr><td>numothersock</td><td>/proc/PID/net/sockstat: the other sockets of the network namespace</td><td></td><td></td></tr>
 * <tr><td>dcachesize</td><td>memory.stat slab_reclaimable / 0: not counted</td><td></td><td></td></tr>
 * <tr><td>numfile</td><td>/proc/PID/fd: descriptors of all processes, a shared file as often as it is shared</td>
 *     <td></td><td></td></tr>
 * <tr><td>numiptent</td><td>0: rules of a VE's own are seen from inside only; their memory is in kmemsize</td>
 *     <td></td><td></td></tr>
 * <tr><td>swappages</td><td>memory.swap.current / memory.stat total_swap</td><td>memory.swap.peak / -</td>
 *     <td>memory.swap.events fail / -</td></tr>
 * </table>
 */
public enum Beancounter {
    KMEMSIZE(Part.MEMORY),
    LOCKEDPAGES(Part.MEMORY),
    PRIVVMPAGES(Part.MEMORY),
    SHMPAGES(Part.MEMORY),
    NUMPROC(Part.TASKS),
    PHYSPAGES(Part.MEMORY),
    VMGUARPAGES(Part.NONE),
    OOMGUARPAGES(Part.MEMORY),
    NUMTCPSOCK(Part.SOCKETS),
    NUMFLOCK(Part.HANDLES),
    NUMPTY(Part.HANDLES),
    NUMSIGINFO(Part.HANDLES),
    TCPSNDBUF(Part.MEMORY),
    TCPRCVBUF(Part.NONE),
    OTHERSOCKBUF(Part.NONE),
    DGRAMRCVBUF(Part.NONE),
    NUMOTHERSOCK(Part.SOCKETS),
    DCACHESIZE(Part.MEMORY),
    NUMFILE(Part.HANDLES),
    NUMIPTENT(Part.NONE),
    SWAPPAGES(Part.MEMORY);

    /** OpenVZ's page, in bytes, whatever the host's is. */
    public static final long PAGE = 4096;

    /** The parts of a {@link Usage} that numbers come from, so that one need not read what nobody asks for. */
    public enum Part {
        NONE,
        MEMORY,
        TASKS,
        SOCKETS,
        HANDLES
    }

    private final Part part;
    private final String text;

    Beancounter(Part part) {
        this.part = part;
        this.text = name().toLowerCase(Locale.ROOT);
    }

    /** The name in files and columns, {@code physpages}. */
    public String text() {
        return text;
    }

    /** Where {@link #held} is found. {@link Part#MEMORY} has its peaks and failures in {@link Usage#memoryHistory}. */
    public Part part() {
        return part;
    }

    /** What a bare number in the key of this name means. */
    public BarrierLimit.Unit unit() {
        if (text.endsWith("pages")) {
            return BarrierLimit.Unit.PAGES;
        }
        return text.startsWith("num") ? BarrierLimit.Unit.COUNT : BarrierLimit.Unit.BYTES;
    }

    /** What is held now; 0 if the part is missing. */
    public long held(Usage usage) {
        return switch (part) {
            case NONE -> 0;
            case MEMORY -> {
                Usage.@Nullable Memory memory = usage.memory();
                yield memory == null ? 0 : held(memory);
            }
            case TASKS -> {
                Usage.@Nullable Tasks tasks = usage.tasks();
                yield tasks == null ? 0 : tasks.held();
            }
            case SOCKETS -> {
                Usage.@Nullable Sockets sockets = usage.sockets();
                yield sockets == null ? 0 : this == NUMTCPSOCK ? sockets.tcp() : sockets.other();
            }
            case HANDLES -> {
                Usage.@Nullable Handles handles = usage.handles();
                yield handles == null ? 0 : held(handles);
            }
        };
    }

    private long held(Usage.Memory memory) {
        return switch (this) {
            case KMEMSIZE -> memory.kernel();
            case LOCKEDPAGES -> pages(memory.locked());
            case PRIVVMPAGES -> pages(memory.anonymous() + memory.swap());
            case SHMPAGES -> pages(memory.shared());
            case PHYSPAGES -> pages(memory.used());
            case OOMGUARPAGES -> pages(memory.used() + memory.swap());
            case TCPSNDBUF -> memory.sockets();
            case DCACHESIZE -> memory.reclaimable();
            case SWAPPAGES -> pages(memory.swap());
            default -> 0;
        };
    }

    private long held(Usage.Handles handles) {
        return switch (this) {
            case NUMFLOCK -> handles.locks();
            case NUMPTY -> handles.ptys();
            case NUMSIGINFO -> handles.signals();
            case NUMFILE -> handles.files();
            default -> 0;
        };
    }

    /** The most that has been held since the VE started, as far as the kernel knows; never less than what is held now. */
    public long maxHeld(Usage usage) {
        return Math.max(peak(usage), held(usage));
    }

    private long peak(Usage usage) {
        if (this == NUMPROC) {
            Usage.@Nullable Tasks tasks = usage.tasks();
            return tasks == null ? 0 : tasks.peak().orElse(0);
        }
        Usage.@Nullable MemoryHistory history = usage.memoryHistory();
        if (history == null) {
            return 0;
        }
        return switch (this) {
            case KMEMSIZE -> history.kernelPeak().orElse(0);
            case PHYSPAGES -> pages(history.peak());
            // RAM alone is the least that RAM and swap have been.
            case OOMGUARPAGES -> Math.max(pages(history.totalPeak()), pages(history.peak()));
            case TCPSNDBUF -> history.socketPeak().orElse(0);
            case SWAPPAGES -> pages(history.swapPeak());
            default -> 0;
        };
    }

    /** How often more was refused since the VE started. */
    public long failures(Usage usage) {
        if (this == NUMPROC) {
            Usage.@Nullable Tasks tasks = usage.tasks();
            return tasks == null ? 0 : tasks.refused();
        }
        Usage.@Nullable MemoryHistory history = usage.memoryHistory();
        if (history == null) {
            return 0;
        }
        return switch (this) {
            case PHYSPAGES -> history.exhausted();
            case OOMGUARPAGES -> history.kills();
            case TCPSNDBUF -> history.socketsRefused();
            case SWAPPAGES -> history.swapRefused();
            default -> 0;
        };
    }

    private static long pages(OptionalLong bytes) {
        return pages(bytes.orElse(0));
    }

    private static long pages(long bytes) {
        return bytes / PAGE;
    }
}
