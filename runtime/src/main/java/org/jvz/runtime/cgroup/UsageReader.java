package org.jvz.runtime.cgroup;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads what VEs use from their interface files: no native code, no regular expressions. Ask for the part you need; one
 * reader serves many VEs, one after the other.
 */
public final class UsageReader {
    private final StatFile file = new StatFile();

    /** All parts. */
    public Usage all(VeCgroup ve) {
        return new Usage(memory(ve), tasks(ve), cpu(ve), io(ve));
    }

    /** Memory and swap. */
    public Usage.@Nullable Memory memory(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.MEMORY);
        if (dir == null) {
            return null;
        }
        String path = dir.path() + "/";
        return dir.v2() ? memoryV2(path) : memoryV1(path);
    }

    private Usage.@Nullable Memory memoryV2(String dir) {
        long used = number(dir + "memory.current", -1);
        if (used < 0) {
            return null;
        }
        OptionalLong peak = optional(dir + "memory.peak");
        long swap = number(dir + "memory.swap.current", 0);
        file.load(dir + "memory.events");
        long hits = file.field("max");
        long exhausted = file.field("oom");
        long kills = file.field("oom_kill");
        file.load(dir + "memory.stat");
        // "kernel" is in Linux 5.18 and later; before, its parts are.
        long kernel = file.has("kernel")
                ? file.field("kernel")
                : file.field("kernel_stack") + file.field("pagetables") + file.field("percpu") + file.field("slab");
        return new Usage.Memory(
                used,
                peak,
                swap,
                file.field("anon"),
                file.field("shmem"),
                kernel,
                file.field("slab_reclaimable"),
                file.field("sock"),
                file.field("unevictable"),
                hits,
                exhausted,
                kills);
    }

    private Usage.@Nullable Memory memoryV1(String dir) {
        long used = number(dir + "memory.usage_in_bytes", -1);
        if (used < 0) {
            return null;
        }
        OptionalLong peak = optional(dir + "memory.max_usage_in_bytes");
        long hits = number(dir + "memory.failcnt", 0) + number(dir + "memory.memsw.failcnt", 0);
        long kernel = number(dir + "memory.kmem.usage_in_bytes", 0);
        long sockets = number(dir + "memory.kmem.tcp.usage_in_bytes", 0);
        file.load(dir + "memory.oom_control");
        long kills = file.field("oom_kill");
        file.load(dir + "memory.stat");
        return new Usage.Memory(
                used,
                peak,
                file.field("total_swap"),
                file.field("total_rss"),
                file.field("total_shmem"),
                kernel,
                0,
                sockets,
                file.field("total_unevictable"),
                hits,
                kills,
                kills);
    }

    /** Processes and threads. */
    public Usage.@Nullable Tasks tasks(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.PIDS);
        if (dir == null) {
            return null;
        }
        String path = dir.path() + "/";
        long held = number(path + "pids.current", -1);
        if (held < 0) {
            return null;
        }
        OptionalLong peak = optional(path + "pids.peak");
        file.load(path + "pids.events");
        return new Usage.Tasks(held, peak, file.field("max"));
    }

    /** CPU time. */
    public Usage.@Nullable Cpu cpu(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.CPUACCT);
        if (dir == null) {
            return null;
        }
        if (dir.v2()) {
            return file.load(dir.path() + "/cpu.stat")
                    ? new Usage.Cpu(
                            file.field("usage_usec"),
                            file.field("user_usec"),
                            file.field("system_usec"),
                            file.field("nr_throttled"))
                    : null;
        }
        String path = dir.path() + "/";
        long nanos = number(path + "cpuacct.usage", -1);
        if (nanos < 0) {
            return null;
        }
        long user = number(path + "cpuacct.usage_user", 0);
        long system = number(path + "cpuacct.usage_sys", 0);
        @Nullable CgroupDir quota = ve.directory(Controller.CPU);
        boolean counted = quota != null && file.load(quota.path() + "/cpu.stat");
        return new Usage.Cpu(nanos / 1000, user / 1000, system / 1000, counted ? file.field("nr_throttled") : 0);
    }

    /** Input and output. */
    public Usage.@Nullable Io io(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.IO);
        if (dir == null) {
            return null;
        }
        if (dir.v2()) {
            return file.load(dir.path() + "/io.stat")
                    ? new Usage.Io(
                            file.sumBehind(" rbytes="),
                            file.sumBehind(" wbytes="),
                            file.sumBehind(" rios="),
                            file.sumBehind(" wios="))
                    : null;
        }
        String path = dir.path() + "/blkio.throttle.";
        if (!file.load(path + "io_service_bytes")) {
            return null;
        }
        long readBytes = file.sumBehind(" Read ");
        long writtenBytes = file.sumBehind(" Write ");
        file.load(path + "io_serviced");
        return new Usage.Io(readBytes, writtenBytes, file.sumBehind(" Read "), file.sumBehind(" Write "));
    }

    private long number(String path, long absent) {
        return file.load(path) ? file.number(absent) : absent;
    }

    private OptionalLong optional(String path) {
        long number = number(path, -1);
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
