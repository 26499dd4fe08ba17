package org.jvz.runtime.cgroup;

import java.io.IOException;

/**
 * A limit that could not be set. The message begins with the key and names file, value and errno; what was set before it
 * has been put back, and what could not be put back is among the suppressed exceptions.
 */
public final class LimitException extends IOException {
    private static final long serialVersionUID = 1;

    private final String key;

    LimitException(String key, String reason) {
        super(key + ": " + reason);
        this.key = key;
    }

    LimitException(String key, String hint, IOException cause) {
        super(key + ": " + cause.getMessage() + hint, cause);
        this.key = key;
    }

    /** The key of CTID.conf whose value was refused. */
    public String key() {
        return key;
    }
}
