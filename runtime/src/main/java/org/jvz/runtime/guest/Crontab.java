package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/**
 * Spreads the jobs of a template's crontabs over the hour, since otherwise every VE of a host wakes up in the same
 * minute. The minute depends on the seed and the job alone: the same VE gets the same minutes again.
 */
final class Crontab {
    private Crontab() {}

    /** Replaces the minute of each job that has one fixed minute; other lines stay as they are. */
    static String spread(String text, long seed) {
        List<String> lines = new ArrayList<>();
        for (String line : Lines.of(text)) {
            lines.add(spreadLine(line, seed));
        }
        return Lines.join(lines);
    }

    private static String spreadLine(String line, long seed) {
        int digits = 0;
        while (digits < line.length() && digits < 3 && Character.isDigit(line.charAt(digits))) {
            digits++;
        }
        boolean oneMinute = digits > 0 && digits < 3 && digits < line.length() && blank(line.charAt(digits));
        // Five fields of time and a command: crontab(5).
        if (!oneMinute || line.strip().split("[ \t]+", 6).length < 6) {
            return line;
        }
        String job = line.substring(digits).strip();
        return Math.floorMod(mix(seed * 31 + job.hashCode()), 60) + line.substring(digits);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Spreads close seeds (VEs 101, 102, …) over all values: the finalizer of MurmurHash3. */
    private static long mix(long z) {
        z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
        z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
        return z ^ z >>> 33;
    }
}
