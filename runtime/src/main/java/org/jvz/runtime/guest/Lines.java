package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/** A text file as its lines. Joining what was split gives the same text, but for an end of line after the last line. */
final class Lines {
    private Lines() {}

    /** The lines without their ends; none for an empty text. */
    static List<String> of(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            lines.add(text.substring(start, end));
            start = end + 1;
        }
        return lines;
    }

    /** The text of {@code lines}, each with its end. */
    static String join(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append('\n');
        }
        return text.toString();
    }
}
