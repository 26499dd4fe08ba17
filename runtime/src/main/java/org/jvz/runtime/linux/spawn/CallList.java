package org.jvz.runtime.linux.spawn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Flag;
import org.jvz.runtime.linux.OffHeap;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SystemCall;

/**
 * The system calls that a child makes between clone3 and execve, one record each, made in order by {@link Spawner#start}. Every record
 * has a name of its own, used in messages ("mount proc on proc: EPERM") and for fault injection, and a failing one ends the
 * child; see {@link Call#ignoring}.
 *
 * <p>Until its execve the child shares the JVM's memory. So first the cgroup, then the namespaces, then whatever is left, and nothing after
 * the point where others could see the child but giving up rights and the execve. Not thread-safe; runs once.
 */
public final class CallList extends ProcessRecords {
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int SIG_SETMASK = 2;
    private static final int SIGNALS = 64;
    private static final int SIGSET_SIZE = 8;
    private static final int KERNEL_SIGACTION_SIZE = 32;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_CLOEXEC = 02000000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int SIGCHLD = Signal.CHLD.number();
    private static final int STACK_SIZE = 1024;

    private final CloneArgs first = new CloneArgs();
    private @Nullable CloneArgs nested;
    private @Nullable Keeping keeping;
    private long go;
    private boolean sharesDescriptors;
    private boolean handsDescriptorsOver;

    public CallList() {
        this(Faults.NONE);
    }

    /** A list for tests: {@code faults} says which records fail. */
    public CallList(Faults faults) {
        super(faults);
    }

    /** {@code struct clone_args} and the words that the kernel writes for it. */
    final class CloneArgs {
        /** 1 until the child has left this memory, by execve or by ending: then the kernel writes 0 and wakes the futex. */
        final long tid = memory.zeroed(8);

        final long pidfd = memory.zeroed(8);
        final long pid = memory.zeroed(8);
        final long struct = memory.zeroed(TableLayout.CA_SIZE);

        CloneArgs() {
            OffHeap.putInt(tid, 1);
        }

        /** Whether there is, or was, a child. The pidfd alone does not prove it: a clone that fails late leaves a number behind. */
        boolean exists() {
            return pid() > 0;
        }

        /** The child's pid in the PID namespace of the one who cloned; written before the child ran. */
        int pid() {
            return OffHeap.getInt(pid);
        }

        int pidfdNumber() {
            return OffHeap.getInt(pidfd);
        }

        void fill(long flags, int exitSignal, @Nullable Fd cgroup) {
            OffHeap.putLong(struct + TableLayout.CA_FLAGS, flags | (cgroup == null ? 0 : CloneFlag.INTO_CGROUP.bit()));
            OffHeap.putLong(struct + TableLayout.CA_PIDFD, pidfd);
            OffHeap.putLong(struct + TableLayout.CA_CHILD_TID, tid);
            OffHeap.putLong(struct + TableLayout.CA_PARENT_TID, pid);
            OffHeap.putLong(struct + TableLayout.CA_EXIT_SIGNAL, exitSignal);
            // The stub needs no stack, but with CLONE_VM two processes must not share one.
            OffHeap.putLong(struct + TableLayout.CA_STACK, memory.zeroed(STACK_SIZE));
            OffHeap.putLong(struct + TableLayout.CA_STACK_SIZE, STACK_SIZE);
            OffHeap.putLong(struct + TableLayout.CA_CGROUP, cgroup == null ? 0 : cgroup.number());
        }
    }

