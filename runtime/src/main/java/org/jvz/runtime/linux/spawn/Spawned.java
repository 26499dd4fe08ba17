package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WaitStatus;

/** A started process, a child of the JVM or of its keeper. Closing this closes the pidfd and leaves the process alone; the JVM's end does, too. */
public final class Spawned implements AutoCloseable {
    private final Linux linux;
    private final int pid;
    private final Fd pidfd;
    private final @Nullable KeptSpawning keeper;

    Spawned(Linux linux, int pid, Fd pidfd) {
        this(linux, pid, pidfd, null);
    }

    Spawned(Linux linux, int pid, Fd pidfd, @Nullable KeptSpawning keeper) {
        this.linux = linux;
        this.pid = pid;
        this.pidfd = pidfd;
        this.keeper = keeper;
    }

    /** In the JVM's PID namespace. */
    public int pid() {
        return pid;
    }

    /** Ready to read once the process has ended. */
    public Fd pidfd() {
        return pidfd;
    }

    /**
     * Lets the process's keeper, if it has one, execute its program. One that is not let is killed by {@link #close}, and the process is an
     * orphan then.
     *
     * @throws SpawnException if it cannot
     */
    public void keep() throws IOException {
        if (keeper != null) {
            keeper.keep();
        }
    }

    /** Waits for the end and reaps the process. */
    public WaitStatus waitExit() throws SyscallException {
        return linux.waitFor(pidfd);
    }

    @Override
    public void close() throws IOException {
        try (pidfd) {
            if (keeper != null) {
                keeper.dismiss();
            }
        }
    }
}
