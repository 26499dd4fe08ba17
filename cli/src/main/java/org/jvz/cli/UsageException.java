package org.jvz.cli;

/** The command line is wrong. The message is complete and is printed as it is. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitStatus;
    private final String text;
    private final String hint;

    UsageException(int exitStatus, String message) {
        this(exitStatus, message, "");
    }

    /** @param hint a line for people, empty for none */
    UsageException(int exitStatus, String message, String hint) {
        // Caught a few frames up, never shown: a stack trace would only cost time.
        super(message, null, false, false);
        this.exitStatus = exitStatus;
        this.text = message;
        this.hint = hint;
    }

    /** The message. */
    String text() {
        return text;
    }

    /** What may have been meant: a line that only people get, empty for none. */
    String hint() {
        return hint;
    }

    int exitStatus() {
        return exitStatus;
    }
}
