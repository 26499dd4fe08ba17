package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.cgroup.UsageReader;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;

/**
 * Memory of one VE in the four ways in which OpenVZ's tools count it against the host ("UBC systemwide configuration"), in bytes.
 *
 * @param kernel kernel memory and buffers of sockets
 * @param ram RAM
 * @param ramAndSwap RAM and swap
 * @param allocated memory that was asked for, used or not
 */
public record VeMemory(double kernel, double ram, double ramAndSwap, double allocated) {
    private static final double PAGE = 4096;

    /** What a running VE holds now; all 0 if the host does not count it. */
    public static VeMemory held(VeHost host, CtId id) throws IOException {
        Usage.@Nullable Memory memory = new UsageReader(host).memory(host.cgroup(id));
        if (memory == null) {
            return new VeMemory(0, 0, 0, 0);
        }
        double kernel = (double) memory.kernel() + memory.sockets();
        // Kernel memory counts towards RAM here, unlike on OpenVZ: it is not added to it again.
        return new VeMemory(
                kernel,
                memory.used(),
                (double) memory.used() + memory.swap(),
                kernel + memory.anonymous() + memory.swap());
    }

    /** The processes and threads of a running VE. */
    public static long processes(VeHost host, CtId id) throws IOException {
        Usage.@Nullable Tasks tasks = new UsageReader(host).tasks(host.cgroup(id));
        return tasks == null ? 0 : tasks.held();
    }

    /**
     * What a configuration promises, in bytes: nothing is promised above what the host has.
     *
     * @param kernel the most that kernel memory and sockets may take
     * @param guaranteed of RAM and swap
     * @param allocation that is guaranteed to succeed
     * @param allocationLimit the most that may be allocated
     * @param processes the most there may be
     */
    public record Promise(
            double kernel, double guaranteed, double allocation, double allocationLimit, double processes) {

        /** What a VE's configuration promises on this host. */
        public static Promise of(VeConf conf, HostMemory host) throws BadConfException {
            double hostRam = (double) host.ram();
            double all = hostRam + host.swap();
            double processes = value(conf, ConfKey.NUMPROC, true, 1, (double) Long.MAX_VALUE);
            @Nullable BarrierLimit ram = conf.get(ConfKey.PHYSPAGES).orElse(null);
            if (ram != null && !ram.isUnlimited()) {
                // A VSwap VE: all its memory is within RAM and swap, and that is what it is promised.
                double most = Math.min(all, ram.limit() * PAGE + value(conf, ConfKey.SWAPPAGES, true, PAGE, all));
                return new Promise(
                        Math.min(hostRam, ram.limit() * PAGE),
                        Math.min(all, ram.limit() * PAGE),
                        most,
                        Math.min(all, most),
                        processes);
            }
            double kernel = 0;
            for (ConfKey<BarrierLimit> key : List.of(
                    ConfKey.KMEMSIZE,
                    ConfKey.TCPRCVBUF,
                    ConfKey.TCPSNDBUF,
                    ConfKey.DGRAMRCVBUF,
                    ConfKey.OTHERSOCKBUF)) {
                kernel += value(conf, key, true, 1, hostRam);
            }
            kernel = Math.min(hostRam, kernel);
            return new Promise(
                    kernel,
                    Math.min(all, kernel + value(conf, ConfKey.OOMGUARPAGES, false, PAGE, all)),
                    Math.min(all, kernel + value(conf, ConfKey.VMGUARPAGES, false, PAGE, all)),
                    Math.min(all, kernel + value(conf, ConfKey.PRIVVMPAGES, true, PAGE, all)),
                    processes);
        }

        private static double value(VeConf conf, ConfKey<BarrierLimit> key, boolean limit, double unit, double most)
                throws BadConfException {
            @Nullable BarrierLimit value = conf.get(key).orElse(null);
            if (value == null) {
                return limit ? most : 0;
            }
            return Math.min(most, (limit ? value.limit() : value.barrier()) * unit);
        }
    }
}
