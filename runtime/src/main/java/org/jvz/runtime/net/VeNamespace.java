package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/** The network namespace of a running VE. It exists as long as this is open, even if the VE ends. */
public final class VeNamespace implements AutoCloseable {
    private final int pid;
    private final long inode;
    private final Fd fd;

    private VeNamespace(int pid, long inode, Fd fd) {
        this.pid = pid;
        this.inode = inode;
        this.fd = fd;
    }

    /**
     * Opens it.
     *
     * @param pid host pid of the VE's init; ENOENT if there is no such process
     */
    public static VeNamespace ofInit(Linux linux, int pid) throws IOException {
        Fd fd = linux.open(Path.of("/proc/" + pid + "/ns/net"));
        try {
            return new VeNamespace(pid, linux.stat(fd).ino(), fd);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /** Whether process {@code pid} is in the namespace of that inode number. */
    static boolean isOf(Linux linux, int pid, long inode) throws IOException {
        try (VeNamespace now = ofInit(linux, pid)) {
            return now.inode == inode;
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    int pid() {
        return pid;
    }

    /** Tells the namespace from one that a later process of the same pid is in. */
    long inode() {
        return inode;
    }

    Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
