package org.jvz.runtime.linux.spawn;

import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.SystemCall;

/** One record of a {@link CallList}. Without more, any error of it ends the list. */
public final class Call {
    final String name;
    final String object;
    final SystemCall call;
    final long address;
    final long[] arguments;
    int flags;
    long expected;
    /** How many records further a branch goes on. */
    int skip = 1;

    @Nullable
    Errno injected;

    /** Whether the result is a new descriptor. */
    boolean opens;

    /** The record that closes that descriptor. */
    @Nullable
    Call closedBy;

    long value;

    Call(String name, String object, SystemCall call, long address, long[] arguments) {
        this.name = name;
        this.object = object;
        this.call = call;
        this.address = address;
        this.arguments = arguments;
    }

    /** Goes on after any error. */
    public Call ignoringErrors() {
        flags |= TableLayout.IGNORE;
        return this;
    }

    /** Goes on after this error, e.g. EEXIST of a mkdirat. */
    public Call ignoring(Errno errno) {
        return branchOn(-errno.number(), 1);
    }

    /** The result, as the descriptor argument of a later record. */
    public FdSource result() {
        return new FdSource(address + TableLayout.RESULT, TableLayout.LONG_AT, this);
    }

    /** The result as a number, once {@link Spawning#await} has returned; meaningless for a record that was not reached. */
    public long value() {
        return value;
    }

    /** Says that the result is a new descriptor. */
    Call opening() {
        opens = true;
        return this;
    }

    /** Takes argument {@code index} from {@code source}. */
    Call fd(int index, FdSource source) {
        arguments[index] = source.value;
        flags |= source.indirection << index;
        return this;
    }

    /** With {@code result}, goes on {@code skip} records further. */
    Call branchOn(long result, int skip) {
        flags |= TableLayout.BRANCH;
        expected = result;
        this.skip = skip;
        return this;
    }

    /** Fails with any other result. */
    Call mustBe(long result) {
        branchOn(result, 1);
        flags |= TableLayout.MUST_BRANCH;
        return this;
    }

    /** Whether the child's descriptors are its own from here on. */
    boolean unsharesDescriptors() {
        return (call == SystemCall.UNSHARE && (arguments[0] & CloneFlag.FILES.bit()) != 0)
                || (call == SystemCall.CLOSE_RANGE && arguments[2] != 0);
    }

    /** Whether there is an error of this record that ends the list. */
    boolean canFail() {
        return (flags & TableLayout.IGNORE) == 0;
    }
}
