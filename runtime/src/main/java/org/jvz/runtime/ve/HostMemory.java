package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of the host, in bytes (proc_meminfo(5)).
 *
 * @param ram all of it
 * @param swap all of it
 * @param low what the kernel reaches without effort: all of the RAM but on 32-bit machines
 */
public record HostMemory(long ram, long swap, long low) {
    private static final long PAGE = 4096;
    private static final long KIB = 1024;

    /** Reads {@code /proc/meminfo}. */
    public static HostMemory read() throws IOException {
        return parse(new String(Files.readAllBytes(Path.of("/proc/meminfo")), StandardCharsets.ISO_8859_1));
    }

    static HostMemory parse(String meminfo) throws IOException {
        long ram = number(meminfo, "MemTotal:");
        if (ram <= 0) {
            throw new IOException("/proc/meminfo does not tell MemTotal");
        }
        long low = number(meminfo, "LowTotal:");
        return new HostMemory(ram, Math.max(0, number(meminfo, "SwapTotal:")), low > 0 ? low : ram);
    }

    /** RAM in pages of 4096 bytes. */
    public long ramPages() {
        return ram / PAGE;
    }

    /** Swap in pages of 4096 bytes. */
    public long swapPages() {
        return swap / PAGE;
    }

    /** A number of KiB as bytes, -1 if it is not there. */
    private static long number(String meminfo, String label) {
        int at = ("\n" + meminfo).indexOf("\n" + label);
        if (at < 0) {
            return -1;
        }
        int from = at + label.length();
        int end = meminfo.indexOf('\n', from);
        String text = meminfo.substring(from, end < 0 ? meminfo.length() : end).strip();
        int blank = text.indexOf(' ');
        return Long.parseLong(blank < 0 ? text : text.substring(0, blank)) * KIB;
    }
}
