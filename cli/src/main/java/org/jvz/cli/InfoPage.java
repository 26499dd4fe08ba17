package org.jvz.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The text of {@code vzctl info}: 80 columns, coloured where somebody sees it. What VEs chose cannot do harm to a terminal. */
final class InfoPage {
    private static final int WIDTH = 80;
    private static final int LABEL = 14;
    private static final int BAR = 24;
    private static final String BOLD = "\033[1m";
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String NORMAL = "\033[0m";
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    /** From these shares of a limit on a bar is yellow, and red, percent. */
    private static final int HIGH = 75;

    private static final int FULL = 95;

    private final StringBuilder text = new StringBuilder(2048);
    private final boolean coloured;

    InfoPage(boolean coloured) {
        this.coloured = coloured;
    }

    /** The first line: what it is, and at its end how it is. */
    void title(String what, String state, boolean good) {
        String left = printable(what);
        String gap = " ".repeat(Math.max(2, WIDTH - left.length() - state.length()));
        paint(BOLD, left);
        text.append(gap);
        paint(good ? GREEN : YELLOW, state);
        text.append("\n\n");
    }

    /** A label and a value; nothing for a value that is not there. */
    void setting(String label, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            text.append("  ")
                    .append(padded(label, LABEL))
                    .append(printable(value))
                    .append('\n');
        }
    }

    void heading(String heading) {
        text.append('\n');
        paint(BOLD, heading);
        text.append('\n');
    }

    /**
     * What is used of a limit.
     *
     * @param limit Long.MAX_VALUE for none
     * @param bytes whether both are bytes
     * @param remark put behind it
     */
    void bar(String label, long used, long limit, boolean bytes, String remark) {
        boolean limited = limit != Long.MAX_VALUE;
        int percent = limited ? percent(used, limit) : 0;
        int filled = Math.min(BAR, (percent * BAR + 50) / 100);
        text.append("  ").append(padded(label, LABEL)).append('[');
        paint(percent >= FULL ? RED : percent >= HIGH ? YELLOW : GREEN, "#".repeat(filled));
        text.append("-".repeat(BAR - filled)).append("] ");
        text.append(amount(used, bytes));
        text.append(limited ? " of " + amount(limit, bytes) + ", " + percent + " %" : ", no limit");
        if (!remark.isEmpty()) {
            text.append("  ");
            paint(RED, remark);
        }
        text.append('\n');
    }

    private static int percent(long used, long limit) {
        return limit <= 0 ? (used > 0 ? 100 : 0) : (int) Math.min(999, Math.round(used * 100.0 / limit));
    }

    private static String amount(long number, boolean bytes) {
        return bytes ? bytes(number) : Long.toString(number);
    }

    void process(String pid, String cpu, String memory, String command) {
        text.append(leftPadded(pid, 9)).append(leftPadded(cpu, 11)).append(leftPadded(memory, 12));
        text.append("  ").append(printable(command)).append('\n');
    }

    void line(String line) {
        text.append("  ").append(printable(line)).append('\n');
    }

    /** {@code 3 days 04:12:05}, {@code 04:12:05}. */
    static String duration(double seconds) {
        long whole = Math.max(0, (long) seconds);
        long days = whole / 86_400;
        String clock = String.format(Locale.ROOT, "%02d:%02d:%02d", whole / 3600 % 24, whole / 60 % 60, whole % 60);
        return days == 0 ? clock : days + (days == 1 ? " day " : " days ") + clock;
    }

    /** {@code 0:00.42}, {@code 75:00.00}: minutes and seconds, as top shows them. */
    static String cpuTime(double seconds) {
        long hundredths = Math.round(seconds * 100);
        return String.format(Locale.ROOT, "%d:%02d.%02d", hundredths / 6000, hundredths / 100 % 60, hundredths % 100);
    }

    /** Three or four digits and a binary unit: {@code 1.5 GiB}, {@code 120 KiB}, {@code 0 B}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || value >= 100;
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    private void paint(String colour, String words) {
        if (coloured && !words.isEmpty()) {
            text.append(colour).append(words).append(NORMAL);
        } else {
            text.append(words);
        }
    }

    private static String padded(String word, int width) {
        return word + " ".repeat(Math.max(1, width - word.length()));
    }

    private static String leftPadded(String word, int width) {
        return " ".repeat(Math.max(1, width - word.length())) + word;
    }

    private static String printable(String value) {
        StringBuilder clean = new StringBuilder(value);
        for (int i = 0; i < clean.length(); i++) {
            if (Character.isISOControl(clean.charAt(i))) {
                clean.setCharAt(i, ' ');
            }
        }
        return clean.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
