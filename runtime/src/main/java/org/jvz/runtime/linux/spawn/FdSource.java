package org.jvz.runtime.linux.spawn;

import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;

/** Where a record takes a descriptor from: known when the list is made, filled in later ({@link Slot}), or an earlier record's result. */
public final class FdSource {
    /** The working directory of the child ({@code AT_FDCWD}). */
    public static final FdSource CWD = of(Fd.CWD);

    final long value;
    final int indirection;

    /** The record that opens it; null if none does. */
    final @Nullable Call origin;

    FdSource(long value, int indirection, @Nullable Call origin) {
        this.value = value;
        this.indirection = indirection;
        this.origin = origin;
    }

    /** A descriptor that is open now and stays open until the list has run. */
    public static FdSource of(Fd fd) {
        return new FdSource(fd.number(), 0, null);
    }
}
