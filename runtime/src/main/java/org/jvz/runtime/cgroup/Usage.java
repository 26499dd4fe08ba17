package org.jvz.runtime.cgroup;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a running VE uses now and has used since it started. A part is null where the host counts it nowhere, nobody has
 * asked for it, or the VE is not running.
 */
public record Usage(
        @Nullable Memory memory,
        @Nullable MemoryHistory memoryHistory,
        @Nullable Tasks tasks,
        @Nullable Cpu cpu,
        @Nullable Io io,
        @Nullable Sockets sockets,
        @Nullable Handles handles) {

    /** Nothing at all. */
    public static final Usage NONE = new Usage(null, null, null, null, null, null, null);

    /**
     * Memory held now, in bytes.
     *
     * @param used all that counts towards the limit of RAM: anonymous memory, page cache, kernel memory, and on v2 sockets
     * @param swap swap space
     * @param anonymous memory that belongs to no file
     * @param shared tmpfs, System V and other shared memory
     * @param kernel stacks, page tables, slabs
     * @param reclaimable slabs that can be given back, inodes and directory entries most of all; 0 on v1, which does not tell
     * @param sockets buffers of sockets; TCP's only on v1
     * @param locked what cannot be taken back, mlock(2) above all
     */
    public record Memory(
            long used,
            long swap,
            long anonymous,
            long shared,
            long kernel,
            long reclaimable,
            long sockets,
            long locked) {}

    /**
     * What became of memory since the VE started. Peaks are bytes, and empty where the kernel keeps none.
     *
     * @param peak the most {@link Memory#used} has been; since Linux 5.19 on v2
     * @param totalPeak the most RAM and swap together have been; v1 only
     * @param swapPeak the most {@link Memory#swap} has been; v2 since Linux 6.5
     * @param kernelPeak the most {@link Memory#kernel} has been; v1 only
     * @param socketPeak the most {@link Memory#sockets} has been; v1 only
     * @param limitHits how often the limit was reached, mostly without harm: pages were taken back; on v1 newer
     *     kernels do not count it where RAM and swap have the same limit
     * @param exhausted how often it was reached and nothing could be taken back; on v1, which does not tell, {@code kills}
     * @param kills processes killed for it
     * @param swapRefused how often there was no swap space for a page; v2 only
     * @param socketsRefused how often TCP got no more buffers; v1 only, where they have a limit of their own
     */
    public record MemoryHistory(
            OptionalLong peak,
            OptionalLong totalPeak,
            OptionalLong swapPeak,
            OptionalLong kernelPeak,
            OptionalLong socketPeak,
            long limitHits,
            long exhausted,
            long kills,
            long swapRefused,
            long socketsRefused) {}

    /**
     * Processes and threads.
     *
     * @param held how many there are
     * @param peak the most there have been; since Linux 6.1 or later
     * @param refused how many could not be made because of the limit
     */
    public record Tasks(long held, OptionalLong peak, long refused) {}

    /**
     * CPU time, in microseconds.
     *
     * @param total all of it; the other two may fall a little short of it
     * @param user in programs
     * @param system in the kernel
     * @param throttled how many periods of the quota ended early
     */
    public record Cpu(long total, long user, long system, long throttled) {}

    /** Input and output of all block devices: bytes and operations. */
    public record Io(long readBytes, long writtenBytes, long reads, long writes) {}

    /**
     * Sockets of the VE's network namespace (not of others that it may have made).
     *
     * @param tcp TCP sockets that are bound or connected, of IPv4 and IPv6
     * @param other all the rest: UDP, Unix domain, netlink, raw
     */
    public record Sockets(long tcp, long other) {}

    /**
     * What the VE's processes have open.
     *
     * @param files descriptors; a file that several processes share counts for each
     * @param ptys pseudo-terminals with a session
     * @param signals queued signals
     * @param locks locks on files, flock(2) and fcntl(2)
     */
    public record Handles(long files, long ptys, long signals, long locks) {}
}
