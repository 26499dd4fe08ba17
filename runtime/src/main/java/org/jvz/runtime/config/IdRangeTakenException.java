package org.jvz.runtime.config;

import java.io.IOException;

/** A range of ids that another VE has. */
public final class IdRangeTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    IdRangeTakenException(IdMap wanted, String owner) {
        super("Some of the ids from " + wanted.uid() + " belong to " + owner);
    }
}
