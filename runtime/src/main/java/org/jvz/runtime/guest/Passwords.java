package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/** Edits of /etc/shadow and /etc/passwd, shadow(5), passwd(5). */
final class Passwords {
    private Passwords() {}

    /**
     * Locks root's account against an empty password. The new field is {@code *}, which no password matches; {@code !}
     * would also make sshd without PAM refuse root's keys.
     */
    static String lockEmptyRoot(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : Lines.of(text)) {
            boolean empty = line.startsWith("root::") || line.equals("root:");
            lines.add(empty ? "root:*" + line.substring(5) : line);
        }
        return Lines.join(lines);
    }
}
