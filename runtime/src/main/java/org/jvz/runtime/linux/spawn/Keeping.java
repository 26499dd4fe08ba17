package org.jvz.runtime.linux.spawn;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Native;
import org.jvz.runtime.linux.OffHeap;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SystemCall;

/** The records that a keeper makes: the first ones of a list, with the clone of its child, which goes on after them. */
final class Keeping {
    private static final String NAME = "keeper: ";
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int SIG_SETMASK = 2;
    private static final int SIGSET_SIZE = 8;
    private static final int KERNEL_SIGACTION_SIZE = 32;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_DUPFD = 0;
    private static final int O_CLOEXEC = 02000000;
    private static final int AT_EMPTY_PATH = 0x1000;
    /** Where the program is while it is executed; what is above is closed. */
    private static final int PROGRAM = 3;
    /** Descriptors are kept from here on until each has its place below. */
    private static final int ASIDE = 64;

    private final CallList list;
    private final CallList.CloneArgs child;
    private final long go;
    private final Call exec;
    private final int records;

    Keeping(CallList list, CallList.CloneArgs child, KeeperProgram program, String namespaces) {
        this.list = list;
        this.child = child;
        this.go = list.memory.zeroed(8);
        add("die with parent", SystemCall.PRCTL, PR_SET_PDEATHSIG, Signal.KILL.number());
        Call clone = list.add(NAME + "clone child", namespaces, SystemCall.CLONE3, child.struct, TableLayout.CA_SIZE);
        int before = list.size();
        // The kernel has written the pid where the parent waits for it.
        add("tell parent", SystemCall.FUTEX, child.pid, FUTEX_WAKE, 1).ignoringErrors();
        add("wait for parent", SystemCall.FUTEX, go, FUTEX_WAIT, 0, 0).ignoringErrors();
        add("see parent's go", SystemCall.FUTEX, go, FUTEX_WAIT, 0, list.timespec(0))
                .mustBe(-Errno.EAGAIN.number());
        add("outlive parent", SystemCall.PRCTL, PR_SET_PDEATHSIG, 0);
        add("own descriptors", SystemCall.UNSHARE, CloneFlag.FILES.bit());
        this.exec = execute(program);
        clone.branchOn(0, list.size() - before + 1);
        this.records = list.size();
    }

    private Call execute(KeeperProgram program) {
        add("new session", SystemCall.SETSID);
        list.changeDirectory(NAME + "change directory", "/");
        // By way of higher ones: a place may be taken by what is to go to another.
        Call copy =
                add("keep program", SystemCall.FCNTL, 0, F_DUPFD_CLOEXEC, ASIDE).fd(0, FdSource.of(program.file()));
        List<Call> kept = new ArrayList<>();
        kept.add(keep(kept.size(), new FdSource(child.pidfd, TableLayout.INT_AT, null)));
        for (Fd descriptor : program.descriptors()) {
            kept.add(keep(kept.size(), FdSource.of(descriptor)));
        }
        FdSource nothing = list.openAt(NAME + "open /dev/null", FdSource.CWD, "/dev/null", Set.of(OpenFlag.RDWR), 0)
                .result();
        for (int stream = 0; stream < PROGRAM; stream++) {
            add("place stream " + stream, SystemCall.DUP3, 0, stream, 0).fd(0, nothing);
        }
        add("place program", SystemCall.DUP3, 0, PROGRAM, O_CLOEXEC).fd(0, copy.result());
        for (int i = 0; i < kept.size(); i++) {
            add("place descriptor " + i, SystemCall.DUP3, 0, KeeperProgram.CHILD + i, 0)
                    .fd(0, kept.get(i).result());
        }
        list.closeDescriptors(NAME + "close descriptors", KeeperProgram.CHILD + kept.size());
        // Ignored, it would let the kernel reap the child, and nobody would learn how it ended.
        long defaultAction = list.memory.zeroed(KERNEL_SIGACTION_SIZE);
        add(
                "default signal " + Signal.CHLD,
                SystemCall.RT_SIGACTION,
                Signal.CHLD.number(),
                defaultAction,
                0,
                SIGSET_SIZE);
        long none = list.memory.zeroed(SIGSET_SIZE);
        add("unblock signals", SystemCall.RT_SIGPROCMASK, SIG_SETMASK, none, 0, SIGSET_SIZE);
        return add(
                "execute",
                SystemCall.EXECVEAT,
                PROGRAM,
                list.memory.path(""),
                list.strings(program.argv()),
                list.strings(program.environment()),
                AT_EMPTY_PATH);
    }

    private Call keep(int number, FdSource descriptor) {
        return add("keep descriptor " + number, SystemCall.FCNTL, 0, F_DUPFD, ASIDE)
                .fd(0, descriptor);
    }

    private Call add(String name, SystemCall call, long... arguments) {
        return list.add(NAME + name, null, call, arguments);
    }

    CallList.CloneArgs child() {
        return child;
    }

    /** How many of the list's records are the keeper's. */
    int records() {
        return records;
    }

    /** Lets the keeper execute its program. */
    void open() {
        VarHandle.fullFence();
        OffHeap.putInt(go, 1);
        Native.call(SystemCall.FUTEX, go, FUTEX_WAKE, 1);
    }

    /** Whether it came to that, once it has left our memory. */
    boolean executed() {
        return list.begun(exec);
    }
}
