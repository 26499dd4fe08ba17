package org.jvz.runtime.cgroup;

import java.util.OptionalLong;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeConf;

/**
 * The limits that a VE's first process and its file systems are started with. Empty means that the configuration gives
 * none, so that the default stays. Each is the limit of its key, not the barrier.
 *
 * <p>Resource limits (getrlimit(2)) count per process or per user, where OpenVZ counted per VE: they bound one process,
 * the VE's total is bounded by its memory.
 *
 * @param lockedBytes RLIMIT_MEMLOCK, from LOCKEDPAGES; a VE with a limit of RAM may by default lock all of it
 * @param openFiles RLIMIT_NOFILE, from NUMFILE, at most {@link #OPEN_FILES_MAX}
 * @param pendingSignals RLIMIT_SIGPENDING, from NUMSIGINFO
 * @param fileLocks RLIMIT_LOCKS, from NUMFLOCK; programs can ask for it, Linux has not enforced it since 2.4.25
 * @param shmBytes size of {@code /dev/shm}, from SHMPAGES; a VE with a limit of RAM has by default half of it, as a machine
 * @param shmPages {@code kernel.shmall} of the VE's IPC namespace in pages of 4096 bytes, from SHMPAGES
 * @param ptys {@code max} of the VE's devpts, from NUMPTY
 */
public record StartLimits(
        OptionalLong lockedBytes,
        OptionalLong openFiles,
        OptionalLong pendingSignals,
        OptionalLong fileLocks,
        OptionalLong shmBytes,
        OptionalLong shmPages,
        OptionalLong ptys) {

    /** The default of {@code fs.nr_open}, above which the kernel refuses a limit (EPERM). */
    public static final long OPEN_FILES_MAX = 1_048_576;

    /**
     * The limits of a configuration.
     *
     * @throws BadConfException if a value is none
     */
    public static StartLimits of(VeConf conf) throws BadConfException {
        LimitValues values = LimitValues.of(conf);
        long ram = values.ram();
        long locked = LimitValues.bytes(LimitValues.limit(conf, ConfKey.LOCKEDPAGES));
        OptionalLong files = limit(conf, ConfKey.NUMFILE);
        OptionalLong shm = limit(conf, ConfKey.SHMPAGES);
        return new StartLimits(
                limited(conf.get(ConfKey.LOCKEDPAGES).isPresent() ? locked : ram),
                files.isPresent() ? OptionalLong.of(Math.min(files.getAsLong(), OPEN_FILES_MAX)) : files,
                limit(conf, ConfKey.NUMSIGINFO),
                limit(conf, ConfKey.NUMFLOCK),
                conf.get(ConfKey.SHMPAGES).isPresent()
                        ? limited(LimitValues.bytes(LimitValues.limit(conf, ConfKey.SHMPAGES)))
                        : limited(ram == LimitValues.NONE ? ram : ram / 2),
                shm,
                limit(conf, ConfKey.NUMPTY));
    }

    private static OptionalLong limit(VeConf conf, ConfKey<BarrierLimit> key) throws BadConfException {
        return limited(LimitValues.limit(conf, key));
    }

    private static OptionalLong limited(long value) {
        return value == LimitValues.NONE ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
