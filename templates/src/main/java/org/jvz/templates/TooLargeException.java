package org.jvz.templates;

import java.io.IOException;

/** An archive does not fit: into the space left, or under a limit of {@link ImportLimits}. */
final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(String reason) {
        super(reason);
    }
}
