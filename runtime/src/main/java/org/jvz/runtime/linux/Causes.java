package org.jvz.runtime.linux;

import java.util.Optional;

/** What a failure came from. */
public final class Causes {
    private Causes() {}

    /** The first of a type among a failure and its causes, from the failure itself downwards. */
    public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
