package org.jvz.runtime.linux;

import org.jspecify.annotations.Nullable;

/** System calls on processes. A pidfd, unlike a pid, cannot come to mean another process. */
public interface ProcessCalls {

    /** This process's id. */
    int pid();

    /** This process's effective user id; 0 is root. */
    long effectiveUid();

    /** pidfd_open(2); ESRCH if there is no such process. Check the start time afterwards if the pid comes from a file. */
    Fd openPidfd(int pid) throws SyscallException;

    /** pidfd_send_signal(2); ESRCH if the process is gone. */
    void signal(Fd pidfd, int signal) throws SyscallException;

    default void signal(Fd pidfd, Signal signal) throws SyscallException {
        signal(pidfd, signal.number());
    }

    /**
     * Another descriptor of an open file of another process, pidfd_getfd(2); EBADF if that has none of this number, EPERM if we may not
     * trace it.
     */
    Fd descriptorOf(Fd pidfd, int number) throws SyscallException;

    /** kill(2) by number; prefer {@link #signal}. */
    void kill(int pid, Signal signal) throws SyscallException;

    /** Waits until a child of this process ends, and reaps it; ECHILD if it is not ours. */
    WaitStatus waitFor(Fd pidfd) throws SyscallException;

    /** Reaps a child if it has ended; null if it runs. */
    @Nullable
    WaitStatus waitNow(Fd pidfd) throws SyscallException;

    /** Whether the process, any process, ended within {@code timeoutMillis} (0: now, -1: wait for ever). Does not reap it. */
    boolean awaitEnd(Fd pidfd, int timeoutMillis) throws SyscallException;

    /** prctl(2) PR_SET_DUMPABLE: false keeps everyone without CAP_SYS_PTRACE in the host's user namespace out of our memory. */
    void setDumpable(boolean dumpable) throws SyscallException;

    boolean isDumpable() throws SyscallException;

    /**
     * prlimit64(2) of another process; raising its hard limit needs CAP_SYS_RESOURCE in the host's user namespace.
     *
     * @param soft what it starts with, {@link ResourceLimit#INFINITY} for none
     * @param hard what it may raise that to
     */
    void setLimit(int pid, ResourceLimit resource, long soft, long hard) throws SyscallException;

    /** The limit of another process; ESRCH if it is gone. */
    ResourceLimit.Pair limit(int pid, ResourceLimit resource) throws SyscallException;

    /** sethostname(2) in the calling thread's UTS namespace; EINVAL if the name has more than 64 bytes. */
    void setHostname(String name) throws SyscallException;
}
