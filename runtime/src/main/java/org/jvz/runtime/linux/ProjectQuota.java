package org.jvz.runtime.linux;

/**
 * What a file system knows of one project: {@code struct if_dqblk} of {@code linux/quota.h}.
 *
 * @param limits what it may have
 * @param bytes on disk
 * @param inodes files, directories and all else that has a name
 */
public record ProjectQuota(Limits limits, long bytes, long inodes) {
    /** Of a project that is not limited and has nothing. */
    public static final ProjectQuota EMPTY = new ProjectQuota(Limits.NONE, 0, 0);

    /**
     * Limits; 0 is none. A soft limit may be exceeded for the file system's grace time.
     *
     * @param softKib space in KiB; the size that df shows inside the project
     */
    public record Limits(long softKib, long hardKib, long softInodes, long hardInodes) {
        public static final Limits NONE = new Limits(0, 0, 0, 0);
    }

    /** Use in whole KiB, rounded up. */
    public long kib() {
        return (bytes + 1023) / 1024;
    }
}
