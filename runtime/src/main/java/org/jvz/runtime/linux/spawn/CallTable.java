package org.jvz.runtime.linux.spawn;

import static org.jvz.runtime.linux.spawn.TableLayout.*;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Native;
import org.jvz.runtime.linux.OffHeap;
import org.jvz.runtime.linux.SystemCall;

/** The memory of a list: control block, records, and what their arguments point to. Links records, plants faults, explains failures. */
abstract class CallTable implements AutoCloseable {
    /** No system call has this number on any machine: ENOSYS. */
    private static final long NO_CALL = -1;

    private static final long RUN_NEVER = Long.MIN_VALUE;

    private enum State {
        OPEN,
        SEALED,
        CLOSED
    }

    final OffHeap memory = new OffHeap();
    private final Faults faults;
    private final long control;
    private final List<Call> calls = new ArrayList<>(128);
    private final Set<String> names = new HashSet<>(256);
    private State state = State.OPEN;

    CallTable(Faults faults) {
        this.faults = faults;
        this.control = memory.zeroed(CONTROL_SIZE);
    }

    /** Adds a record. Its name says in messages and to fault injection what it is for, so it is the only one of that name. */
    final Call add(String name, @Nullable Object object, SystemCall call, long... arguments) {
        if (state != State.OPEN) {
            throw new IllegalStateException("list already started: " + name);
        }
        if (!names.add(name)) {
            throw new IllegalArgumentException("two records named " + name);
        }
        long[] six = new long[ARGUMENT_COUNT];
        System.arraycopy(arguments, 0, six, 0, arguments.length);
        long address = memory.zeroed(RECORD_SIZE);
        Call record = new Call(name, object == null ? "" : object.toString(), call, address, six);
        calls.add(record);
        return record;
    }

    /** {@code struct timespec}. */
    final long timespec(long millis) {
        long address = memory.zeroed(16);
        OffHeap.putLong(address, millis / 1000);
        OffHeap.putLong(address + 8, millis % 1000 * 1_000_000);
        return address;
    }

    /** An array of C strings with a terminating NULL. */
    final long strings(List<String> strings) {
        long address = memory.zeroed(8L * (strings.size() + 1));
        for (int i = 0; i < strings.size(); i++) {
            OffHeap.putLong(address + 8L * i, memory.path(strings.get(i)));
        }
        return address;
    }

    /** How many records there are so far. */
    final int size() {
        return calls.size();
    }

    /** Names of the records whose error ends the list, in order: those that a test makes fail in turn. */
    public final List<String> names() {
        List<String> failing = new ArrayList<>();
        for (Call call : calls) {
            if (call.canFail()) {
                failing.add(call.name);
            }
        }
        return failing;
    }

    final Faults faults() {
        return faults;
    }

