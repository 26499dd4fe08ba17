package org.jvz.runtime.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long the host has run, suspended time included: what the start times in /proc/PID/stat count from. */
public final class HostUptime {
    private static final Path FILE = Path.of("/proc/uptime");

    private HostUptime() {}

    /** Seconds, in hundredths (proc_uptime(5)). */
    public static double seconds() throws IOException {
        String text = Files.readString(FILE, StandardCharsets.US_ASCII);
        return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    }
}
