package org.jvz.runtime.config;

/**
 * What {@code /proc/meminfo} of a VE shows as total memory.
 *
 * @param mode how {@code value} counts
 * @param value at least 1; 0 for {@link Mode#NONE}
 */
public record MemInfo(Mode mode, long value) {

    /** How the total is given. */
    public enum Mode {
        /** The host's. */
        NONE,
        /** A number of pages of 4096 bytes. */
        PAGES,
        /** A multiple of the barrier of PRIVVMPAGES. */
        PRIVVMPAGES
    }

    /** Checks the ranges. */
    public MemInfo {
        if ((mode == Mode.NONE) != (value == 0) || value < 0) {
            throw new IllegalArgumentException("the number is not above 0");
        }
    }

    /**
     * Parses {@code none}, {@code pages:N} or {@code privvmpages:N}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static MemInfo parse(String text) {
        if (text.equals("none")) {
            return new MemInfo(Mode.NONE, 0);
        }
        if (text.startsWith("pages:")) {
            return new MemInfo(Mode.PAGES, Amount.COUNT.parse(text.substring("pages:".length())));
        }
        if (text.startsWith("privvmpages:")) {
            return new MemInfo(Mode.PRIVVMPAGES, Amount.COUNT.parse(text.substring("privvmpages:".length())));
        }
        throw new IllegalArgumentException("not none, pages:N or privvmpages:N");
    }

    /** {@code none}, {@code pages:N} or {@code privvmpages:N}. */
    @Override
    public String toString() {
        return switch (mode) {
            case NONE -> "none";
            case PAGES -> "pages:" + value;
            case PRIVVMPAGES -> "privvmpages:" + value;
        };
    }
}
