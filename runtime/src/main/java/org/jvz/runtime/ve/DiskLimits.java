package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.Optional;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.DiskLimit;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.ProjectQuota;

/** DISKSPACE, DISKINODES, QUOTATIME and DISK_QUOTA of a configuration as the limits of a quota project. */
final class DiskLimits {
    /** From here on a number of KiB is more than any disk, and near what a file system takes: no limit. */
    private static final long ENDLESS = 1L << 52;

    private DiskLimits() {}

    /** Whether DISK_QUOTA asks for limits; it does if it is not set. */
    static boolean wanted(VeConf conf) throws IOException {
        return conf.get(ConfKey.DISK_QUOTA).orElse(true);
    }

    /** The limits; none where DISK_QUOTA=no. With QUOTATIME=0, as in every sample, the soft limit is the hard one. */
    static ProjectQuota.Limits of(VeConf conf) throws IOException {
        if (!wanted(conf)) {
            return ProjectQuota.Limits.NONE;
        }
        Optional<DiskLimit> space = conf.get(ConfKey.DISKSPACE);
        Optional<DiskLimit> inodes = conf.get(ConfKey.DISKINODES);
        boolean noGrace = conf.get(ConfKey.QUOTATIME).orElse(-1L) == 0;
        return new ProjectQuota.Limits(soft(space), hard(space, noGrace), soft(inodes), hard(inodes, noGrace));
    }

    private static long soft(Optional<DiskLimit> limit) {
        return limit.isEmpty() ? 0 : bounded(limit.get().soft());
    }

    private static long hard(Optional<DiskLimit> limit, boolean noGrace) {
        return limit.isEmpty()
                ? 0
                : bounded(noGrace ? limit.get().soft() : limit.get().hard());
    }

    private static long bounded(long amount) {
        return amount >= ENDLESS ? 0 : amount;
    }

    /** Whether the grace time matters: somebody may be between the limits. */
    static boolean haveGrace(ProjectQuota.Limits limits) {
        return limits.softKib() != limits.hardKib() || limits.softInodes() != limits.hardInodes();
    }
}
