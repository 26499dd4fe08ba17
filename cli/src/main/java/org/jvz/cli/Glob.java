package org.jvz.cli;

/**
 * Shell patterns as {@code fnmatch(3)} matches them without flags: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a-z]} and
 * {@code \} before a character to be taken literally. Never backtracks over more than one {@code *}, so that no pattern is
 * slow.
 */
final class Glob {
    private final String pattern;

    Glob(String pattern) {
        this.pattern = pattern;
    }

    /** Whether the whole text fits the pattern. */
    boolean matches(String text) {
        int p = 0;
        int t = 0;
        int starPattern = -1;
        int starText = -1;
        while (t < text.length()) {
            int next = p < pattern.length() && pattern.charAt(p) != '*' ? matchOne(p, text.charAt(t)) : -1;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                starPattern = ++p;
                starText = t;
            } else if (next > 0) {
                p = next;
                t++;
            } else if (starPattern >= 0) {
                // Let the last star take one more character.
                p = starPattern;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** The index behind the pattern element at {@code p} if it matches the character, else -1. */
    private int matchOne(int p, char c) {
        char element = pattern.charAt(p);
        if (element == '?') {
            return p + 1;
        }
        if (element == '[') {
            int end = setEnd(p);
            if (end > 0) {
                return inSet(p + 1, end, c) ? end + 1 : -1;
            }
        }
        if (element == '\\' && p + 1 < pattern.length()) {
            return pattern.charAt(p + 1) == c ? p + 2 : -1;
        }
        return element == c ? p + 1 : -1;
    }

    /** Where the set that opens at {@code p} closes, or -1 if it does not and the bracket is an ordinary character. */
    private int setEnd(int p) {
        int i = p + 1;
        if (i < pattern.length() && (pattern.charAt(i) == '!' || pattern.charAt(i) == '^')) {
            i++;
        }
        // A closing bracket right at the beginning stands for itself.
        return pattern.indexOf(']', i + 1);
    }

    private boolean inSet(int from, int end, char c) {
        int i = from;
        boolean negated = pattern.charAt(i) == '!' || pattern.charAt(i) == '^';
        if (negated) {
            i++;
        }
        boolean found = false;
        while (i < end) {
            char low = pattern.charAt(i);
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                found |= low <= c && c <= pattern.charAt(i + 2);
                i += 3;
            } else {
                found |= low == c;
                i++;
            }
        }
        return found != negated;
    }
}
