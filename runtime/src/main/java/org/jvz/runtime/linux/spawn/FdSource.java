package org.jvz.runtime.linux.spawn;

import org.jvz.runtime.linux.Fd;

/** Where a record takes a descriptor from: known when the list is made, filled in later ({@link Slot}), or an earlier record's result. */
public final class FdSource {
    /** The working directory of the child ({@code AT_FDCWD}). */
    public static final FdSource CWD = of(Fd.CWD);

    final long value;
    final int indirection;

    FdSource(long value, int indirection) {
        this.value = value;
        this.indirection = indirection;
    }

    /** A descriptor that is open now and stays open until the list has run. */
    public static FdSource of(Fd fd) {
        return new FdSource(fd.number(), 0);
    }
}
