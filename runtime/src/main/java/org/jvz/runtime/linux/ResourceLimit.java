package org.jvz.runtime.linux;

/** Resources of setrlimit(2) in use, {@code RLIMIT_*} of {@code asm-generic/resource.h}. */
public enum ResourceLimit {
    STACK(3),
    CORE(4),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    /** Not enforced since Linux 2.4.25; programs can ask for it. */
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14);

    /** No limit. */
    public static final long INFINITY = -1;

    /**
     * A limit's two values, {@link #INFINITY} for none.
     *
     * @param soft what counts
     * @param hard what the process may raise that to
     */
    public record Pair(long soft, long hard) {}

    private final int number;

    ResourceLimit(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
