package org.jvz.runtime.cgroup;

import java.util.List;

/**
 * The table from the keys of CTID.conf to the kernel's interface files: one row for each thing the kernel can limit, with
 * the keys that decide about it and the files for it on cgroup v2 and on v1. What is written into them is in {@link KnobValue}.
 *
 * <p>Keys without a row are limits of processes or of file systems ({@link StartLimits}), or only counted (see the
 * package). Sources: cgroup-v2.rst; cgroup-v1/memory.rst, cpusets.rst, blkio-controller.rst, pids.rst;
 * scheduler/sched-bwc.rst.
 */
enum Knob {
    RAM(Controller.MEMORY, files("memory.max"), files("memory.limit_in_bytes"), "", "PHYSPAGES", "PRIVVMPAGES"),
    /** Swap space; on v1 swap and RAM together, which must never be less than RAM alone. */
    SWAP(
            Controller.MEMORY,
            files("memory.swap.max"),
            files("memory.memsw.limit_in_bytes"),
            "",
            "SWAPPAGES",
            "PHYSPAGES",
            "PRIVVMPAGES"),
    /** Buffers of TCP, which on v1 are not in the count of memory. */
    TCP_BUFFERS(Controller.MEMORY, files(), files("memory.kmem.tcp.limit_in_bytes"), "", "PHYSPAGES", "PRIVVMPAGES"),
    SPARED(
            Controller.MEMORY,
            files("memory.low"),
            files(),
            "cgroup v1 cannot guarantee memory",
            "VMGUARPAGES",
            "PHYSPAGES",
            "PRIVVMPAGES"),
    GUARANTEED(
            Controller.MEMORY,
            files("memory.min"),
            files(),
            "cgroup v1 cannot guarantee memory",
            "OOMGUARPAGES",
            "PHYSPAGES",
            "PRIVVMPAGES"),
    TASKS(Controller.PIDS, files("pids.max"), files("pids.max"), "", "NUMPROC"),
    CPU_WEIGHT(Controller.CPU, files("cpu.weight"), files("cpu.shares"), "", "CPUUNITS"),
    CPU_QUOTA(Controller.CPU, files("cpu.max"), files("cpu.cfs_quota_us"), "", "CPULIMIT", "CPUS"),
    /** Where the VE's processes may run, and so how many CPUs its programs count (sched_getaffinity(2)). */
    CPUS(Controller.CPUSET, files("cpuset.cpus"), files("cpuset.cpus"), "", "CPUMASK", "NODEMASK", "CPUS"),
    NODES(Controller.CPUSET, files("cpuset.mems"), files("cpuset.mems"), "", "NODEMASK"),
    /** The first file is that of the scheduler bfq. */
    IO_WEIGHT(
            Controller.IO,
            files("io.bfq.weight", "io.weight"),
            files("blkio.bfq.weight", "blkio.weight"),
            "",
            "IOPRIO"),
    IO_BYTES(
            Controller.IO,
            files("io.max"),
            files("blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device"),
            "",
            "IOLIMIT"),
    IO_OPERATIONS(
            Controller.IO,
            files("io.max"),
            files("blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device"),
            "",
            "IOPSLIMIT");

    private final Controller controller;
    private final List<String> v2Files;
    private final List<String> v1Files;
    private final String whyNotV1;
    private final List<String> keys;

    Knob(Controller controller, List<String> v2Files, List<String> v1Files, String whyNotV1, String... keys) {
        this.controller = controller;
        this.v2Files = v2Files;
        this.v1Files = v1Files;
        this.whyNotV1 = whyNotV1;
        this.keys = List.of(keys);
    }

    private static List<String> files(String... names) {
        return List.of(names);
    }

    Controller controller() {
        return controller;
    }

    /** The names of the files; empty where there is nothing to write. */
    List<String> files(boolean v2) {
        return v2 ? v2Files : v1Files;
    }

    /** Why the limit cannot be kept on v1; empty if it can. */
    String whyNotV1() {
        return whyNotV1;
    }

    /** The keys that decide about the value, the one it is named after first. */
    List<String> keys() {
        return keys;
    }
}