    /**
     * The child waits here until {@link Spawning#release}, at most {@code limit}; ETIMEDOUT then. It dies with the thread that started it
     * (kill -9 of the JVM included), here and up to its execve or the first change of its user id. Until here it shares the JVM's
     * descriptors, so that the parent can hand it some through {@link #slot}; from here on it has a copy.
     */
    public void gate(Duration limit) {
        if (go != 0 || nested != null) {
            throw new IllegalStateException("a list has one gate, or nests");
        }
        go = memory.zeroed(8);
        sharesDescriptors = true;
        add("die with parent", null, SystemCall.PRCTL, PR_SET_PDEATHSIG, Signal.KILL.number());
        add("wait for parent", null, SystemCall.FUTEX, go, FUTEX_WAIT, 0, timespec(limit.toMillis()))
                .ignoringErrors();
        // Whatever woke us: EAGAIN alone proves that the parent has set the word.
        add("see parent's go", null, SystemCall.FUTEX, go, FUTEX_WAIT, 0, timespec(0))
                .mustBe(-Errno.EAGAIN.number());
        add("own descriptors after gate", null, SystemCall.UNSHARE, CloneFlag.FILES.bit());
    }

    /**
     * Gives the child another parent than the JVM, which outlives it: a keeper, which clones the child, waits until {@link Spawned#keep}
     * and then executes a program, as the child's parent still. Until then it dies with the thread that started it, and the child with
     * it. The first thing to be said of a list.
     *
     * @param namespaces the same as {@link Spawner#start} gets
     */
    public void keptBy(KeeperProgram program, Set<CloneFlag> namespaces) {
        if (size() != 0) {
            throw new IllegalStateException("a keeper comes first");
        }
        sharesDescriptors = true;
        keeping = new Keeping(this, new CloneArgs(), program, Flag.text(namespaces));
    }

    @Nullable
    Keeping keeping() {
        return keeping;
    }

    /** The clone that made the process the list is for. */
    CloneArgs child() {
        return keeping == null ? first : keeping.child();
    }

    /** A descriptor that the parent fills in before it releases the child. */
    public Slot slot() {
        return new Slot(this, memory.zeroed(8));
    }

    /**
     * Shares the JVM's descriptors with the child to the end: what a record opens is then the JVM's ({@link Call#value} of the record is
     * its number) if the list succeeds. For lists without stdio and exec.
     */
    public void shareDescriptors() {
        sharesDescriptors = true;
        handsDescriptorsOver = true;
    }

    /** Called once the child has left our memory. */
    void settleDescriptors(boolean success) {
        if (sharesDescriptors && !(success && handsDescriptorsOver)) {
            closeLeftovers(keeping == null ? 0 : keeping.records());
        }
    }

    /**
     * Clones once more; the records that follow are made by the new child, a child of the JVM, and the old one ends. That is how a
     * process gets into an existing PID namespace: setns(2) moves only later children. The old child is held until the new
     * one has left this memory, so the kernel never picks the new one (and, with it, the JVM) when the VE's memory runs out.
     *
     * @param cgroup a directory of the v2 hierarchy to start in; null for the parent's
     */
    public void nested(String name, Set<CloneFlag> namespaces, @Nullable Fd cgroup) {
        if (nested != null || go != 0) {
            throw new IllegalStateException("a list nests once, and has no gate then");
        }
        sharesDescriptors = true;
        CloneArgs args = new CloneArgs();
        long flags = CloneFlag.VM.bit()
                | CloneFlag.VFORK.bit()
                | CloneFlag.PARENT.bit()
                | CloneFlag.PIDFD.bit()
                | CloneFlag.CHILD_CLEARTID.bit()
                | CloneFlag.PARENT_SETTID.bit()
                | Flag.mask(namespaces);
        // With CLONE_PARENT the exit signal is the old child's own.
        args.fill(flags, 0, cgroup);
        add(name, Flag.text(namespaces), SystemCall.CLONE3, args.struct, TableLayout.CA_SIZE)
                .branchOn(0, 2);
        nested = args;
        add(name + " (leave)", null, SystemCall.EXIT_GROUP, 0).ignoringErrors();
        add("own descriptors after " + name, null, SystemCall.UNSHARE, CloneFlag.FILES.bit());
    }

