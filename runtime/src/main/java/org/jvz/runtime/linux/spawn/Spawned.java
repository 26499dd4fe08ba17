package org.jvz.runtime.linux.spawn;

import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WaitStatus;

/** A started process, a child of the JVM. Closing this closes the pidfd and leaves the process alone; the JVM's end does, too. */
public final class Spawned implements AutoCloseable {
    private final Linux linux;
    private final int pid;
    private final Fd pidfd;

    Spawned(Linux linux, int pid, Fd pidfd) {
        this.linux = linux;
        this.pid = pid;
        this.pidfd = pidfd;
    }

    /** In the JVM's PID namespace. */
    public int pid() {
        return pid;
    }

    /** Ready to read once the process has ended. */
    public Fd pidfd() {
        return pidfd;
    }

    /** Waits for the end and reaps the process. */
    public WaitStatus waitExit() throws SyscallException {
        return linux.waitFor(pidfd);
    }

    @Override
    public void close() {
        pidfd.close();
    }
}
