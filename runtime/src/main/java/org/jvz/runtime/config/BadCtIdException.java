package org.jvz.runtime.config;

/** A word that is neither the id nor the name of a VE. */
public final class BadCtIdException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String text;

    /** The word as it was given. */
    public BadCtIdException(String text) {
        this(text, "Bad CT ID " + text);
    }

    /** The word as it was given, with another message. */
    BadCtIdException(String text, String message) {
        super(message);
        this.text = text;
    }

    /** The word as it was given. */
    public String text() {
        return text;
    }
}
