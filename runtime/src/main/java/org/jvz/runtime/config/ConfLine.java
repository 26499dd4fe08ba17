package org.jvz.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * One assignment, or one line that is none. An assignment whose quotes span several lines is one of these.
 *
 * @param raw the text with its line end, one character per byte
 * @param number the number of its first line, from 1
 * @param key the key, or null for a comment, an empty line or anything else
 * @param value what a shell would assign, one character per byte, with variables left as they stand
 * @param valueStart where the value begins in {@code raw}, quotes included
 * @param valueEnd where it ends
 */
record ConfLine(String raw, int number, @Nullable String key, String value, int valueStart, int valueEnd) {

    /** A line that assigns nothing. */
    static ConfLine opaque(String raw, int number) {
        return new ConfLine(raw, number, null, "", 0, 0);
    }

    /** A new assignment. */
    static ConfLine assignment(String key, String quoted, String value, String end) {
        int start = key.length() + 1;
        return new ConfLine(key + "=" + quoted + end, 0, key, value, start, start + quoted.length());
    }

    /** The same line with another value; what stands before and after the value is kept. */
    ConfLine withValue(String quoted, String newValue) {
        String text = raw.substring(0, valueStart) + quoted + raw.substring(valueEnd);
        return new ConfLine(text, number, key, newValue, valueStart, valueStart + quoted.length());
    }

    boolean hasKey(String name) {
        return key != null && key.equals(name);
    }
}
