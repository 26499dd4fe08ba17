package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EINVAL;
import static org.jvz.runtime.linux.Errno.ENXIO;
import static org.jvz.runtime.linux.Errno.EOPNOTSUPP;
import static org.jvz.runtime.linux.Errno.EXDEV;

import java.io.IOException;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.Whence;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * Copies the data of regular files by the cheapest way the two file systems have: shared blocks, else in the kernel,
 * else through a buffer. What one pair of file systems refused once is not tried again.
 */
final class FileContent {
    private static final int BUFFER = 1 << 18;
    /** Unit of {@code st_blocks}, stat(3type). */
    private static final int BLOCK = 512;

    private final Linux linux;
    private final byte[] buffer = new byte[BUFFER];
    private boolean reflinks = true;
    private boolean inKernel = true;

    FileContent(Linux linux) {
        this.linux = linux;
    }

    /** Copies all of {@code from}, described by {@code stat}, to the empty file {@code to}; holes stay holes. */
    void copy(Fd from, Fd to, FileStat stat) throws IOException {
        if (stat.size() == 0) {
            return;
        }
        if (reflinks) {
            reflinks = linux.reflink(from, to);
            if (reflinks) {
                return;
            }
        }
        if (stat.blocks() * BLOCK >= stat.size()) {
            copyRange(from, to, stat.size());
            return;
        }
        copyDataOnly(from, to, stat.size());
    }

    private void copyDataOnly(Fd from, Fd to, long size) throws IOException {
        linux.truncate(to, size);
        long at = 0;
        while (at < size) {
            long data = nextData(from, at);
            if (data < 0) {
                return;
            }
            long hole = linux.seek(from, data, Whence.HOLE);
            linux.seek(from, data, Whence.SET);
            linux.seek(to, data, Whence.SET);
            copyRange(from, to, hole - data);
            at = hole;
        }
    }

    /** Offset of the next data at or after {@code at}, or -1 if only a hole follows. */
    private long nextData(Fd from, long at) throws IOException {
        try {
            return linux.seek(from, at, Whence.DATA);
        } catch (SyscallException e) {
            if (e.is(ENXIO)) {
                return -1;
            }
            throw e;
        }
    }

    private void copyRange(Fd from, Fd to, long length) throws IOException {
        long left = length;
        while (left > 0) {
            long n = inKernel ? copyInKernel(from, to, left) : copyThroughBuffer(from, to, left);
            if (n == 0) {
                throw new IOException("File became shorter while it was copied: " + from);
            }
            left -= Math.max(n, 0);
        }
    }

    /** Returns the bytes copied, or -1 if the kernel does not do it here. */
    private long copyInKernel(Fd from, Fd to, long left) throws IOException {
        try {
            return linux.copyRange(from, to, left);
        } catch (SyscallException e) {
            if (e.is(EXDEV) || e.is(EINVAL) || e.is(EOPNOTSUPP) || e.is(Errno.ENOSYS)) {
                inKernel = false;
                return -1;
            }
            throw e;
        }
    }

    private long copyThroughBuffer(Fd from, Fd to, long left) throws IOException {
        int n = linux.read(from, buffer, 0, (int) Math.min(left, buffer.length));
        for (int done = 0; done < n; ) {
            done += linux.write(to, buffer, done, n - done);
        }
        return n;
    }
}
