package org.jvz.runtime.cgroup;

import org.jspecify.annotations.Nullable;

/**
 * Pressure stall information of one resource (kernel documentation, {@code accounting/psi.rst}).
 *
 * @param some the share of time in which at least one task waited for the resource
 * @param full the share in which all of them did; null where the kernel does not tell (CPU before Linux 5.13)
 */
public record Pressure(Stall some, @Nullable Stall full) {

    /** The resources. */
    public enum Of {
        CPU("/cpu.pressure"),
        MEMORY("/memory.pressure"),
        IO("/io.pressure");

        private final String file;

        Of(String file) {
            this.file = file;
        }

        String file() {
            return file;
        }
    }

    /**
     * Averages in hundredths of a percent (0 to 10000), and the time itself.
     *
     * @param avg10 of the last 10 seconds
     * @param avg60 of the last minute
     * @param avg300 of the last five minutes
     * @param totalMicros since the VE started
     */
    public record Stall(long avg10, long avg60, long avg300, long totalMicros) {}

    /** The content of a {@code .pressure} file, or null if it is none. */
    static @Nullable Pressure parse(StatFile file) {
        Stall some = stall(file, "some");
        return some == null ? null : new Pressure(some, stall(file, "full"));
    }

    private static @Nullable Stall stall(StatFile file, String kind) {
        int line = file.line(kind);
        return line < 0
                ? null
                : new Stall(
                        file.hundredthsBehind(line, " avg10="),
                        file.hundredthsBehind(line, " avg60="),
                        file.hundredthsBehind(line, " avg300="),
                        file.numberBehind(line, " total="));
    }
}
