package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** A list that did not reach its end. The message names the record, its object and the cause: {@code mount proc on proc: EPERM (Operation not permitted)}. */
public final class SpawnException extends IOException {
    private static final long serialVersionUID = 1;

    private final String record;
    private final String object;
    private final int errno;

    SpawnException(String record, String object, Errno errno) {
        this(record, object, errno.number(), errno + " (" + errno.text() + ")");
    }

    /** A failure that is not an error of the record: killed, stuck. */
    SpawnException(String record, String object, String what) {
        this(record, object, 0, what);
    }

    private SpawnException(String record, String object, int errno, String what) {
        super(record + (object.isEmpty() ? "" : " on " + object) + ": " + what);
        this.record = record;
        this.object = object;
        this.errno = errno;
    }

    /** The record's name, as given to the list's builder. */
    public String record() {
        return record;
    }

    /** What the record acted on; may be empty. */
    public String object() {
        return object;
    }

    /** The record's error; null if the child was killed or did not get on. */
    public @Nullable Errno errno() {
        return errno == 0 ? null : new Errno(errno);
    }

    /** Whether the record failed with {@code other}. */
    public boolean is(Errno other) {
        return errno == other.number();
    }
}
