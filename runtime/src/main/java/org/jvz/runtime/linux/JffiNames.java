package org.jvz.runtime.linux;

import static org.jvz.runtime.linux.SyscallText.octal;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names in directories and what belongs to an inode but its data. */
abstract class JffiNames extends JffiWatches {
    private static final int STATX_SIZE = 256;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_MNT_ID = 0x1000;
    private static final long STATX_ATTR_IMMUTABLE = 0x10;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final int STATFS_SIZE = 120;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int PATH_MAX = 4096;
    private static final int DENTS_BUFFER = 32768;

    static void check(long result, String call, @Nullable Object... arguments) throws SyscallException {
        if (result < 0) {
            throw Native.failure(result, call, arguments);
        }
    }

    @Override
    public FileStat stat(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(STATX_SIZE);
            check(statx(memory, dir, name, AtFlag.SYMLINK_NOFOLLOW.bit(), struct), "statx", dir, name);
            return fileStat(struct);
        }
    }

    @Override
    public @Nullable FileStat statOrNull(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(STATX_SIZE);
            long result = statx(memory, dir, name, AtFlag.SYMLINK_NOFOLLOW.bit(), struct);
            if (failed(result, Errno.ENOENT)) {
                return null;
            }
            check(result, "statx", dir, name);
            return fileStat(struct);
        }
    }

    @Override
    public FileStat stat(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(STATX_SIZE);
            check(statx(memory, fd, "", AtFlag.EMPTY_PATH.bit(), struct), "statx", fd);
            return fileStat(struct);
        }
    }

    @Override
    public FileStat statFollowing(Path path) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(STATX_SIZE);
            check(statx(memory, Fd.CWD, path.toString(), 0, struct), "statx", path);
            return fileStat(struct);
        }
    }

    private static long statx(OffHeap memory, Fd dir, String name, long flags, long struct) {
        return Native.call(
                SystemCall.STATX,
                dir.number(),
                memory.path(name),
                flags | AtFlag.NO_AUTOMOUNT.bit(),
                STATX_BASIC_STATS | STATX_MNT_ID,
                struct);
    }

    /** Reads {@code struct statx} of {@code linux/stat.h}. */
    private static FileStat fileStat(long struct) {
        long attributes = OffHeap.getLong(struct + 8);
        return new FileStat(
                OffHeap.getShort(struct + 28),
                OffHeap.getInt(struct + 20) & 0xffffffffL,
                OffHeap.getInt(struct + 24) & 0xffffffffL,
                OffHeap.getLong(struct + 40),
                OffHeap.getLong(struct + 48),
                OffHeap.getInt(struct + 16) & 0xffffffffL,
                OffHeap.getInt(struct + 128),
                OffHeap.getInt(struct + 132),
                OffHeap.getInt(struct + 136),
                OffHeap.getInt(struct + 140),
                OffHeap.getLong(struct + 32),
                OffHeap.getLong(struct + 112),
                OffHeap.getInt(struct + 120),
                OffHeap.getLong(struct + 144),
                (attributes & STATX_ATTR_MOUNT_ROOT) != 0,
                (attributes & STATX_ATTR_IMMUTABLE) != 0);
    }

    @Override
    public FsStat statFs(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(STATFS_SIZE);
            check(Native.call(SystemCall.FSTATFS, fd.number(), struct), "fstatfs", fd);
            return new FsStat(
                    OffHeap.getLong(struct),
                    OffHeap.getLong(struct + 8),
                    OffHeap.getLong(struct + 16),
                    OffHeap.getLong(struct + 24),
                    OffHeap.getLong(struct + 32),
                    OffHeap.getLong(struct + 40),
                    OffHeap.getLong(struct + 48));
        }
    }

    @Override
    public void mkdirAt(Fd dir, String name, int mode) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            check(
                    Native.call(SystemCall.MKDIRAT, dir.number(), memory.path(name), mode),
                    "mkdirat",
                    dir,
                    name,
                    octal(mode));
        }
    }

    @Override
    public void mknodAt(Fd dir, String name, int mode, int major, int minor) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.MKNODAT, dir.number(), memory.path(name), mode, SystemCall.deviceNumber(major, minor));
            check(result, "mknodat", dir, name, octal(mode), major + ":" + minor);
        }
    }

    @Override
    public void symlinkAt(String target, Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            check(
                    Native.call(SystemCall.SYMLINKAT, memory.path(target), dir.number(), memory.path(name)),
                    "symlinkat",
                    target,
                    dir,
                    name);
        }
    }

    @Override
    public void linkAt(Fd dir, String name, Fd newDir, String newName) throws SyscallException {
        link(dir, name, newDir, newName, 0);
    }

    @Override
    public void linkFd(Fd file, Fd newDir, String newName) throws SyscallException {
        link(Fd.CWD, file.procPath(), newDir, newName, AtFlag.SYMLINK_FOLLOW.bit());
    }

    private static void link(Fd dir, String name, Fd newDir, String newName, long flags) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.LINKAT, dir.number(), memory.path(name), newDir.number(), memory.path(newName), flags);
            check(result, "linkat", dir, name, newDir, newName);
        }
    }

    @Override
    public void unlinkAt(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            check(Native.call(SystemCall.UNLINKAT, dir.number(), memory.path(name), 0), "unlinkat", dir, name);
        }
    }

    @Override
    public void rmdirAt(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            check(
                    Native.call(SystemCall.UNLINKAT, dir.number(), memory.path(name), AT_REMOVEDIR),
                    "unlinkat",
                    dir,
                    name,
                    "AT_REMOVEDIR");
        }
    }

    @Override
    public void renameAt(Fd dir, String name, Fd newDir, String newName, Set<RenameFlag> flags)
            throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.RENAMEAT2,
                    dir.number(),
                    memory.path(name),
                    newDir.number(),
                    memory.path(newName),
                    Flag.mask(flags));
            check(result, "renameat2", dir, name, newDir, newName, flags);
        }
    }

    @Override
    public String readLinkAt(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(PATH_MAX);
            long n = Native.call(SystemCall.READLINKAT, dir.number(), memory.path(name), buffer, PATH_MAX);
            check(n, "readlinkat", dir, name);
            byte[] target = new byte[(int) n];
            OffHeap.get(buffer, target, 0, target.length);
            return PathBytes.decode(target, 0, target.length);
        }
    }

    @Override
    public void chmod(Fd fd, int mode) throws SyscallException {
        check(Native.call(SystemCall.FCHMOD, fd.number(), mode), "fchmod", fd, octal(mode));
    }

    @Override
    public void chmodAt(Fd dir, String name, int mode) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.FCHMODAT2, dir.number(), memory.path(name), mode, AtFlag.SYMLINK_NOFOLLOW.bit());
            if (failed(result, Errno.ENOSYS)) {
                result = chmodBefore66(memory, dir, name, mode);
            }
            check(result, "fchmodat2", dir, name, octal(mode), "SYMLINK_NOFOLLOW");
        }
    }

    /** fchmodat2 came with Linux 6.6. Before, fchmodat follows symlinks, so the file is pinned first and then named through /proc. */
    private long chmodBefore66(OffHeap memory, Fd dir, String name, int mode) throws SyscallException {
        try (Fd pinned = openAt(dir, name, Set.of(OpenFlag.PATH, OpenFlag.NOFOLLOW), 0)) {
            if (stat(pinned).isSymlink()) {
                return -Errno.EOPNOTSUPP.number();
            }
            return Native.call(SystemCall.FCHMODAT, Fd.CWD.number(), memory.path(pinned.procPath()), mode);
        }
    }

    @Override
    public void chown(Fd fd, long uid, long gid) throws SyscallException {
        check(Native.call(SystemCall.FCHOWN, fd.number(), uid, gid), "fchown", fd, uid, gid);
    }

    @Override
    public void chownAt(Fd dir, String name, long uid, long gid) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long flags = AtFlag.SYMLINK_NOFOLLOW.bit() | (name.isEmpty() ? AtFlag.EMPTY_PATH.bit() : 0);
            long result = Native.call(SystemCall.FCHOWNAT, dir.number(), memory.path(name), uid, gid, flags);
            check(result, "fchownat", dir, name, uid, gid);
        }
    }

    @Override
    public void setTimesAt(Fd dir, String name, long seconds, int nanos) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.UTIMENSAT,
                    dir.number(),
                    memory.path(name),
                    times(memory, seconds, nanos),
                    AtFlag.SYMLINK_NOFOLLOW.bit());
            check(result, "utimensat", dir, name, seconds + "." + nanos);
        }
    }

    @Override
    public void setTimes(Fd fd, long seconds, int nanos) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(SystemCall.UTIMENSAT, fd.number(), 0, times(memory, seconds, nanos), 0);
            check(result, "utimensat", fd, seconds + "." + nanos);
        }
    }

    private static long times(OffHeap memory, long seconds, int nanos) {
        long times = memory.zeroed(32);
        OffHeap.putLong(times, seconds);
        OffHeap.putLong(times + 8, nanos);
        OffHeap.putLong(times + 16, seconds);
        OffHeap.putLong(times + 24, nanos);
        return times;
    }

    @Override
    public void truncate(Fd fd, long size) throws SyscallException {
        check(Native.call(SystemCall.FTRUNCATE, fd.number(), size), "ftruncate", fd, size);
    }

    @Override
    public void fsync(Fd fd) throws SyscallException {
        check(Native.call(SystemCall.FSYNC, fd.number()), "fsync", fd);
    }

    @Override
    public void syncFs(Fd fd) throws SyscallException {
        check(Native.call(SystemCall.SYNCFS, fd.number()), "syncfs", fd);
    }

    @Override
    public <X extends Exception> void forEachEntry(Fd dir, EntryVisitor<X> visitor) throws SyscallException, X {
        seek(dir, 0, Whence.SET);
        byte[] block = new byte[DENTS_BUFFER];
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(DENTS_BUFFER);
            while (true) {
                long n = Native.call(SystemCall.GETDENTS64, dir.number(), buffer, DENTS_BUFFER);
                check(n, "getdents64", dir);
                if (n == 0) {
                    return;
                }
                OffHeap.get(buffer, block, 0, (int) n);
                DirBlock.forEach(block, (int) n, visitor);
            }
        }
    }
}
