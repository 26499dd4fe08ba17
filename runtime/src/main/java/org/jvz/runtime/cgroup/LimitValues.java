package org.jvz.runtime.cgroup;

import java.util.Optional;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CpuList;
import org.jvz.runtime.config.VeConf;

/**
 * What a VE's configuration asks of the kernel, in the kernel's units. {@link #NONE} means no limit.
 *
 * @param ram bytes
 * @param ramKey the key that gives {@code ram}
 * @param swap bytes, on top of {@code ram}
 * @param low bytes that are spared as long as others have some to give; 0 for none, NONE if the configuration asks for all
 * @param min bytes that are never taken, as {@code low}
 * @param tasks processes and threads
 * @param cpuUnits 8 to 500,000; 1,000 is the weight of a VE that says nothing
 * @param cpuPercent CPU time per time, in percent of one CPU
 * @param cpuCount number of CPUs to run on and to see; 0 for all
 * @param ioPriority 0 to 7, least to most
 * @param ioBytes bytes read, and bytes written, per second
 * @param ioOperations operations of reading, and of writing, per second
 */
record LimitValues(
        long ram,
        String ramKey,
        long swap,
        long low,
        long min,
        long tasks,
        long cpuUnits,
        long cpuPercent,
        CpuList cpus,
        CpuList nodes,
        int cpuCount,
        int ioPriority,
        long ioBytes,
        long ioOperations) {
    static final long NONE = BarrierLimit.UNLIMITED;
    static final long CPU_UNITS = 1000;
    static final int IO_PRIORITY = 4;

    /** OpenVZ's pages, whatever the host's are. */
    private static final long PAGE = 4096;

    /**
     * Reads the configuration.
     *
     * <p>PRIVVMPAGES limits a VE's own memory in RAM and swap together. Where PHYSPAGES says nothing it is the only size the
     * VE has, so it stands for PHYSPAGES with no swap on top, unless SWAPPAGES gives some.
     *
     * <p>A guarantee is the barrier of its key (the limit means nothing there), and no more than the VE may have at all.
     *
     * @throws BadConfException if a value is none
     */
    static LimitValues of(VeConf conf) throws BadConfException {
        long ram = bytes(limit(conf, ConfKey.PHYSPAGES));
        String ramKey = "PHYSPAGES";
        long swap = bytes(limit(conf, ConfKey.SWAPPAGES));
        long own = bytes(limit(conf, ConfKey.PRIVVMPAGES));
        if (ram == NONE && own != NONE) {
            ram = own;
            ramKey = "PRIVVMPAGES";
            swap = swap == NONE ? 0 : swap;
        }
        long percent = orNone(conf.get(ConfKey.CPULIMIT).orElse(0L));
        long cpus = conf.get(ConfKey.CPUS).orElse(0L);
        return new LimitValues(
                ram,
                ramKey,
                swap,
                Math.min(ram, bytes(barrier(conf, ConfKey.VMGUARPAGES))),
                Math.min(ram, bytes(barrier(conf, ConfKey.OOMGUARPAGES))),
                limit(conf, ConfKey.NUMPROC),
                conf.get(ConfKey.CPUUNITS).orElse(CPU_UNITS),
                cpus == 0 ? percent : Math.min(percent, cpus * 100),
                conf.get(ConfKey.CPUMASK).orElse(CpuList.ALL),
                conf.get(ConfKey.NODEMASK).orElse(CpuList.ALL),
                (int) Math.min(cpus, CpuList.MAX + 1),
                conf.get(ConfKey.IOPRIO).orElse((long) IO_PRIORITY).intValue(),
                orNone(conf.get(ConfKey.IOLIMIT).orElse(0L)),
                orNone(conf.get(ConfKey.IOPSLIMIT).orElse(0L)));
    }

    // No lambdas: the start of a VE is the first to need them, and the first one costs a cold JVM milliseconds.
    static long limit(VeConf conf, ConfKey<BarrierLimit> key) throws BadConfException {
        Optional<BarrierLimit> value = conf.get(key);
        return value.isPresent() ? value.get().limit() : NONE;
    }

    private static long barrier(VeConf conf, ConfKey<BarrierLimit> key) throws BadConfException {
        Optional<BarrierLimit> value = conf.get(key);
        return value.isPresent() ? value.get().barrier() : 0;
    }

    static long bytes(long pages) {
        return pages > NONE / PAGE ? NONE : pages * PAGE;
    }

    private static long orNone(long value) {
        return value == 0 ? NONE : value;
    }
}
