package org.jvz.runtime.cgroup;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.LinuxSource;
import org.jvz.runtime.linux.SyscallException;

/**
 * Reads what VEs use from the kernel's files: no regular expressions, and native code only where a VE's own cgroups are to
 * be walked. Ask for the part you need; one reader serves many VEs, one after the other.
 */
public final class UsageReader {
    /** From here on a v1 limit is none: the kernel shows the largest multiple of its page size. */
    private static final long V1_NO_LIMIT = Long.MAX_VALUE - (1 << 16);

    private final StatFile file = new StatFile();
    private final LinuxSource natives;
    private final String proc;

    /**
     * A reader of this host.
     *
     * @param natives asked only where cgroups of VEs are to be walked
     */
    public UsageReader(LinuxSource natives) {
        this(natives, "/proc");
    }

    UsageReader(LinuxSource natives, String proc) {
        this.natives = natives;
        this.proc = proc;
    }

    /** All parts that cgroups tell. */
    public Usage all(VeCgroup ve) throws SyscallException {
        return new Usage(memory(ve), memoryHistory(ve), tasks(ve), cpu(ve), io(ve), null, null);
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
        long swap = number(dir + "memory.swap.current", 0);
        file.load(dir + "memory.stat");
        // "kernel" is in Linux 5.18 and later; before, its parts are.
        long kernel = file.has("kernel")
                ? file.field("kernel")
                : file.field("kernel_stack") + file.field("pagetables") + file.field("percpu") + file.field("slab");
        return new Usage.Memory(
                used,
                swap,
                file.field("anon"),
                file.field("shmem"),
                kernel,
                file.field("slab_reclaimable"),
                file.field("sock"),
                file.field("unevictable"));
    }

    private Usage.@Nullable Memory memoryV1(String dir) {
        long used = number(dir + "memory.usage_in_bytes", -1);
        if (used < 0) {
            return null;
        }
        long kernel = number(dir + "memory.kmem.usage_in_bytes", 0);
        long sockets = number(dir + "memory.kmem.tcp.usage_in_bytes", 0);
        file.load(dir + "memory.stat");
        return new Usage.Memory(
                used,
                file.field("total_swap"),
                file.field("total_rss"),
                file.field("total_shmem"),
                kernel,
                0,
                sockets,
                file.field("total_unevictable"));
    }

    /**
     * Peaks and failures of memory. On v2 they include what happened in the VE's own cgroups, unless the host is mounted
     * with {@code memory_localevents}: then these are added up here.
     *
     * @throws SyscallException if the VE's cgroups cannot be walked
     */
    public Usage.@Nullable MemoryHistory memoryHistory(VeCgroup ve) throws SyscallException {
        @Nullable CgroupDir dir = ve.directory(Controller.MEMORY);
        if (dir == null) {
            return null;
        }
        String path = dir.path() + "/";
        if (!dir.v2()) {
            return memoryHistoryV1(path);
        }
        if (!file.load(path + "memory.events")) {
            return null;
        }
        long hits = file.field("max");
        long exhausted = file.field("oom");
        long kills = file.field("oom_kill");
        if (ve.localEvents(Controller.MEMORY)) {
            CgroupTree tree = new CgroupTree(natives.linux(), dir.path());
            hits = tree.sum("memory.events", "max");
            exhausted = tree.sum("memory.events", "oom");
            kills = tree.sum("memory.events", "oom_kill");
        }
        file.load(path + "memory.swap.events");
        long swapRefused = file.field("fail");
        return new Usage.MemoryHistory(
                optional(path + "memory.peak"),
                OptionalLong.empty(),
                optional(path + "memory.swap.peak"),
                OptionalLong.empty(),
                OptionalLong.empty(),
                hits,
                exhausted,
                kills,
                swapRefused,
                0);
    }

    private Usage.@Nullable MemoryHistory memoryHistoryV1(String dir) {
        if (!file.load(dir + "memory.oom_control")) {
            return null;
        }
        long kills = file.field("oom_kill");
        return new Usage.MemoryHistory(
                optional(dir + "memory.max_usage_in_bytes"),
                optional(dir + "memory.memsw.max_usage_in_bytes"),
                OptionalLong.empty(),
                optional(dir + "memory.kmem.max_usage_in_bytes"),
                optional(dir + "memory.kmem.tcp.max_usage_in_bytes"),
                number(dir + "memory.failcnt", 0) + number(dir + "memory.memsw.failcnt", 0),
                kills,
                kills,
                0,
                number(dir + "memory.kmem.tcp.failcnt", 0));
    }

