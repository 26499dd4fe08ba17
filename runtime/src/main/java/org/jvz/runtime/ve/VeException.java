package org.jvz.runtime.ve;

import org.jspecify.annotations.Nullable;

/**
 * An operation on a VE failed. Carries the {@link VzError} that decides the exit status, and either a message of its own
 * or a {@link #refusal()} for which the front end has words. The reason below is the cause; undo steps that failed as
 * well are suppressed exceptions.
 */
public final class VeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final VzError error;
    private final transient @Nullable VeEvent refusal;

    /** A failure in our own words: {@code message} names what failed and on which object. */
    public VeException(VzError error, String message) {
        this(error, message, null);
    }

    /** A failure in our own words, because of {@code cause}. */
    public VeException(VzError error, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.error = error;
        this.refusal = null;
    }

    /** A failure whose words are part of vzctl's contract. */
    public VeException(VzError error, VeEvent refusal) {
        this(error, refusal, null);
    }

    /** A failure whose words are part of vzctl's contract, because of {@code cause}. */
    public VeException(VzError error, VeEvent refusal, @Nullable Throwable cause) {
        super(refusal.text(), cause);
        this.error = error;
        this.refusal = refusal;
    }

    /** Which failure this is. */
    public VzError error() {
        return error;
    }

    /** The typed reason, or null where {@link #getMessage()} says it in words. */
    public @Nullable VeEvent refusal() {
        return refusal;
    }
}
