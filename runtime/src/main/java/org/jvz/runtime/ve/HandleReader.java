package org.jvz.runtime.ve;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Usage;

/**
 * Counts what the processes of VEs have open, process by process: a few files each, so some 30 microseconds. Made for one
 * look at the host, by any number of threads; the host's locks are read once for all VEs.
 */
final class HandleReader {
    /** {@code UNIX98_PTY_SLAVE_MAJOR} of {@code linux/major.h}, and {@code UNIX98_PTY_MAJOR_COUNT} from there. */
    private static final int PTS_FIRST_MAJOR = 136;

    private static final int PTS_LAST_MAJOR = 143;

    private int @Nullable [] lockHolders;

    /**
     * Counts. A process that ends meanwhile counts in part.
     *
     * @param pids host pids of the VE's processes
     */
    Usage.Handles read(Set<Integer> pids) throws IOException {
        long files = 0;
        long locks = 0;
        Set<Integer> terminals = new HashSet<>();
        Map<String, Long> signals = new HashMap<>();
        for (int pid : pids) {
            files += descriptors(pid);
            locks += locks(pid);
            String stat = text(pid, "stat");
            int terminal = stat == null ? 0 : terminal(stat);
            if (terminal != 0) {
                terminals.add(terminal);
            }
            String status = text(pid, "status");
            if (status != null) {
                addSignals(status, signals);
            }
        }
        long queued = 0;
        for (long ofUser : signals.values()) {
            queued += ofUser;
        }
        return new Usage.Handles(files, terminals.size(), queued, locks);
    }

    /** Since Linux 6.2 the size of the directory is the number of descriptors (proc_pid_fd(5)); before, it is 0. */
    private static long descriptors(int pid) {
        File dir = new File("/proc/" + pid + "/fd");
        long size = dir.length();
        if (size > 0) {
            return size;
        }
        String[] names = dir.list();
        return names == null ? 0 : names.length;
    }

    /** The queue is one for each user (of the VE, on Linux 5.14 and later), and all processes of the user show it. */
    static void addSignals(String status, Map<String, Long> signals) {
        String uid = valueOf(status, "\nUid:\t", '\t');
        String queued = valueOf(status, "\nSigQ:\t", '/');
        if (uid != null && queued != null) {
            signals.put(uid, Long.parseLong(queued));
        }
    }

    /** What stands between a label and the next {@code end}. */
    private static @Nullable String valueOf(String text, String label, char end) {
        int at = text.indexOf(label);
        int from = at + label.length();
        int to = at < 0 ? -1 : text.indexOf(end, from);
        return to < 0 ? null : text.substring(from, to);
    }

    /**
     * The device number of the process's controlling terminal, if that is a pseudo-terminal; else 0 (proc_pid_stat(5), {@code
     * tty_nr}). The VE's devpts would tell more, but the way there is the VE's own, and may lead through a file system of its
     * making (FUSE) that never answers.
     */
    static int terminal(String stat) {
        // The command's name, in parentheses, may hold anything; tty_nr is the fifth field behind it.
        int at = stat.lastIndexOf(')') + 1;
        for (int field = 0; field < 5 && at >= 0; field++) {
            at = stat.indexOf(' ', at) + 1;
        }
        int end = stat.indexOf(' ', at);
        if (at <= 0 || end < 0) {
            return 0;
        }
        int device = Integer.parseInt(stat.substring(at, end));
        int major = (device >> 8) & 0xfff;
        return major >= PTS_FIRST_MAJOR && major <= PTS_LAST_MAJOR ? device : 0;
    }

    private static @Nullable String text(int pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return null;
        }
    }

    private synchronized int[] lockHolders() throws IOException {
        int[] holders = lockHolders;
        if (holders == null) {
            holders = holders(Files.readString(Path.of("/proc/locks"), StandardCharsets.ISO_8859_1));
            lockHolders = holders;
        }
        return holders;
    }

    private int locks(int pid) throws IOException {
        int[] holders = lockHolders();
        int at = Arrays.binarySearch(holders, pid);
        if (at < 0) {
            return 0;
        }
        int first = at;
        int last = at;
        while (first > 0 && holders[first - 1] == pid) {
            first--;
        }
        while (last + 1 < holders.length && holders[last + 1] == pid) {
            last++;
        }
        return last - first + 1;
    }

    /**
     * The pids of those who hold a lock, in order, one entry for each lock (proc_locks(5)): {@code 1: FLOCK ADVISORY WRITE 4711
     * 08:02:99 0 EOF}. Left out are those who wait ({@code 1: -> FLOCK …}), leases, and locks without a process (-1).
     */
    static int[] holders(String locks) {
        int[] pids = new int[64];
        int count = 0;
        for (int from = 0, end; (end = locks.indexOf('\n', from)) >= 0; from = end + 1) {
            int pid = holder(locks.substring(from, end));
            if (pid > 0) {
                if (count == pids.length) {
                    pids = Arrays.copyOf(pids, 2 * count);
                }
                pids[count++] = pid;
            }
        }
        int[] sorted = Arrays.copyOf(pids, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private static int holder(String line) {
        String kind = "";
        int word = 0;
        for (int at = 0; at < line.length(); ) {
            int end = line.indexOf(' ', at);
            end = end < 0 ? line.length() : end;
            if (end > at) {
                if (word == 1) {
                    kind = line.substring(at, end);
                } else if (word == 4) {
                    boolean counts = kind.equals("FLOCK") || kind.equals("POSIX");
                    String pid = line.substring(at, end);
                    return counts && Character.isDigit(pid.charAt(0)) ? Integer.parseInt(pid) : -1;
                }
                word++;
            }
            at = end + 1;
        }
        return -1;
    }
}
