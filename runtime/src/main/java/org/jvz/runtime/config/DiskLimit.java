package org.jvz.runtime.config;

/**
 * A soft and a hard limit of disk space, in KiB, or of inodes.
 *
 * @param soft may be exceeded for the time of QUOTATIME
 * @param hard at least {@code soft}
 */
public record DiskLimit(long soft, long hard) {

    /** Checks the ranges. */
    public DiskLimit {
        if (soft < 0 || hard < 0) {
            throw new IllegalArgumentException("negative");
        }
        if (soft > hard) {
            throw new IllegalArgumentException("the soft limit is above the hard limit");
        }
    }

    /**
     * Parses {@code S:H} or {@code V} for {@code V:V}.
     *
     * @throws IllegalArgumentException with the reason
     */
    static DiskLimit parse(String text, Amount amount) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            long both = amount.parse(text);
            return new DiskLimit(both, both);
        }
        return new DiskLimit(amount.parse(text.substring(0, colon)), amount.parse(text.substring(colon + 1)));
    }

    /** {@code S:H}, without a suffix. */
    @Override
    public String toString() {
        return soft + ":" + hard;
    }
}
