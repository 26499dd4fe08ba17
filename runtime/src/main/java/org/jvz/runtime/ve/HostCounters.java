package org.jvz.runtime.ve;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Usage;

/**
 * Beancounters of the host itself, the row of id 0: what the whole machine uses, from {@code /proc}, less what its VEs do. It
 * has no limits and counts no failures.
 */
final class HostCounters {
    private HostCounters() {}

    /** What the whole machine uses. */
    static Usage read() throws IOException {
        String memory = text("/proc/meminfo");
        long kernel =
                kib(memory, "Slab") + kib(memory, "KernelStack") + kib(memory, "PageTables") + kib(memory, "Percpu");
        String sockets = text("/proc/self/net/sockstat");
        String tcpLine = line(sockets, "TCP:");
        long bufferPages = after(tcpLine, " mem ") + after(line(sockets, "UDP:"), " mem ");
        long tcp = after(tcpLine, " inuse ") + after(line(textOrEmpty("/proc/self/net/sockstat6"), "TCP6:"), " inuse ");
        return new Usage(
                new Usage.Memory(
                        kib(memory, "MemTotal") - kib(memory, "MemFree"),
                        kib(memory, "SwapTotal") - kib(memory, "SwapFree"),
                        kib(memory, "AnonPages"),
                        kib(memory, "Shmem"),
                        kernel,
                        kib(memory, "SReclaimable"),
                        bufferPages * Beancounter.PAGE,
                        kib(memory, "Unevictable")),
                null,
                new Usage.Tasks(tasks(), OptionalLong.empty(), 0),
                null,
                null,
                new Usage.Sockets(tcp, Math.max(0, after(line(sockets, "sockets:"), " used ") - tcp)),
                // Signals are counted by user only, and no user is the host.
                new Usage.Handles(
                        first(text("/proc/sys/fs/file-nr")),
                        first(text("/proc/sys/kernel/pty/nr")),
                        0,
                        HandleReader.holders(text("/proc/locks")).length));
    }

    /** {@code /proc/loadavg}: {@code 0.01 0.02 0.03 1/234 4711}; 234 is the number of tasks. */
    private static long tasks() throws IOException {
        String load = text("/proc/loadavg");
        return first(load.substring(load.indexOf('/') + 1));
    }

    private static long kib(String meminfo, String name) {
        String line = line(meminfo, name + ":");
        return line.isEmpty()
                ? 0
                : 1024 * first(line.substring(name.length() + 1).strip());
    }

    /** The line that starts so, or an empty string. */
    private static String line(String text, String start) {
        int at = text.startsWith(start) ? 0 : text.indexOf("\n" + start) + 1;
        if (at == 0 && !text.startsWith(start)) {
            return "";
        }
        int end = text.indexOf('\n', at);
        return text.substring(at, end < 0 ? text.length() : end);
    }

    private static long after(String line, String label) {
        int at = line.indexOf(label);
        return at < 0 ? 0 : first(line.substring(at + label.length()));
    }

    /** The number that a text begins with; 0 if it begins with none. */
    private static long first(String text) {
        long number = 0;
        for (int i = 0; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }

    /** In one read, as files in /proc/sys want it: a second one, behind the first byte say, finds the end. */
    private static String text(String path) throws IOException {
        try (FileInputStream in = new FileInputStream(path)) {
            byte[] bytes = new byte[1 << 16];
            int size = 0;
            for (int n; (n = in.read(bytes, size, bytes.length - size)) > 0; ) {
                size += n;
                if (size == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * size);
                }
            }
            return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
        }
    }

    private static String textOrEmpty(String path) {
        try {
            return text(path);
        } catch (IOException none) {
            return "";
        }
    }
}
