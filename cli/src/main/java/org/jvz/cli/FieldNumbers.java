package org.jvz.cli;

import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.DiskLimit;
import org.jvz.runtime.ve.DiskUse;

/**
 * Numbers of vzlist, as decimal digits. What a configuration does not say, or says wrongly, is the caller's {@code none}: a
 * list is no place to complain about one value.
 */
final class FieldNumbers {
    private FieldNumbers() {}

    /**
     * A number of a beancounter: pages for keys that end so, bytes or items for the others; 9223372036854775807 without
     * limit.
     */
    static String ubc(VeRow row, String key, int index, String none) {
        long number = row.ubc(Beancounter.valueOf(key), index);
        return number < 0 ? none : Long.toString(number);
    }

    /** A share of time in percent, two digits behind the point. */
    static void percent(StringBuilder text, long hundredths) {
        text.append(hundredths / 100).append('.').append(hundredths / 10 % 10).append(hundredths % 10);
    }

    /** Use (0), soft (1) or hard (2) limit of KiB or inodes; the use where the file system counts it, limit or not. */
    static String disk(VeRow row, String key, int index, String none) {
        String text = row.text(key);
        if (index == 0) {
            DiskUse use = row.diskUse();
            return use == null ? none : Long.toString(key.equals("DISKSPACE") ? use.kib() : use.inodes());
        }
        if (text == null) {
            return none;
        }
        DiskLimit limit = (key.equals("DISKSPACE") ? ConfKey.DISKSPACE : ConfKey.DISKINODES).parseOrNull(text);
        return limit == null ? none : Long.toString(index == 1 ? limit.soft() : limit.hard());
    }

    /** CPULIMIT or CPUUNITS: a running VE has both, one that is configured with neither has none. */
    static String cpu(VeRow row, String key, String none) {
        String value = number(row, key, "");
        if (!value.isEmpty()) {
            return value;
        }
        boolean limited = row.text("CPULIMIT") != null || row.text("CPUUNITS") != null;
        if (row.running()) {
            return key.equals("CPUUNITS") ? "1000" : "0";
        }
        return limited ? "0" : none;
    }

    /** A number above zero. */
    static String positive(VeRow row, String key, String none) {
        String value = number(row, key, none);
        return value.equals("0") ? none : value;
    }

    /** A whole number of at most 18 digits. */
    static String number(VeRow row, String key, String none) {
        String text = row.text(key);
        if (text == null || text.length() > 18) {
            return none;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return none;
            }
        }
        return Long.toString(Long.parseLong(text));
    }

    /** A number with a fraction, as short as it can be said; 0 if there is none. */
    static String decimal(VeRow row, String key) {
        String text = row.text(key);
        try {
            double value = text == null ? 0 : Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                return "0";
            }
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        } catch (NumberFormatException bad) {
            return "0";
        }
    }
}
