package org.jvz.runtime.view;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that tells of the whole machine, and of the VE alone once it is covered; proc(5), lxcfs(1). */
public enum ViewFile {
    MEMINFO("/proc/meminfo"),
    CPUINFO("/proc/cpuinfo"),
    STAT("/proc/stat"),
    UPTIME("/proc/uptime"),
    LOADAVG("/proc/loadavg"),
    SWAPS("/proc/swaps"),
    /** lxcfs offers it, with the host's content: it reads files that only the scheduler CFQ, gone since Linux 5.0, had. */
    DISKSTATS("/proc/diskstats"),
    /** What sysconf(3) counts; glibc's, before it asks for the affinity. */
    CPUS_ONLINE("/sys/devices/system/cpu/online");

    private final String path;

    ViewFile(String path) {
        this.path = path;
    }

    /** Where it is in every VE and on the host; lxcfs has it at the same place below its own directory. */
    public String path() {
        return path;
    }

    /** Whether a VE may lack it: one that has no /sys ({@code --features sysfs:off}). */
    public boolean isOptional() {
        return path.startsWith("/sys/");
    }

    /** Whether this host's kernel has it. */
    public boolean exists() {
        return Files.exists(Path.of(path));
    }
}
