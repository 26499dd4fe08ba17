package org.jvz.runtime.cgroup;

import java.nio.file.Path;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CpuList;

/**
 * A value for an interface file.
 *
 * @param knob the row of the table it comes from
 * @param key the key of the configuration to name in errors
 * @param file the interface file
 * @param device the block device, {@code 254:0}, of a file that has a line for each; else empty
 * @param value as the file takes it, without the device
 * @param choose how many CPUs of {@code value} to choose when it is written; 0 to write it as it is
 */
record LimitWrite(Knob knob, String key, Path file, String device, String value, int choose) {

    /** v1 shows "no limit" as a number of pages near the largest, which depends on the page size. */
    private static final long V1_NONE = 1L << 62;

    LimitWrite(Knob knob, String key, Path file, String device, String value) {
        this(knob, key, file, device, value, 0);
    }

    /** Whether a file that says {@code now} is to stay as it is. */
    boolean isSo(String now) {
        if (choose == 0) {
            return value.equals(now);
        }
        BitSet cpus = CpuList.parseKernel(now);
        BitSet outside = (BitSet) cpus.clone();
        outside.andNot(CpuList.parseKernel(value));
        return cpus.cardinality() == choose && outside.isEmpty();
    }

    /** What to write. */
    String text() {
        return device.isEmpty() ? value : device + " " + value;
    }

    /** The same write with what the file says now, so that it can be compared with this one and be written back. */
    LimitWrite current(String content) {
        return new LimitWrite(knob, key, file, device, device.isEmpty() ? scalar(content) : line(content));
    }

    private String scalar(String content) {
        if (value.equals("-1") || isNumber(value)) {
            String number = content.startsWith("default ")
                    ? firstLine(content).substring("default ".length())
                    : firstLine(content);
            return number.length() > 18 && isNumber(number) && Long.parseLong(number) >= V1_NONE ? "-1" : number;
        }
        return content;
    }

    private static String firstLine(String content) {
        int end = content.indexOf('\n');
        return end < 0 ? content : content.substring(0, end);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 19;
    }

    private String line(String content) {
        @Nullable String rest = null;
        for (String line : content.split("\n", -1)) {
            if (line.startsWith(device + " ")) {
                rest = line.substring(device.length() + 1);
            }
        }
        int equals = value.indexOf('=');
        if (equals < 0) {
            return rest == null ? "0" : rest;
        }
        StringBuilder found = new StringBuilder();
        for (String part : value.split(" ", -1)) {
            String name = part.substring(0, part.indexOf('=') + 1);
            found.append(found.length() == 0 ? "" : " ").append(name).append(valueOf(name, rest));
        }
        return found.toString();
    }

    private static String valueOf(String name, @Nullable String line) {
        if (line != null) {
            for (String part : line.split(" ", -1)) {
                if (part.startsWith(name)) {
                    return part.substring(name.length());
                }
            }
        }
        return "max";
    }
}
