package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel counts and limits of one VE, read from its cgroups: those of v1 where this machine binds the controller to a hierarchy of
 * its own, else the unified one. Sources: cgroup-v2.rst; cgroup-v1/memory.rst, freezer-subsystem.rst, blkio-controller.rst.
 */
final class VeCgroups {
    private static final Path MOUNTS = Path.of("/sys/fs/cgroup");

    private final Path below;

    VeCgroups(TestHost host, int id) {
        below = Path.of(host.cgroupName(), Integer.toString(id));
    }

    /** Whether this machine keeps the controller in the unified hierarchy. */
    static boolean unified(String controller) {
        return !Files.isDirectory(MOUNTS.resolve(controller));
    }

    private Path dir(String controller) {
        return (unified(controller) ? MOUNTS : MOUNTS.resolve(controller)).resolve(below);
    }

    private String read(String controller, String v1, String v2) throws IOException {
        return Files.readString(dir(controller).resolve(unified(controller) ? v2 : v1))
                .strip();
    }

    private long number(String controller, String v1, String v2) throws IOException {
        return Long.parseLong(read(controller, v1, v2));
    }

    /** The number after a word at the start of a line, 0 without such a line. */
    private static long after(String text, String word) {
        return text.lines()
                .filter(line -> line.startsWith(word + " "))
                .mapToLong(line -> Long.parseLong(line.substring(word.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Bytes. */
    long memoryLimit() throws IOException {
        return number("memory", "memory.limit_in_bytes", "memory.max");
    }

    /** Bytes charged now. */
    long memory() throws IOException {
        return number("memory", "memory.usage_in_bytes", "memory.current");
    }

    /** The most bytes that were ever charged; on v1 since {@link #forgetPeak}. */
    long memoryPeak() throws IOException {
        return number("memory", "memory.max_usage_in_bytes", "memory.peak");
    }

    /** The same of sockets, which v1 counts apart; on v2 of everything. */
    long socketPeak() throws IOException {
        return number("memory", "memory.kmem.tcp.max_usage_in_bytes", "memory.peak");
    }

    /** Bytes of TCP's buffers now; those of every kind of socket on v2. */
    long sockets() throws IOException {
        return unified("memory")
                ? after(read("memory", "", "memory.stat"), "sock")
                : number("memory", "memory.kmem.tcp.usage_in_bytes", "");
    }

    /** How often the limit of memory was met, whether something could be taken back then or not; v2 alone counts it on every kernel. */
    long memoryRefused() throws IOException {
        return after(read("memory", "", "memory.events"), "max");
    }

    /** Begins anew with {@link #memoryPeak}; without effect on v2, where nobody can. */
    void forgetPeak() throws IOException {
        if (!unified("memory")) {
            Files.writeString(dir("memory").resolve("memory.max_usage_in_bytes"), "0");
        }
    }

    long oomKills() throws IOException {
        return after(read("memory", "memory.oom_control", "memory.events"), "oom_kill");
    }

    String tasksLimit() throws IOException {
        return read("pids", "pids.max", "pids.max");
    }

    long tasks() throws IOException {
        return number("pids", "pids.current", "pids.current");
    }

    /** The most there ever were; those now on a kernel that does not remember (before 6.1). */
    long tasksPeak() throws IOException {
        Path peak = dir("pids").resolve("pids.peak");
        return Files.exists(peak) ? Long.parseLong(Files.readString(peak).strip()) : tasks();
    }

    /** How often a fork met the limit. */
    long tasksRefused() throws IOException {
        return after(read("pids", "pids.events", "pids.events"), "max");
    }

    /** CPU time used, microseconds. */
    long cpuMicros() throws IOException {
        return unified("cpuacct") && unified("cpu")
                ? after(read("cpu", "", "cpu.stat"), "usage_usec")
                : number("cpuacct", "cpuacct.usage", "") / 1000;
    }

    /** Periods of the quota (100 ms) in which something wanted to run. */
    long cpuPeriods() throws IOException {
        return after(read("cpu", "cpu.stat", "cpu.stat"), "nr_periods");
    }

    /** Those of them that ended for want of quota. */
    long cpuPeriodsThrottled() throws IOException {
        return after(read("cpu", "cpu.stat", "cpu.stat"), "nr_throttled");
    }

    /** Bytes that have passed to or from disks. */
    long diskBytes() throws IOException {
        return disk("blkio.throttle.io_service_bytes", "rbytes", "wbytes");
    }

    /** Requests to disks. */
    long diskRequests() throws IOException {
        return disk("blkio.throttle.io_serviced", "rios", "wios");
    }

    private long disk(String v1, String... v2) throws IOException {
        if (!unified("blkio")) {
            return after(read("blkio", v1, ""), "Total");
        }
        long sum = 0;
        for (String word : read("io", "", "io.stat").split("\\s+")) {
            for (String name : v2) {
                if (word.startsWith(name + "=")) {
                    sum += Long.parseLong(word.substring(name.length() + 1));
                }
            }
        }
        return sum;
    }

    /** Stops every process of the VE where it is. Returns when all stand still. */
    void freeze() throws IOException, InterruptedException {
        if (unified("freezer")) {
            Files.writeString(dir("freezer").resolve("cgroup.freeze"), "1");
            await(dir("freezer").resolve("cgroup.events"), "frozen 1");
        } else {
            Files.writeString(dir("freezer").resolve("freezer.state"), "FROZEN");
            await(dir("freezer").resolve("freezer.state"), "FROZEN");
        }
    }

    void thaw() throws IOException {
        Files.writeString(
                dir("freezer").resolve(unified("freezer") ? "cgroup.freeze" : "freezer.state"),
                unified("freezer") ? "0" : "THAWED");
    }

    private static void await(Path file, String line) throws IOException, InterruptedException {
        for (int tries = 0; tries < 500; tries++) {
            if (Files.readString(file).lines().anyMatch(line::equals)) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError(file + " does not get to " + line);
    }
}
