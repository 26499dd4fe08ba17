package org.jvz.runtime.cgroup;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a running VE uses now and has used since it started. A part is null where the host counts it nowhere, or the VE is
 * not running.
 */
public record Usage(@Nullable Memory memory, @Nullable Tasks tasks, @Nullable Cpu cpu, @Nullable Io io) {

    /**
     * Memory, in bytes.
     *
     * @param used all that counts towards the limit of RAM: anonymous memory, page cache, kernel memory, and on v2 sockets
     * @param peak the most {@code used} has been; since Linux 5.19 on v2
     * @param swap swap space
     * @param anonymous memory that belongs to no file
     * @param shared tmpfs, System V and other shared memory
     * @param kernel stacks, page tables, slabs
     * @param reclaimable slabs that can be given back, inodes and directory entries most of all; 0 on v1, which does not tell
     * @param sockets buffers of sockets; TCP's only on v1
     * @param locked what cannot be taken back, mlock(2) above all
     * @param limitHits how often the limit was reached, mostly without harm: pages were taken back; on v1 newer
     *     kernels do not count it where RAM and swap have the same limit
     * @param exhausted how often it was reached and nothing could be taken back; on v1, which does not tell, {@code kills}
     * @param kills processes killed for it
     */
    public record Memory(
            long used,
            OptionalLong peak,
            long swap,
            long anonymous,
            long shared,
            long kernel,
            long reclaimable,
            long sockets,
            long locked,
            long limitHits,
            long exhausted,
            long kills) {}

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
}
