package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;

/** Reads texts in the form of /proc/user_beancounters, /proc/bc/resources and /proc/bc/ID/resources. */
final class UbcFile {
    private static final String KNOWN_VERSION = "2.5";

    private final List<UbcRow> rows = new ArrayList<>();
    private long id = UbcRow.NO_ID;

    private UbcFile() {}

    /**
     * The rows of a text, without dummies.
     *
     * @param origin for complaints
     * @throws UsageException if it is of another version, or not of this form at all
     */
    static List<UbcRow> parse(String text, String origin) throws UsageException {
        UbcFile file = new UbcFile();
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            file.line(FieldText.words(text.substring(from, end)));
            from = end + 1;
        }
        if (file.rows.isEmpty()) {
            throw new UsageException(VzubcOptions.FAILURE, "Error: no beancounters in " + origin);
        }
        return file.rows;
    }

    private void line(List<String> words) throws UsageException {
        if (words.isEmpty()) {
            return;
        }
        String first = words.get(0);
        if (first.equals("Version:")) {
            String version = words.size() > 1 ? words.get(1) : "";
            if (!version.equals(KNOWN_VERSION)) {
                throw new UsageException(VzubcOptions.FAILURE, "Error: unknown version: " + version);
            }
            return;
        }
        int at = 0;
        if (first.endsWith(":") && number(first.substring(0, first.length() - 1)) >= 0) {
            id = number(first.substring(0, first.length() - 1));
            at = 1;
        }
        if (words.size() != at + 6 || !isName(words.get(at)) || words.get(at).equals("dummy")) {
            // The header, or a line of no known kind.
            return;
        }
        long[] numbers = new long[5];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(words.get(at + 1 + i));
            if (numbers[i] < 0) {
                return;
            }
        }
        rows.add(new UbcRow(id, words.get(at), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
    }

    private static boolean isName(String word) {
        return word.charAt(0) >= 'a' && word.charAt(0) <= 'z';
    }

    /** A number; the largest long for one that is larger, -1 for what is none. */
    private static long number(String word) {
        if (word.isEmpty()) {
            return -1;
        }
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException tooLarge) {
            return Long.MAX_VALUE;
        }
    }
}
