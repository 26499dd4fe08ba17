package org.jvz.runtime.linux;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Processes. */
abstract class JffiProcesses extends JffiBpf {
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WALL = 0x40000000;
    private static final int SIGINFO_SIZE = 128;
    private static final int CLD_EXITED = 1;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;

    @Override
    public int pid() {
        return (int) Native.call(SystemCall.GETPID, 0);
    }

    @Override
    public long effectiveUid() {
        return Native.call(SystemCall.GETEUID, 0) & 0xffffffffL;
    }

    @Override
    public Fd openPidfd(int pid) throws SyscallException {
        // The kernel makes every pidfd close-on-exec.
        long pidfd = Native.call(SystemCall.PIDFD_OPEN, pid, 0);
        check(pidfd, "pidfd_open", pid);
        return owned(pidfd, "process " + pid);
    }

    @Override
    public void signal(Fd pidfd, int signal) throws SyscallException {
        check(
                Native.call(SystemCall.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0),
                "pidfd_send_signal",
                pidfd,
                Signal.text(signal));
    }

    @Override
    public Fd descriptorOf(Fd pidfd, int number) throws SyscallException {
        // Close-on-exec, as the kernel makes them.
        long fd = Native.call(SystemCall.PIDFD_GETFD, pidfd.number(), number, 0);
        check(fd, "pidfd_getfd", pidfd, number);
        return owned(fd, "descriptor " + number + " of " + pidfd);
    }

    @Override
    public void kill(int pid, Signal signal) throws SyscallException {
        check(Native.call(SystemCall.KILL, pid, signal.number()), "kill", pid, signal);
    }

    @Override
    public WaitStatus waitFor(Fd pidfd) throws SyscallException {
        WaitStatus status = wait(pidfd, WEXITED | WALL);
        if (status == null) {
            throw new IllegalStateException("waitid without WNOHANG came back without a child: " + pidfd);
        }
        return status;
    }

    @Override
    public @Nullable WaitStatus waitNow(Fd pidfd) throws SyscallException {
        return wait(pidfd, WEXITED | WALL | WNOHANG);
    }

    private static @Nullable WaitStatus wait(Fd pidfd, int options) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long info = memory.zeroed(SIGINFO_SIZE);
            long result;
            do {
                result = Native.call(SystemCall.WAITID, P_PIDFD, pidfd.number(), info, options, 0);
            } while (failed(result, Errno.EINTR));
            check(result, "waitid", "P_PIDFD", pidfd);
            // siginfo_t of SIGCHLD: si_code at 8, si_pid at 16, si_status at 24.
            if (OffHeap.getInt(info + 16) == 0) {
                return null;
            }
            int status = OffHeap.getInt(info + 24);
            return OffHeap.getInt(info + 8) == CLD_EXITED ? new WaitStatus(0, status) : new WaitStatus(status, 0);
        }
    }

    @Override
    public boolean awaitEnd(Fd pidfd, int timeoutMillis) throws SyscallException {
        List<PollEntry> ended = List.of(new PollEntry(pidfd, PollEntry.IN));
        long start = System.nanoTime();
        while (true) {
            long spent = (System.nanoTime() - start) / 1_000_000;
            int left = timeoutMillis < 0 ? -1 : (int) Math.max(0, timeoutMillis - spent);
            if (poll(ended, left) > 0) {
                return true;
            }
            if (left == 0) {
                return false;
            }
        }
    }

    @Override
    public void setLimit(int pid, ResourceLimit resource, long soft, long hard) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long limits = memory.zeroed(16);
            OffHeap.putLong(limits, soft);
            OffHeap.putLong(limits + 8, hard);
            long result = Native.call(SystemCall.PRLIMIT64, pid, resource.number(), limits, 0);
            check(result, "prlimit64", pid, "RLIMIT_" + resource, soft, hard);
        }
    }

    @Override
    public ResourceLimit.Pair limit(int pid, ResourceLimit resource) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long limits = memory.zeroed(16);
            long result = Native.call(SystemCall.PRLIMIT64, pid, resource.number(), 0, limits);
            check(result, "prlimit64", pid, "RLIMIT_" + resource);
            return new ResourceLimit.Pair(OffHeap.getLong(limits), OffHeap.getLong(limits + 8));
        }
    }

    @Override
    public void setDumpable(boolean dumpable) throws SyscallException {
        int value = dumpable ? 1 : 0;
        check(Native.call(SystemCall.PRCTL, PR_SET_DUMPABLE, value), "prctl", "PR_SET_DUMPABLE", value);
    }

    @Override
    public boolean isDumpable() throws SyscallException {
        long value = Native.call(SystemCall.PRCTL, PR_GET_DUMPABLE);
        check(value, "prctl", "PR_GET_DUMPABLE");
        return value == 1;
    }

    @Override
    public void setHostname(String name) throws SyscallException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        try (OffHeap memory = new OffHeap()) {
            check(Native.call(SystemCall.SETHOSTNAME, memory.bytes(bytes), bytes.length), "sethostname", name);
        }
    }
}
