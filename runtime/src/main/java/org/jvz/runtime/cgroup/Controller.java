package org.jvz.runtime.cgroup;

/** The kernel's controllers that jvz drives, and the names under which the two versions of cgroups know them. */
public enum Controller {
    /** Bandwidth and shares of CPU time. On v2 also the count of CPU time used, which is there without the controller. */
    CPU("cpu", "cpu"),
    /** The count of CPU time used; v2 has it in {@code cpu.stat} of every cgroup. */
    CPUACCT("cpu", "cpuacct"),
    /** Which CPUs and memory nodes. */
    CPUSET("cpuset", "cpuset"),
    /** Block devices. */
    IO("io", "blkio"),
    /** Memory and swap. */
    MEMORY("memory", "memory"),
    /** The number of tasks. */
    PIDS("pids", "pids"),
    /** Freezing; a core feature of v2, where {@code cgroup.freeze} is in every cgroup. */
    FREEZER("", "freezer"),
    /** Which devices may be opened; v2 has programs for it in the place of interface files. */
    DEVICES("", "devices");

    private final String v2Name;
    private final String v1Name;

    Controller(String v2Name, String v1Name) {
        this.v2Name = v2Name;
        this.v1Name = v1Name;
    }

    /** The controller's name on v2, empty for a core feature. */
    public String v2Name() {
        return v2Name;
    }

    /** The controller's name on v1. */
    public String v1Name() {
        return v1Name;
    }
}
