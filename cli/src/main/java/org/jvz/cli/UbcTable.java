package org.jvz.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * vzubc's table of beancounters, in the form that people know from vzctl 4. Values that are nothing or unlimited are {@code
 * -}; pages are shown as bytes.
 */
final class UbcTable {
    private static final String BRIGHT = "\033[1;32m";
    private static final String ERROR = "\033[1;31m";
    private static final String WARNING = "\033[1;33m";
    private static final String NORMAL = "\033[0;39m";
    private static final String NOTHING = "- ";
    private static final String UNITS = " KMGTPE";

    private final StringBuilder text = new StringBuilder(4096);
    private final VzubcOptions options;
    private final UbcStore store;
    private long shown = Long.MIN_VALUE;

    UbcTable(VzubcOptions options, UbcStore store) {
        this.options = options;
        this.store = store;
    }

    /** Adds a line, unless it is not to be shown. */
    void add(UbcRow row) {
        long failures = row.failures();
        if (options.relative) {
            long before = store.failures(row);
            // Fewer than before: the VE was restarted.
            failures = before > failures ? failures : failures - before;
        }
        long before = options.incremental ? store.held(row) : -1;
        long change = before < 0 ? 0 : row.held() - before;
        int importance = row.importance(options.heldRatio, options.maxHeldRatio, failures);
        boolean hidden = (options.quiet && importance == 0) || (!options.verbose && UbcRow.isUnlimited(row.barrier()));
        if (hidden && change == 0) {
            return;
        }
        if (row.id() != shown) {
            header(row.id());
            shown = row.id();
        }
        color(importance == 2 ? ERROR : importance == 1 ? WARNING : NORMAL);
        right(row.name(), 13).append('|');
        value(row.name(), row.held());
        if (options.incremental) {
            String amount = change == 0 ? "" : (change < 0 ? "-" : "+") + amount(row.name(), Math.abs(change));
            right(amount, 7);
        }
        shares(row.held(), row);
        value(row.name(), row.maxHeld());
        shares(row.maxHeld(), row);
        value(row.name(), row.barrier()).append('|');
        value(row.name(), row.limit()).append("| ");
        value("", failures);
        color(NORMAL);
        text.append('\n');
    }

    private void header(long id) {
        if (text.length() > 0) {
            text.append('\n');
        }
        color(BRIGHT);
        rule();
        String ct = Long.toString(id);
        text.append("CT ").append(ct).append(" ".repeat(Math.max(0, 10 - ct.length())));
        text.append("| HELD").append(options.incremental ? "  +/-  " : "");
        text.append(" Bar% Lim%| MAXH Bar% Lim%| BAR | LIM |")
                .append(options.relative ? '+' : ' ')
                .append("FAIL\n");
        text.append("-------------+-").append(options.incremental ? "-------" : "");
        text.append("--------------+---------------+-----+-----+------");
        color(NORMAL);
        text.append('\n');
    }

    private void rule() {
        text.append("-".repeat(options.incremental ? 71 : 64)).append('\n');
    }

    private void color(String sequence) {
        if (options.color) {
            text.append(sequence);
        }
    }

    private void shares(long part, UbcRow row) {
        text.append(' ');
        right(share(part, row.barrier()), 4).append(' ');
        right(share(part, row.limit()), 4).append('|');
    }

    private StringBuilder value(String name, long value) {
        return right(value == 0 || UbcRow.isUnlimited(value) ? NOTHING : amount(name, value), 5);
    }

    private StringBuilder right(String word, int width) {
        for (int i = word.length(); i < width; i++) {
            text.append(' ');
        }
        return text.append(word);
    }

    /** Three digits and a unit, a blank for none: {@code 1.5M}, {@code 120K}, {@code 17 }. */
    static String amount(String name, long value) {
        double shown = value;
        int unit = 0;
        if (name.endsWith("pages")) {
            shown *= 4;
            unit++;
        }
        while (shown >= 1024) {
            shown /= 1024;
            unit++;
        }
        String digits = shown < 100 ? significant(shown, 3) : Long.toString((long) shown);
        return digits + UNITS.charAt(Math.min(unit, UNITS.length() - 1));
    }

    /** Percent without decimals from 10 on, one digit below; nothing for less than a twentieth of a percent. */
    static String share(long part, long whole) {
        if (whole == 0 || UbcRow.isUnlimited(whole)) {
            return NOTHING;
        }
        double percent = new BigDecimal((double) part / whole * 100)
                .setScale(1, RoundingMode.HALF_EVEN)
                .doubleValue();
        if (percent == 0) {
            return NOTHING;
        }
        return (percent < 10 ? significant(percent, 1) : Long.toString((long) percent)) + "%";
    }

    /** {@code %.Ng} for numbers from 0.05 to 1000. */
    private static String significant(double number, int digits) {
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        return rounded.stripTrailingZeros().toPlainString();
    }

    /** The table; empty if no line was shown. */
    @Override
    public String toString() {
        if (text.length() == 0) {
            return "";
        }
        StringBuilder all = new StringBuilder(text);
        return all.append("-".repeat(options.incremental ? 71 : 64))
                .append('\n')
                .toString();
    }
}
