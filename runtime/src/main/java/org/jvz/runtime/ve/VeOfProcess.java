package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;

/**
 * Which VE a process of the host belongs to. Only looks: no lock, no native code.
 *
 * @param pid on the host
 * @param id the VE's id, 0 for the host itself
 * @param pidInside the pid that the process has in its innermost PID namespace
 * @param name the program's name as the kernel keeps it, 15 characters at most; the process chooses it
 */
public record VeOfProcess(int pid, int id, int pidInside, String name) {
    private static final String NAME = "Name:\t";
    private static final String NSPID = "\nNSpid:\t";

    /** Looks at a process; null if there is none with this pid. */
    public static @Nullable VeOfProcess read(VeHost host, int pid) {
        Path proc = Path.of("/proc/" + pid);
        try {
            String status = text(proc.resolve("status"));
            int id = veIn(text(proc.resolve("cgroup")), host.cgroupParent());
            return new VeOfProcess(pid, id, id == 0 ? pid : innermost(status, pid), name(status));
        } catch (IOException gone) {
            return null;
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /**
     * The VE in lines {@code ID:CONTROLLERS:PATH} (cgroups(7)), 0 if there is none. What a VE calls its own cgroups comes
     * after its own in the path, so only the first place counts.
     */
    static int veIn(String lines, String parent) {
        String mark = "/" + parent + "/";
        int at = 0;
        while (at < lines.length()) {
            int end = lines.indexOf('\n', at);
            String line = lines.substring(at, end < 0 ? lines.length() : end);
            at += line.length() + 1;
            int start = line.indexOf(mark);
            if (start >= 0) {
                String rest = line.substring(start + mark.length());
                int slash = rest.indexOf('/');
                String digits = slash < 0 ? rest : rest.substring(0, slash);
                if (CtId.isNumber(digits) && digits.length() <= 10 && Long.parseLong(digits) <= CtId.MAX) {
                    return Integer.parseInt(digits);
                }
            }
        }
        return 0;
    }

    /** The last number of {@code NSpid:}, which lists a process's pids from the reader's namespace inwards. */
    static int innermost(String status, int pid) {
        int start = status.indexOf(NSPID);
        if (start < 0) {
            return pid;
        }
        int end = status.indexOf('\n', start + NSPID.length());
        String pids = status.substring(start + NSPID.length(), end < 0 ? status.length() : end);
        return Integer.parseInt(pids.substring(pids.lastIndexOf('\t') + 1).strip());
    }

    static String name(String status) {
        int end = status.indexOf('\n');
        return status.startsWith(NAME) && end > 0 ? status.substring(NAME.length(), end) : "";
    }
}