    /** Only the number of processes and threads, or -1. */
    public long taskCount(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.PIDS);
        return dir == null ? -1 : number(dir.path() + "/pids.current", -1);
    }

    /**
     * Processes and threads.
     *
     * @throws SyscallException if the VE's cgroups cannot be walked
     */
    public Usage.@Nullable Tasks tasks(VeCgroup ve) throws SyscallException {
        @Nullable CgroupDir dir = ve.directory(Controller.PIDS);
        if (dir == null) {
            return null;
        }
        String path = dir.path() + "/";
        long held = number(path + "pids.current", -1);
        if (held < 0) {
            return null;
        }
        return new Usage.Tasks(held, optional(path + "pids.peak"), refusedTasks(ve, dir));
    }

    /**
     * How many tasks were refused. Since Linux 6.11 v2 counts at the cgroup whose limit was met, so one file tells. Before,
     * and always on v1, it counts at the cgroup of the process that called fork(2), which may be any that the VE has made.
     */
    private long refusedTasks(VeCgroup ve, CgroupDir dir) throws SyscallException {
        String path = dir.path() + "/";
        if (dir.v2()) {
            if (file.load(path + "pids.events.local") && !ve.localEvents(Controller.PIDS)) {
                return file.field("max");
            }
            if (file.load(path + "cgroup.stat") && file.field("nr_descendants") > 0) {
                return new CgroupTree(natives.linux(), dir.path()).sum("pids.events", "max");
            }
        }
        return file.load(path + "pids.events") ? file.field("max") : 0;
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

    /**
     * Sockets, from {@code /proc/PID/net/sockstat}: "used" counts all of the network namespace, "TCP: inuse" those of IPv4
     * that are bound or connected; the other numbers there are the host's.
     *
     * @param initPid host pid of the VE's init
     */
    public Usage.@Nullable Sockets sockets(int initPid) {
        String dir = proc + "/" + initPid + "/net/";
        if (!file.load(dir + "sockstat")) {
            return null;
        }
        long used = file.sumBehind("sockets: used ");
        long tcp = file.sumBehind("TCP: inuse ");
        // Without IPv6 in the kernel there is no such file.
        tcp += file.load(dir + "sockstat6") ? file.sumBehind("TCP6: inuse ") : 0;
        // A connection that its process has closed is in use, but no socket any more, until the peer answers.
        return new Usage.Sockets(tcp, Math.max(0, used - tcp));
    }

    /**
     * How much a VE has been held up by want of a resource (PSI), from the unified hierarchy; that needs none of its
     * controllers, so hybrid hosts tell it, too. Null where the kernel does not count it ({@code psi=0}, or no cgroup2).
     */
    public @Nullable Pressure pressure(VeCgroup ve, Pressure.Of resource) {
        @Nullable String dir = ve.unifiedPath();
        return dir != null && file.load(dir + resource.file()) ? Pressure.parse(file) : null;
    }

    /**
     * A limit that is in force, in the unit of its key.
     *
     * @param counter NUMPROC, PHYSPAGES or SWAPPAGES
     * @return {@link Long#MAX_VALUE} for none; -1 where the host has no such limit, and for other counters
     */
    public long limit(VeCgroup ve, Beancounter counter) {
        @Nullable CgroupDir dir = ve.directory(counter == Beancounter.NUMPROC ? Controller.PIDS : Controller.MEMORY);
        if (dir == null) {
            return -1;
        }
        String path = dir.path() + "/";
        return switch (counter) {
            case NUMPROC -> v2Limit(path + "pids.max");
            case PHYSPAGES -> pages(dir.v2() ? v2Limit(path + "memory.max") : v1Limit(path + "memory.limit_in_bytes"));
            case SWAPPAGES -> dir.v2() ? pages(v2Limit(path + "memory.swap.max")) : swapLimitV1(path);
            default -> -1;
        };
    }

    private long swapLimitV1(String dir) {
        long ram = v1Limit(dir + "memory.limit_in_bytes");
        long both = v1Limit(dir + "memory.memsw.limit_in_bytes");
        return both < 0 || both == Long.MAX_VALUE ? both : pages(both - ram);
    }

    private long v2Limit(String path) {
        // "max" is no number.
        return file.load(path) ? file.number(Long.MAX_VALUE) : -1;
    }

    private long v1Limit(String path) {
        long bytes = number(path, -1);
        return bytes >= V1_NO_LIMIT ? Long.MAX_VALUE : bytes;
    }

    private static long pages(long bytes) {
        return bytes < 0 || bytes == Long.MAX_VALUE ? bytes : bytes / Beancounter.PAGE;
    }

    private long number(String path, long absent) {
        return file.load(path) ? file.number(absent) : absent;
    }

    private OptionalLong optional(String path) {
        long number = number(path, -1);
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