    /**
     * Executes {@code path}. Before, closes all descriptors but 0 to 2, gives all signals their default action and unblocks them.
     *
     * @param environment entries {@code NAME=VALUE}
     */
    public void exec(String name, String path, List<String> argv, List<String> environment) {
        execFirst(name, List.of(path), argv, environment);
    }

    /** As {@link #exec}, of the first of {@code paths} that exists (not ENOENT). Its records are named NAME PATH if there are several. */
    public void execFirst(String name, List<String> paths, List<String> argv, List<String> environment) {
        prepareExec(3);
        long arguments = strings(argv);
        long variables = strings(environment);
        for (int i = 0; i < paths.size(); i++) {
            String path = paths.get(i);
            String record = paths.size() == 1 ? name : name + " " + path;
            Call exec = add(record, path, SystemCall.EXECVE, memory.path(path), arguments, variables);
            if (i < paths.size() - 1) {
                exec.ignoring(Errno.ENOENT);
            }
        }
    }

    /** As {@link #exec}, of an open file, e.g. one of the host that the VE's root does not have. No scripts: the file is closed by then. */
    public void execFd(String name, FdSource file, String object, List<String> argv, List<String> environment) {
        // By way of 4 and up: dup3 refuses to copy 3 to 3.
        Call copy = add("keep program", object, SystemCall.FCNTL, 0, F_DUPFD_CLOEXEC, 4)
                .fd(0, file);
        add("place program", object, SystemCall.DUP3, 0, 3, O_CLOEXEC).fd(0, copy.result());
        prepareExec(4);
        add(name, object, SystemCall.EXECVEAT, 3, memory.path(""), strings(argv), strings(environment), AT_EMPTY_PATH);
    }

    private void prepareExec(int firstToClose) {
        if (go != 0) {
            add("outlive parent", null, SystemCall.PRCTL, PR_SET_PDEATHSIG, 0);
        }
        closeDescriptors("close descriptors for exec", firstToClose);
        // CLONE_CLEAR_SIGHAND leaves ignored signals ignored, and those of nohup and the like would stay so after
        // execve.
        long defaultAction = memory.zeroed(KERNEL_SIGACTION_SIZE);
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (signal != Signal.KILL.number() && signal != Signal.STOP.number()) {
                add("default signal " + signal, null, SystemCall.RT_SIGACTION, signal, defaultAction, 0, SIGSET_SIZE)
                        .ignoringErrors();
            }
        }
        add(
                "unblock signals",
                null,
                SystemCall.RT_SIGPROCMASK,
                SIG_SETMASK,
                memory.zeroed(SIGSET_SIZE),
                0,
                SIGSET_SIZE);
    }

    /** Closes the list; returns the control block for the stub. */
    long seal(Set<CloneFlag> namespaces, @Nullable Fd cgroup) {
        long flags = CloneFlag.VM.bit()
                | CloneFlag.PIDFD.bit()
                | CloneFlag.CHILD_CLEARTID.bit()
                | CloneFlag.PARENT_SETTID.bit()
                | CloneFlag.CLEAR_SIGHAND.bit()
                | (sharesDescriptors ? CloneFlag.FILES.bit() : 0);
        child().fill(flags | Flag.mask(namespaces), SIGCHLD, cgroup);
        if (keeping != null) {
            first.fill(flags, SIGCHLD, null);
        }
        return seal(first.struct);
    }

    CloneArgs first() {
        return first;
    }

    @Nullable
    CloneArgs nested() {
        return nested;
    }

    boolean hasGate() {
        return go != 0;
    }

    /** Lets the child pass the gate. */
    void open() {
        requireOpen();
        // Slots before the word.
        java.lang.invoke.VarHandle.fullFence();
        OffHeap.putInt(go, 1);
        org.jvz.runtime.linux.Native.call(SystemCall.FUTEX, go, FUTEX_WAKE, 1);
    }

    /** Names for a test to make fail, with the clone before the first record. */
    public List<String> allNames() {
        List<String> all = new ArrayList<>();
        all.add(Spawner.CLONE);
        all.addAll(names());
        return all;
    }
}
