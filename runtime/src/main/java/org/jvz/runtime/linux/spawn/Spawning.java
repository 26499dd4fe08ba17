package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Native;
import org.jvz.runtime.linux.OffHeap;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.SystemCall;
import org.jvz.runtime.linux.WaitStatus;

/**
 * A child on its way from clone3 to execve. Closing it before {@link #await} has succeeded kills the child and reaps it, so
 * nothing of a failed start is left. Used by one thread, the one that started it.
 */
public final class Spawning implements AutoCloseable {
    private static final int FUTEX_WAIT = 0;
    /** How long a killed child may take to go; only one that hangs in the kernel takes longer. */
    private static final Duration DYING = Duration.ofSeconds(10);

    private final Linux linux;
    private final CallList list;
    private final int pid;
    private final Fd pidfd;
    private final Duration limit;
    private final @Nullable Fd keeper;
    private boolean released;
    private boolean reaped;
    private boolean done;

    Spawning(Linux linux, CallList list, int pid, Fd pidfd, Duration limit) {
        this(linux, list, pid, pidfd, limit, null);
    }

    private Spawning(Linux linux, CallList list, int pid, Fd pidfd, Duration limit, @Nullable Fd keeper) {
        this.linux = linux;
        this.list = list;
        this.pid = pid;
        this.pidfd = pidfd;
        this.limit = limit;
        this.keeper = keeper;
    }

    /** Of a keeper on its way, what it clones. */
    Spawning ofKeeper() throws IOException {
        try {
            CallList.CloneArgs child = list.child();
            long end = System.nanoTime() + limit.toNanos();
            while (!child.exists()) {
                throwFailure();
                if (awaitLeft(list.first(), Duration.ZERO)) {
                    throwFailure();
                    throw list.failureAtLast("killed");
                }
                if (System.nanoTime() > end) {
                    throw list.failureAtLast("not done after " + limit.toSeconds() + " s");
                }
                awaitChange(child.pid, 0, 1_000_000);
            }
            Fd childPidfd = Native.owned(child.pidfdNumber(), "process " + child.pid());
            return new Spawning(linux, list, child.pid(), childPidfd, limit, pidfd);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The child's pid; with a nested clone, the old child's. */
    public int pid() {
        return pid;
    }

    /** The same child as a pidfd, closed by this object unless {@link #await} hands it on. */
    public Fd pidfd() {
        return pidfd;
    }

    /**
     * Why the child has already failed; null if it has not. A step of the parent that fails while the child waits at the gate (its
     * /proc directory is empty, say) may only be the consequence of this.
     */
    public @Nullable SpawnException failure() {
        return done ? null : list.failure();
    }

    /** Lets the child pass the gate. */
    public void release() {
        if (!list.hasGate()) {
            throw new IllegalStateException("the list has no gate");
        }
        list.open();
        released = true;
    }

    /**
     * Waits until the child has executed its program (or has come to the end of a list without one).
     *
     * @throws SpawnException if a record failed, the child was killed, or it took too long; nothing is left of it then
     */
    public Spawned await() throws IOException {
        if (list.hasGate() && !released) {
            throw new IllegalStateException("the child still waits at the gate");
        }
        try {
            Spawned spawned = list.nested() == null ? awaitChild() : awaitNested(list.nested());
            list.keepResults();
            list.settleDescriptors(true);
            done = true;
            if (keeper == null) {
                list.free();
            }
            return spawned;
        } finally {
            close();
        }
    }

    private Spawned awaitChild() throws IOException {
        requireLeft(list.child());
        requireEnd();
        return new Spawned(linux, pid, pidfd, keeper == null ? null : new KeptSpawning(linux, list, keeper, limit));
    }

    private Spawned awaitNested(CallList.CloneArgs nested) throws IOException {
        requireLeft(list.first());
        // The old child ends when the new one has left, or because it failed or was killed.
        WaitStatus status = linux.waitFor(pidfd);
        reaped = true;
        throwFailure();
        if (!status.exited()) {
            throw list.failureAtLast(status.toString());
        }
        requireLeft(nested);
        requireEnd();
        pidfd.close();
        int inner = nested.pid();
        return new Spawned(linux, inner, Native.owned(nested.pidfdNumber(), "process " + inner));
    }

    private void requireLeft(CallList.CloneArgs child) throws SpawnException {
        if (!awaitLeft(child, limit)) {
            throw list.failureAtLast("not done after " + limit.toSeconds() + " s");
        }
    }

    private void requireEnd() throws SpawnException {
        throwFailure();
        if (!list.reachedEnd()) {
            throw list.failureAtLast("killed");
        }
    }

    private void throwFailure() throws SpawnException {
        SpawnException failure = list.failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether the child left our memory within the time; the kernel clears the word at execve and at exit (CLONE_CHILD_CLEARTID). */
    static boolean awaitLeft(CallList.CloneArgs child, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (OffHeap.getInt(child.tid) != 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            awaitChange(child.tid, 1, left);
        }
        return true;
    }

    /** Waits while a word is as expected, or for less: woken, timed out, interrupted or too late, the word decides. */
    private static void awaitChange(long word, int expected, long nanos) {
        try (OffHeap memory = new OffHeap()) {
            long timeout = memory.zeroed(16);
            OffHeap.putLong(timeout, nanos / 1_000_000_000);
            OffHeap.putLong(timeout + 8, nanos % 1_000_000_000);
            // Not FUTEX_PRIVATE: the kernel wakes with a shared key.
            Native.call(SystemCall.FUTEX, word, FUTEX_WAIT, expected, timeout);
        }
    }

    /** Ends and reaps what is left of a start that did not succeed. After success, does nothing. */
    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        done = true;
        boolean gone;
        if (keeper == null) {
            gone = end(linux, list.first(), pidfd, !reaped);
        } else {
            // The keeper's end leaves its child to the host's init, which reaps it.
            gone = end(linux, list.first(), keeper, true) && endOrphan();
        }
        CallList.CloneArgs nested = list.nested();
        if (nested != null && nested.exists()) {
            gone &= end(linux, nested, Native.owned(nested.pidfdNumber(), "nested child of " + pid), true);
        }
        if (gone) {
            list.settleDescriptors(false);
            list.free();
        } else {
            // A child that even SIGKILL does not move (frozen, or stuck in the kernel) may wake up one day and go on in
            // this memory.
            list.abandon();
        }
    }

    private boolean endOrphan() throws IOException {
        try (pidfd) {
            kill(linux, pidfd);
            return awaitLeft(list.child(), DYING) && linux.awaitEnd(pidfd, (int) DYING.toMillis());
        }
    }

    /**
     * Kills and reaps one child, closes its pidfd.
     *
     * @param exists false if it was reaped already
     * @return whether it has left our memory
     */
    static boolean end(Linux linux, CallList.CloneArgs child, Fd childPidfd, boolean exists) throws IOException {
        try (childPidfd) {
            if (exists) {
                kill(linux, childPidfd);
            }
            boolean left = awaitLeft(child, DYING);
            if (left && exists && linux.awaitEnd(childPidfd, (int) DYING.toMillis())) {
                linux.waitFor(childPidfd);
            }
            return left;
        }
    }

    private static void kill(Linux linux, Fd childPidfd) throws SyscallException {
        try {
            linux.signal(childPidfd, Signal.KILL);
        } catch (SyscallException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }
}
