package org.jvz.runtime.ve;

import org.jvz.runtime.cgroup.Beancounter;

/**
 * The files of beancounters in the form that OpenVZ's kernel gave them (vzctl's contract, section 10): {@code
 * /proc/user_beancounters} with its dummies, for readers that count lines, and {@code /proc/bc}, which has swappages instead.
 */
final class BeancounterText {
    /** Columns of a row: held, maxheld, barrier, limit, failcnt. */
    static final int COLUMNS = 5;

    private static final String VERSION = "Version: 2.5\n";
    private static final int ID_WIDTH = 10;
    private static final int NAME_WIDTH = 12;
    private static final int NUMBER_WIDTH = 20;
    private static final String[] HEADER = {"held", "maxheld", "barrier", "limit", "failcnt"};

    private final StringBuilder text;

    /** @param size about how many characters it will be */
    BeancounterText(int size) {
        text = new StringBuilder(size);
    }

    /** The two lines before the first VE. */
    BeancounterText header() {
        text.append(VERSION);
        right("uid", ID_WIDTH).append("  ");
        left("resource");
        for (String column : HEADER) {
            text.append(' ');
            right(column, NUMBER_WIDTH);
        }
        text.append('\n');
        return this;
    }

    /**
     * A VE as /proc/user_beancounters shows it.
     *
     * @param numbers of all beancounters in their order, {@link #COLUMNS} each
     */
    BeancounterText old(long id, long[][] numbers) {
        String first = id + ":";
        Beancounter[] all = Beancounter.values();
        for (int i = 0; i < all.length; i++) {
            switch (all[i]) {
                case NUMPROC -> dummy(1);
                case NUMIPTENT -> dummy(3);
                default -> {}
            }
            if (all[i] != Beancounter.SWAPPAGES) {
                row(first, all[i].text(), numbers[i]);
                first = "";
            }
        }
        return this;
    }

    private void dummy(int count) {
        for (int i = 0; i < count; i++) {
            row("", "dummy", new long[COLUMNS]);
        }
    }

    /** A VE as /proc/bc/resources shows it. */
    BeancounterText all(long id, long[][] numbers) {
        rows(id + ":", numbers);
        return this;
    }

    /** A VE as /proc/bc/ID/resources shows it: without its id. */
    BeancounterText own(long[][] numbers) {
        rows("", numbers);
        return this;
    }

    private void rows(String id, long[][] numbers) {
        Beancounter[] all = Beancounter.values();
        for (int i = 0; i < all.length; i++) {
            row(i == 0 ? id : "", all[i].text(), numbers[i]);
        }
    }

    /** {@code %10s%c %-12s} and five {@code %20lu}; the character is the colon behind the id. */
    private void row(String id, String name, long[] numbers) {
        if (id.isEmpty()) {
            text.append("            ");
        } else {
            right(id, ID_WIDTH + 1).append(' ');
        }
        left(name);
        for (long number : numbers) {
            text.append(' ');
            right(Long.toString(number), NUMBER_WIDTH);
        }
        text.append('\n');
    }

    private void left(String name) {
        text.append(name);
        for (int i = name.length(); i < NAME_WIDTH; i++) {
            text.append(' ');
        }
    }

    private StringBuilder right(String word, int width) {
        for (int i = word.length(); i < width; i++) {
            text.append(' ');
        }
        return text.append(word);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
