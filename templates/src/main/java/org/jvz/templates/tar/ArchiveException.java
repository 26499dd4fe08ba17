package org.jvz.templates.tar;

import java.io.IOException;

/**
 * The archive is malformed, truncated or hostile. The message names the entry, where one is known, and the reason; it
 * holds no control characters, whatever the archive's names hold.
 */
public final class ArchiveException extends IOException {
    private static final long serialVersionUID = 1;

    /** Longest name shown: a hostile archive does not get to fill a screen. */
    private static final int SHOWN = 200;

    /** The archive as a whole is bad. */
    public ArchiveException(String reason) {
        super(reason);
    }

    /** The archive cannot even be read, because of {@code cause}. */
    public ArchiveException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** One entry is bad. */
    public ArchiveException(String entry, String reason) {
        super("entry " + shown(entry) + ": " + reason);
    }

    /** {@code name} for a message: shortened, and with {@code ?} for whatever a terminal might take as a command. */
    public static String shown(String name) {
        StringBuilder text = new StringBuilder();
        int end = Math.min(name.length(), SHOWN);
        for (int i = 0; i < end; i++) {
            char c = name.charAt(i);
            text.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return end < name.length() ? text.append("...").toString() : text.toString();
    }
}
