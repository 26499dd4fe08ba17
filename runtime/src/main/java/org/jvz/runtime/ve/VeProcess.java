package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.CtId;

/**
 * A process of a VE, for people to look at.
 *
 * @param pid its pid inside
 * @param name as the kernel keeps it, 15 characters at most; the process chooses it
 * @param residentKib memory that it has in RAM, shared pages counted fully, KiB
 * @param cpuSeconds CPU time that it has taken
 */
public record VeProcess(int pid, String name, long residentKib, double cpuSeconds) {
    /** {@code USER_HZ}, the unit of times in /proc (time(7)). */
    private static final double TICKS_PER_SECOND = 100;
    /** Places of utime and stime behind the name in /proc/PID/stat (proc(5)). */
    private static final int UTIME = 11;

    private static final String RESIDENT = "\nVmRSS:";

    /** Those of a VE, in no order; one that ends meanwhile is left out. */
    public static List<VeProcess> of(VeHost host, CtId id) throws IOException {
        List<VeProcess> processes = new ArrayList<>();
        for (int pid : host.cgroup(id).members(host.linux())) {
            Path proc = Path.of("/proc/" + pid);
            try {
                String status = text(proc.resolve("status"));
                processes.add(new VeProcess(
                        VeOfProcess.innermost(status, pid),
                        VeOfProcess.name(status),
                        resident(status),
                        cpu(text(proc.resolve("stat")))));
            } catch (IOException gone) {
                // It is no process any more.
            }
        }
        return processes;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** A dead process, which nobody has waited for, has no such line. */
    static long resident(String status) {
        int start = status.indexOf(RESIDENT);
        if (start < 0) {
            return 0;
        }
        String line = status.substring(start + RESIDENT.length()).strip();
        return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    static double cpu(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }
}
