package org.jvz.runtime.undo;

import java.util.List;

/**
 * How to take one step on the host back, as data: a kind known to the {@link UndoHandlers} and its arguments (paths,
 * ids). Data and not code, because the process that made the step may be killed and the next one has to undo it.
 *
 * @param kind one lower-case word, for example {@code umount}
 * @param args at least one argument; any text
 */
public record UndoStep(String kind, List<String> args) {
    public UndoStep {
        if (kind.isEmpty() || args.isEmpty()) {
            throw new IllegalArgumentException("undo step without kind or argument: " + kind + args);
        }
        args = List.copyOf(args);
    }

    /** An undo step with the given arguments. */
    public static UndoStep of(String kind, String... args) {
        return new UndoStep(kind, List.of(args));
    }

    /** One journal line, without its end: kind and arguments separated by tabs; tab, newline and backslash escaped. */
    String toLine() {
        StringBuilder line = new StringBuilder(kind);
        for (String arg : args) {
            line.append('\t');
            for (int i = 0; i < arg.length(); i++) {
                char c = arg.charAt(i);
                switch (c) {
                    case '\\' -> line.append("\\\\");
                    case '\t' -> line.append("\\t");
                    case '\n' -> line.append("\\n");
                    default -> line.append(c);
                }
            }
        }
        return line.toString();
    }

    /** The inverse of {@link #toLine()}. */
    static UndoStep fromLine(String line) {
        java.util.ArrayList<String> words = new java.util.ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\t') {
                words.add(word.toString());
                word.setLength(0);
            } else if (c == '\\' && i + 1 < line.length()) {
                char next = line.charAt(++i);
                word.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        return new UndoStep(words.get(0), words.subList(1, words.size()));
    }
}
