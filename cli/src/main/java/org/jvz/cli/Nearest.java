package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;

/** Finds what somebody may have meant: known words that differ from theirs in a letter or two. */
final class Nearest {
    private Nearest() {}

    /**
     * The line that asks for it, such as {@code Did you mean status?}; empty if no word is near.
     *
     * @param word what was typed
     * @param known all that could have been typed
     * @param prefix put before each word
     */
    static String hint(String word, List<String> known, String prefix) {
        int best = 1 + Math.min(2, word.length() / 3);
        List<String> nearest = new ArrayList<>();
        for (String each : known) {
            int distance = distance(word, each);
            if (distance < best) {
                best = distance;
                nearest.clear();
            }
            if (distance == best && distance <= Math.min(2, word.length() / 3) && !nearest.contains(prefix + each)) {
                nearest.add(prefix + each);
            }
        }
        return nearest.isEmpty() || nearest.size() > 3 ? "" : "Did you mean " + String.join(" or ", nearest) + "?";
    }

    /** How many letters to insert, drop, replace or swap with their neighbour. */
    static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int least = Math.min(steps[i - 1][j], steps[i][j - 1]) + 1;
                least = Math.min(least, steps[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                steps[i][j] = swapped ? Math.min(least, steps[i - 2][j - 2] + 1) : least;
            }
        }
        return steps[from.length()][to.length()];
    }
}
