package org.jvz.runtime.config;

/**
 * An option of {@code vzctl set} and {@code vzctl create} that changes a key. All of them take one argument.
 *
 * @param name without dashes
 * @param letter the one-letter form, or 0 if there is none
 * @param argument what to show for the argument in a usage text
 * @param role what it does
 * @param key the key it changes
 */
public record ConfOption(String name, char letter, String argument, Role role, ConfKey<?> key) {

    /** What an option does to its key. */
    public enum Role {
        /** Sets it. */
        SET,
        /** Adds to a list. */
        ADD,
        /** Removes from a list; {@code all} removes everything. */
        REMOVE,
        /** Sets one attribute of a network interface, or chooses the interface. */
        ATTRIBUTE
    }

    /** Reads {@code name[,letter][ argument]}, with {@code +}, {@code -} or {@code .} before it for the other roles. */
    static ConfOption of(String spec, ConfKey<?> key) {
        Role role =
                switch (spec.charAt(0)) {
                    case '+' -> Role.ADD;
                    case '-' -> Role.REMOVE;
                    case '.' -> Role.ATTRIBUTE;
                    default -> Role.SET;
                };
        int start = role == Role.SET ? 0 : 1;
        int blank = spec.indexOf(' ');
        int end = blank < 0 ? spec.length() : blank;
        int comma = spec.lastIndexOf(',', end - 1);
        char letter = comma < 0 ? 0 : spec.charAt(comma + 1);
        return new ConfOption(
                spec.substring(start, comma < 0 ? end : comma),
                letter,
                blank < 0 ? "VALUE" : spec.substring(blank + 1),
                role,
                key);
    }
}
