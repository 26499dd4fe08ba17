package org.jvz.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * The number of a VE: 0 (the host itself) to {@value #MAX}. Ids up to 100 are reserved by convention, which is for the
 * caller to mind.
 *
 * @param value 0 to {@value #MAX}
 */
public record CtId(int value) implements Comparable<CtId> {

    /** The largest id a VE may have; the ids above it have meanings of their own in OpenVZ kernels. */
    public static final int MAX = 2147483644;

    /** Checks the range. */
    public CtId {
        if (value < 0 || value > MAX) {
            throw new BadCtIdException(Integer.toString(value));
        }
    }

    /**
     * Parses decimal digits, and nothing but digits: no sign, no blanks. Leading zeros are ignored.
     *
     * @throws BadCtIdException {@code Bad CT ID X}
     */
    public static CtId parse(String text) {
        if (!isNumber(text)) {
            throw new BadCtIdException(text);
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            value = value * 10 + (text.charAt(i) - '0');
            if (value > MAX) {
                throw new BadCtIdException(text);
            }
        }
        return new CtId((int) value);
    }

    /** Tells whether the text consists of decimal digits, so that it can only be meant as an id, never as a name. */
    public static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The id in a file name such as {@code 101.conf}, or null if the name is not of that form. */
    static @Nullable CtId ofConfName(String fileName) {
        if (!fileName.endsWith(".conf")) {
            return null;
        }
        String digits = fileName.substring(0, fileName.length() - ".conf".length());
        // 0101.conf would be a second file for VE 101: nobody reads it.
        if (!isNumber(digits) || digits.length() > 10 || (digits.length() > 1 && digits.charAt(0) == '0')) {
            return null;
        }
        long value = Long.parseLong(digits);
        return value > MAX ? null : new CtId((int) value);
    }

    /** Written out, as is {@link #hashCode}: a record's own are linked at run time, which costs a short command 15 ms. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CtId id && id.value == value;
    }

    @Override
    public int hashCode() {
        return value;
    }

    @Override
    public int compareTo(CtId other) {
        return Integer.compare(value, other.value);
    }

    /** The decimal digits. */
    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
