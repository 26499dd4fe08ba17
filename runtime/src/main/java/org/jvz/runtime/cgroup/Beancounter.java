package org.jvz.runtime.cgroup;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The resources of {@code /proc/user_beancounters}, in the order of that file, and what a stock kernel counts for each.
 * One that it does not count per VE is 0. Amounts are in the unit of the key of the same name: pages of 4096 bytes, bytes,
 * or things.
 */
public enum Beancounter {
    /** All kernel memory. */
    KMEMSIZE,
    LOCKEDPAGES,
    /** Anonymous memory, in RAM or swapped out. */
    PRIVVMPAGES,
    SHMPAGES,
    /** Failures: processes and threads that were not made. */
    NUMPROC,
    /** All memory that counts towards the limit. Failures: how often there was none left. */
    PHYSPAGES,
    /** A guarantee only; nothing is held, as on OpenVZ. */
    VMGUARPAGES,
    /** RAM and swap. Failures: processes killed for want of memory. */
    OOMGUARPAGES,
    NUMTCPSOCK,
    NUMFLOCK,
    NUMPTY,
    NUMSIGINFO,
    /** The buffers of all sockets, which the kernel counts together. */
    TCPSNDBUF,
    TCPRCVBUF,
    OTHERSOCKBUF,
    DGRAMRCVBUF,
    NUMOTHERSOCK,
    DCACHESIZE,
    NUMFILE,
    NUMIPTENT,
    SWAPPAGES;

    private static final long PAGE = 4096;

    /** The name in files and columns, {@code physpages}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is held now. */
    public long held(Usage usage) {
        Usage.@Nullable Tasks tasks = usage.tasks();
        if (this == NUMPROC) {
            return tasks == null ? 0 : tasks.held();
        }
        Usage.@Nullable Memory memory = usage.memory();
        return memory == null ? 0 : held(memory);
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

    /** The most that has been held since the VE started, as far as the kernel knows; never less than what is held now. */
    public long maxHeld(Usage usage) {
        Usage.@Nullable Memory memory = usage.memory();
        Usage.@Nullable Tasks tasks = usage.tasks();
        long peak = 0;
        if (this == NUMPROC && tasks != null) {
            peak = tasks.peak().orElse(0);
        } else if ((this == PHYSPAGES || this == OOMGUARPAGES) && memory != null) {
            peak = pages(memory.peak().orElse(0));
        }
        return Math.max(peak, held(usage));
    }

    /** How often more was refused since the VE started. */
    public long failures(Usage usage) {
        Usage.@Nullable Memory memory = usage.memory();
        Usage.@Nullable Tasks tasks = usage.tasks();
        if (this == NUMPROC) {
            return tasks == null ? 0 : tasks.refused();
        }
        if (memory == null) {
            return 0;
        }
        return switch (this) {
            case PHYSPAGES -> memory.exhausted();
            case OOMGUARPAGES -> memory.kills();
            default -> 0;
        };
    }

    private static long pages(long bytes) {
        return bytes / PAGE;
    }
}
