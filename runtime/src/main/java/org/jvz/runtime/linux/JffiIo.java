package org.jvz.runtime.linux;

import static org.jvz.runtime.linux.SyscallText.octal;

import java.util.List;
import java.util.Set;

/** Opening, reading, writing, locking and waiting. {@link JffiLinux} is spread over a chain of classes only to keep each readable. */
abstract class JffiIo implements Linux {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_EXEC = 0x10;
    private static final int TRANSFER_MAX = 1 << 20;
    private static final long FICLONE = 0x40049409;
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final long FS_IOC_SETFLAGS = 0x40086602L;
    private static final int F_SETFD = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;
    private static final int POLLFD_SIZE = 8;
    private static final int OPEN_HOW_SIZE = 24;

    /** A new descriptor of ours. */
    static Fd owned(long number, String label) {
        return Native.owned(number, label);
    }

    /** The path for messages: names below a directory carry the directory's label. */
    static String label(Fd dir, String name) {
        return dir == Fd.CWD || name.startsWith("/") ? name : name.isEmpty() ? dir.toString() : dir + "/" + name;
    }

    static boolean failed(long result, Errno errno) {
        return result == -errno.number();
    }

    @Override
    public Fd openAt(Fd dir, String path, Set<OpenFlag> flags, int mode) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long name = memory.path(path);
            long bits = Flag.mask(flags) | OpenFlag.CLOEXEC;
            long fd;
            do {
                // Blocks on FIFOs, terminals and leases.
                fd = Native.call(SystemCall.OPENAT, dir.number(), name, bits, mode);
            } while (failed(fd, Errno.EINTR));
            if (fd < 0) {
                throw Native.failure(fd, "openat", dir, path, flags, mode == 0 ? null : octal(mode));
            }
            return owned(fd, label(dir, path));
        }
    }

    @Override
    public Fd openAt2(Fd dir, String path, Set<OpenFlag> flags, int mode, Set<ResolveFlag> resolve)
            throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long name = memory.path(path);
            long how = memory.zeroed(OPEN_HOW_SIZE);
            OffHeap.putLong(how, Flag.mask(flags) | OpenFlag.CLOEXEC);
            OffHeap.putLong(how + 8, mode);
            OffHeap.putLong(how + 16, Flag.mask(resolve));
            long fd;
            do {
                // EAGAIN: a rename elsewhere raced with ".." below BENEATH or IN_ROOT; openat2(2) asks to try again.
                fd = Native.call(SystemCall.OPENAT2, dir.number(), name, how, OPEN_HOW_SIZE);
            } while (failed(fd, Errno.EINTR) || failed(fd, Errno.EAGAIN));
            if (fd < 0) {
                throw Native.failure(fd, "openat2", dir, path, flags, octal(mode), resolve);
            }
            return owned(fd, label(dir, path));
        }
    }

    @Override
    public int read(Fd fd, byte[] into, int offset, int length) throws SyscallException {
        return read(SystemCall.READ, fd, 0, into, offset, length);
    }

    @Override
    public int readAt(Fd fd, long position, byte[] into, int offset, int length) throws SyscallException {
        return read(SystemCall.PREAD64, fd, position, into, offset, length);
    }

    private static int read(SystemCall call, Fd fd, long position, byte[] into, int offset, int length)
            throws SyscallException {
        java.util.Objects.checkFromIndexSize(offset, length, into.length);
        int size = Math.min(length, TRANSFER_MAX);
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(size);
            long n;
            do {
                n = Native.call(call, fd.number(), buffer, size, position);
            } while (failed(n, Errno.EINTR));
            if (n < 0) {
                throw Native.failure(n, call.toString(), fd, size);
            }
            OffHeap.get(buffer, into, offset, (int) n);
            return (int) n;
        }
    }

    @Override
    public int write(Fd fd, byte[] from, int offset, int length) throws SyscallException {
        return write(SystemCall.WRITE, fd, 0, from, offset, length);
    }

    @Override
    public int writeAt(Fd fd, long position, byte[] from, int offset, int length) throws SyscallException {
        return write(SystemCall.PWRITE64, fd, position, from, offset, length);
    }

    private static int write(SystemCall call, Fd fd, long position, byte[] from, int offset, int length)
            throws SyscallException {
        java.util.Objects.checkFromIndexSize(offset, length, from.length);
        int size = Math.min(length, TRANSFER_MAX);
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.bytes(from, offset, size);
            long n;
            do {
                n = Native.call(call, fd.number(), buffer, size, position);
            } while (failed(n, Errno.EINTR));
            if (n < 0) {
                throw Native.failure(n, call.toString(), fd, size);
            }
            return (int) n;
        }
    }

    @Override
    public long seek(Fd fd, long offset, Whence whence) throws SyscallException {
        long position = Native.call(SystemCall.LSEEK, fd.number(), offset, whence.number());
        if (position < 0) {
            throw Native.failure(position, "lseek", fd, offset, whence);
        }
        return position;
    }

    @Override
    public long copyRange(Fd from, Fd to, long length) throws SyscallException {
        long n;
        do {
            n = Native.call(SystemCall.COPY_FILE_RANGE, from.number(), 0, to.number(), 0, length, 0);
        } while (failed(n, Errno.EINTR));
        if (n < 0) {
            throw Native.failure(n, "copy_file_range", from, to, length);
        }
        return n;
    }

    @Override
    public boolean reflink(Fd from, Fd to) throws SyscallException {
        long result = Native.call(SystemCall.IOCTL, to.number(), FICLONE, from.number());
        if (failed(result, Errno.ENOTTY)
                || failed(result, Errno.EOPNOTSUPP)
                || failed(result, Errno.EXDEV)
                || failed(result, Errno.EINVAL)) {
            return false;
        }
        if (result < 0) {
            throw Native.failure(result, "ioctl", to, "FICLONE", from);
        }
        return true;
    }

    @Override
    public long ioctl(Fd fd, long request, long argument) throws SyscallException {
        long result = Native.call(SystemCall.IOCTL, fd.number(), request, argument);
        if (result < 0) {
            throw Native.failure(result, "ioctl", fd, "0x" + Long.toHexString(request), argument);
        }
        return result;
    }

    @Override
    public long ioctl(Fd fd, long request, byte[] struct) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long address = memory.bytes(struct);
            long result = Native.call(SystemCall.IOCTL, fd.number(), request, address);
            if (result < 0) {
                throw Native.failure(result, "ioctl", fd, "0x" + Long.toHexString(request));
            }
            OffHeap.get(address, struct, 0, struct.length);
            return result;
        }
    }

    @Override
    public int inodeFlags(Fd fd) throws SyscallException {
        // The request's number says long, the kernel reads and writes an int: ioctl_iflags(2), BUGS.
        byte[] flags = new byte[8];
        ioctl(fd, FS_IOC_GETFLAGS, flags);
        return java.nio.ByteBuffer.wrap(flags)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    @Override
    public void setInodeFlags(Fd fd, int flags) throws SyscallException {
        byte[] struct = new byte[8];
        java.nio.ByteBuffer.wrap(struct).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(flags);
        ioctl(fd, FS_IOC_SETFLAGS, struct);
    }

    @Override
    public boolean lock(Fd fd, boolean exclusive, boolean wait) throws SyscallException {
        int operation = (exclusive ? LOCK_EX : LOCK_SH) | (wait ? 0 : LOCK_NB);
        long result;
        do {
            result = Native.call(SystemCall.FLOCK, fd.number(), operation);
        } while (failed(result, Errno.EINTR));
        if (failed(result, Errno.EAGAIN)) {
            return false;
        }
        if (result < 0) {
            throw Native.failure(result, "flock", fd, exclusive ? "LOCK_EX" : "LOCK_SH");
        }
        return true;
    }

    @Override
    public void unlock(Fd fd) throws SyscallException {
        long result = Native.call(SystemCall.FLOCK, fd.number(), LOCK_UN);
        if (result < 0) {
            throw Native.failure(result, "flock", fd, "LOCK_UN");
        }
    }

    @Override
    public Fd adopt(int number, String label) {
        return owned(number, label);
    }

    @Override
    public Fd memoryFile(String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long text = memory.path(name);
            long result = Native.call(SystemCall.MEMFD_CREATE, text, MFD_CLOEXEC | MFD_EXEC);
            if (result == -Errno.EINVAL.number()) {
                // Before Linux 6.3 every such file could be executed, and there was no word for it.
                result = Native.call(SystemCall.MEMFD_CREATE, text, MFD_CLOEXEC);
            }
            if (result < 0) {
                throw Native.failure(result, "memfd_create", name);
            }
            return owned(result, name);
        }
    }

    @Override
    public PipeEnds pipe() throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long ends = memory.zeroed(8);
            long result = Native.call(SystemCall.PIPE2, ends, OpenFlag.CLOEXEC);
            if (result < 0) {
                throw Native.failure(result, "pipe2");
            }
            return new PipeEnds(
                    owned(OffHeap.getInt(ends), "pipe's read end"),
                    owned(OffHeap.getInt(ends + 4), "pipe's write end"));
        }
    }

    @Override
    public Fd duplicate(Fd fd) throws SyscallException {
        long copy = Native.call(SystemCall.FCNTL, fd.number(), F_DUPFD_CLOEXEC, 3);
        if (copy < 0) {
            throw Native.failure(copy, "fcntl", fd, "F_DUPFD_CLOEXEC");
        }
        return owned(copy, fd.toString());
    }

    @Override
    public void setCloseOnExec(Fd fd, boolean close) throws SyscallException {
        long result = Native.call(SystemCall.FCNTL, fd.number(), F_SETFD, close ? 1 : 0);
        if (result < 0) {
            throw Native.failure(result, "fcntl", fd, "F_SETFD", close ? "FD_CLOEXEC" : "0");
        }
    }

    @Override
    public int poll(List<PollEntry> entries, int timeoutMillis) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long table = memory.zeroed((long) POLLFD_SIZE * Math.max(1, entries.size()));
            for (int i = 0; i < entries.size(); i++) {
                PollEntry entry = entries.get(i);
                long at = table + (long) i * POLLFD_SIZE;
                OffHeap.putInt(at, entry.events() < 0 ? -1 : entry.fd().number());
                OffHeap.putShort(at + 4, Math.max(0, entry.events()));
            }
            long timeout = 0;
            if (timeoutMillis >= 0) {
                timeout = memory.zeroed(16);
                OffHeap.putLong(timeout, timeoutMillis / 1000);
                OffHeap.putLong(timeout + 8, timeoutMillis % 1000 * 1_000_000L);
            }
            long ready = Native.call(SystemCall.PPOLL, table, entries.size(), timeout, 0, 8);
            if (ready < 0 && !failed(ready, Errno.EINTR)) {
                throw Native.failure(ready, "ppoll", entries.size());
            }
            for (int i = 0; i < entries.size(); i++) {
                entries.get(i).found(ready < 0 ? 0 : OffHeap.getShort(table + (long) i * POLLFD_SIZE + 6));
            }
            return (int) Math.max(0, ready);
        }
    }
}