    final void requireOpen() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("list already freed");
        }
    }

    /** Writes everything to memory; no record can be added any more. Returns the control block. */
    final long seal(long cloneArgs) {
        if (state != State.OPEN) {
            throw new IllegalStateException("a list runs once");
        }
        // A list need not exec: then its child ends here.
        add("end of list", null, SystemCall.EXIT_GROUP, 0);
        state = State.SEALED;
        for (int i = 0; i < calls.size(); i++) {
            write(i);
        }
        OffHeap.putLong(control + CLONE_ARGS, cloneArgs);
        OffHeap.putLong(control + CLONE_ARGS_SIZE, CA_SIZE);
        OffHeap.putLong(control + FIRST_RECORD, calls.get(0).address);
        OffHeap.putLong(control + ALL_SIGNALS, -1);
        return control;
    }

    private void write(int index) {
        Call call = calls.get(index);
        long at = call.address;
        Errno fault = faults.of(call.name);
        call.injected = fault;
        OffHeap.putLong(at + NUMBER, fault == null ? call.call.number(org.jvz.runtime.linux.Arch.host()) : NO_CALL);
        OffHeap.putLong(at + FLAGS, call.flags);
        for (int i = 0; i < ARGUMENT_COUNT; i++) {
            OffHeap.putLong(at + ARGUMENTS + 8L * i, call.arguments[i]);
        }
        OffHeap.putLong(at + EXPECTED, fault == null ? call.expected : expectedWith(fault, call));
        OffHeap.putLong(at + NEXT, addressAt(index + 1));
        OffHeap.putLong(at + BRANCH_TO, addressAt(index + call.skip));
        OffHeap.putLong(at + RESULT, RUN_NEVER);
        OffHeap.putLong(at + EFFECTIVE, NOT_STARTED);
    }

    /** An injected error reaches the stub as ENOSYS, so a record that ignores the injected one has to ignore that. */
    private static long expectedWith(Errno fault, Call call) {
        return call.expected == -fault.number() ? -Errno.ENOSYS.number() : RUN_NEVER;
    }

    private long addressAt(int index) {
        return index < calls.size() ? calls.get(index).address : 0;
    }

    /** Why the list ended before its end; null if it did not. */
    final @Nullable SpawnException failure() {
        long failed = OffHeap.getLong(control + FAILED_RECORD);
        if (failed == 0) {
            return null;
        }
        for (Call call : calls) {
            if (call.address == failed) {
                return failure(call, OffHeap.getLong(control + FAILED_RESULT));
            }
        }
        throw new IllegalStateException("no record at " + Long.toHexString(failed));
    }

    private static SpawnException failure(Call call, long result) {
        if (call.injected != null) {
            return new SpawnException(call.name, call.object, call.injected);
        }
        return result < 0
                ? new SpawnException(call.name, call.object, new Errno((int) -result))
                : new SpawnException(call.name, call.object, "unexpected result " + result);
    }

    /** The last record that was begun. */
    private Call lastStarted() {
        Call last = calls.get(0);
        for (Call call : calls) {
            if (begun(call)) {
                last = call;
            }
        }
        return last;
    }

    /** A failure at the record that the child is in, or was in when it vanished. */
    final SpawnException failureAtLast(String what) {
        Call last = lastStarted();
        return new SpawnException(last.name, last.object, what);
    }

    /** Whether a record was begun. */
    final boolean begun(Call call) {
        return OffHeap.getLong(call.address + EFFECTIVE) != NOT_STARTED;
    }

    /** Whether the child came to its execve, or to the end of a list without one. Otherwise it was killed on its way. */
    final boolean reachedEnd() {
        SystemCall last = lastStarted().call;
        return last == SystemCall.EXECVE || last == SystemCall.EXECVEAT || last == SystemCall.EXIT_GROUP;
    }

    /**
     * Closes what the child opened in the descriptor table it shared with us and did not close, because it failed or because its list does
     * not. (What a child opened that was killed before it could note the number is lost.)
     *
     * @param from number of the child's first record
     */
    final void closeLeftovers(int from) {
        for (Call call : calls.subList(from, calls.size())) {
            if (call.unsharesDescriptors()) {
                return;
            }
            long fd = OffHeap.getLong(call.address + RESULT);
            boolean closed = call.closedBy != null && OffHeap.getLong(call.closedBy.address + RESULT) == 0;
            if (call.opens && fd >= 0 && !closed) {
                Native.owned(fd, call.name).close();
            }
        }
    }

    /** Copies every result to its {@link Call}, which outlives the memory. */
    final void keepResults() {
        for (Call call : calls) {
            call.value = OffHeap.getLong(call.address + RESULT);
        }
    }

    /** Gives the memory up without freeing it: a child that cannot be stopped may still use it. */
    final void abandon() {
        state = State.CLOSED;
    }

    /** Frees the memory of a list that was never started; afterwards its {@link Spawning} does so. */
    @Override
    public void close() {
        if (state == State.OPEN) {
            free();
        }
    }

    final void free() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            memory.close();
        }
    }
}
