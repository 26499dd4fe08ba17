package org.jvz.cli;

/** The command line is wrong. The message is complete and is printed as it is. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitStatus;
    private final String text;

    UsageException(int exitStatus, String message) {
        // Caught a few frames up, never shown: a stack trace would only cost time.
        super(message, null, false, false);
        this.exitStatus = exitStatus;
        this.text = message;
    }

    /** The message. */
    String text() {
        return text;
    }

    int exitStatus() {
        return exitStatus;
    }
}
