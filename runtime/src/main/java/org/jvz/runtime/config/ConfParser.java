package org.jvz.runtime.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits a file into {@link ConfLine}s by the shell's rules for an assignment: {@code "…"} with its four escapes,
 * {@code '…'}, backslashes, unquoted text, and any of them in a row. Nothing is expanded. What is no assignment is kept
 * and, unless empty or a comment, warned about.
 */
final class ConfParser {

    private final Path file;
    private final String text;
    private final List<ConfLine> lines = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int at;
    private int lineNumber = 1;
    private int lineStart;
    private final Map<String, Integer> firstLineOfKey = new HashMap<>();

    /** @param text the file, one character per byte */
    ConfParser(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    List<ConfLine> lines() {
        return lines;
    }

    List<String> warnings() {
        return warnings;
    }

    ConfParser run() throws BadConfException {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new BadConfException(file, 1 + newlines(0, nul), "a zero byte: this is not a text file");
        }
        while (at < text.length()) {
            lineStart = at;
            lines.add(line());
            lineNumber += newlines(lineStart, at);
        }
        return this;
    }

    private ConfLine line() throws BadConfException {
        int start = lineStart;
        int number = lineNumber;
        skipBlanks();
        if (text.startsWith("export", at) && at + 6 < text.length() && isBlank(text.charAt(at + 6))) {
            at += 6;
            skipBlanks();
        }
        @Nullable String key = key();
        if (key == null) {
            at = start;
            skipBlanks();
            boolean silent = atLineEnd() || text.charAt(at) == '#';
            endOfLine();
            if (!silent) {
                warn(number, "not of the form KEY=\"value\", ignored");
            }
            return ConfLine.opaque(text.substring(start, at), number);
        }
        int valueStart = at;
        String value = value(key, number);
        int valueEnd = at;
        tail(key);
        noteDuplicate(key, number);
        return new ConfLine(text.substring(start, at), number, key, value, valueStart - start, valueEnd - start);
    }

    /** The key before an equals sign, leaving the position after the sign; null if there is none. */
    private @Nullable String key() {
        int start = at;
        int end = start;
        while (end < text.length() && ConfQuoting.isNameChar(text.charAt(end))) {
            end++;
        }
        if (end == text.length() || text.charAt(end) != '=') {
            return null;
        }
        String name = text.substring(start, end);
        if (!ConfQuoting.isName(name)) {
            return null;
        }
        at = end + 1;
        return name;
    }

    private String value(String key, int number) throws BadConfException {
        StringBuilder out = new StringBuilder();
        boolean expansion = false;
        while (!atLineEnd() && !endsWord(text.charAt(at))) {
            char c = text.charAt(at);
            switch (c) {
                case '"' -> expansion |= doubleQuoted(key, number, out);
                case '\'' -> singleQuoted(key, number, out);
                case '\\' -> escaped(out);
                default -> {
                    expansion |= isExpansion(c);
                    out.append(c);
                    at++;
                }
            }
        }
        if (expansion) {
            warn(number, key + ": variables other than $VEID and commands are taken literally");
        }
        return out.toString();
    }

    /** Whether the character at the position begins something that a shell would replace and jvz does not. */
    private boolean isExpansion(char c) {
        return c == '`' || (c == '$' && ConfQuoting.veidAt(text, at) == 0);
    }

    private boolean doubleQuoted(String key, int number, StringBuilder out) throws BadConfException {
        boolean expansion = false;
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return expansion;
            }
            if (c == '\\' && at + 1 < text.length() && "$`\"\\\n".indexOf(text.charAt(at + 1)) >= 0) {
                escaped(out);
                continue;
            }
            expansion |= isExpansion(c);
            out.append(c);
            at++;
        }
        throw unterminated("double", key, number);
    }

    private void singleQuoted(String key, int number, StringBuilder out) throws BadConfException {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
            throw unterminated("single", key, number);
        }
        out.append(text, at + 1, end);
        at = end + 1;
    }

    private BadConfException unterminated(String kind, String key, int number) {
        return new BadConfException(file, number, "the " + kind + " quote in the value of " + key + " is not closed");
    }

    /** A backslash and what follows it; before a line end both vanish. */
    private void escaped(StringBuilder out) {
        at++;
        if (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\n') {
                out.append(c);
            }
        }
    }

    /** What follows the value on its line. */
    private void tail(String key) {
        int number = lineNumber + newlines(lineStart, at);
        int start = at;
        skipBlanks();
        if (!atLineEnd() && text.charAt(at) == ';') {
            at++;
            skipBlanks();
        }
        // A hash mark right behind the value would have been part of it.
        boolean silent = atLineEnd() || (text.charAt(at) == '#' && at > start);
        endOfLine();
        if (!silent) {
            warn(number, "text after the value of " + key + ", ignored");
        }
    }

    private void endOfLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
    }

    private void noteDuplicate(String key, int number) {
        @Nullable Integer first = firstLineOfKey.putIfAbsent(key, number);
        if (first != null) {
            warn(number, key + " is set again, the value in line " + first + " counts");
        }
    }

    private void warn(int number, String what) {
        warnings.add(file + ", line " + number + ": " + what);
    }

    private int newlines(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == '\n') {
                count++;
            }
        }
        return count;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private boolean atLineEnd() {
        if (at >= text.length() || text.charAt(at) == '\n') {
            return true;
        }
        return text.charAt(at) == '\r' && (at + 1 == text.length() || text.charAt(at + 1) == '\n');
    }

    private static boolean endsWord(char c) {
        return isBlank(c) || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '<' || c == '>';
    }
}
