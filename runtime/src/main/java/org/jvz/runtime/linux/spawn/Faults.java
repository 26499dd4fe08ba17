package org.jvz.runtime.linux.spawn;

import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** Decides which records of a list fail without being tried. Production lists use {@link #NONE}; tests make each record fail in turn. */
@FunctionalInterface
public interface Faults {
    /** A class and not a lambda: every command has a host that knows it, and the first lambda costs milliseconds. */
    Faults NONE = new Faults() {
        @Override
        public @Nullable Errno of(String record) {
            return null;
        }
    };

    /** The error that the record of this name shall end with; null to run it. */
    @Nullable
    Errno of(String record);

    /** Makes the record of that name fail with {@code errno}. */
    static Faults failing(String name, Errno errno) {
        return record -> record.equals(name) ? errno : null;
    }
}
