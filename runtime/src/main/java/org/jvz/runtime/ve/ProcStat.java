package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.FileBytes;

/**
 * What {@code /proc/PID/stat} says of a host process (proc_pid_stat(5)); enough to tell a process from a later one with
 * the same pid.
 *
 * @param pid the process id on the host
 * @param state one letter, {@code Z} and {@code X} are dead
 * @param parent the parent's pid
 * @param startTicks when it started, in clock ticks (1/100 s) since boot
 */
record ProcStat(int pid, char state, int parent, long startTicks) {
    /** Reads a process, or null if there is none with this pid. */
    static @Nullable ProcStat read(int pid) {
        try {
            return parse(
                    pid, new String(FileBytes.read(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return null;
        }
    }

    /** Parses the file's text; the command name in parentheses may hold anything, parentheses too. */
    static ProcStat parse(int pid, String text) {
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        // fields[0] is the third one of the manual page: state.
        return new ProcStat(pid, fields[0].charAt(0), Integer.parseInt(fields[1]), Long.parseLong(fields[19]));
    }

    /** Whether it still runs: a zombie does not. */
    boolean alive() {
        return state != 'Z' && state != 'X';
    }
}
