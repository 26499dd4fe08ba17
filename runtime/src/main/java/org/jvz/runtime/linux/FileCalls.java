package org.jvz.runtime.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * System calls on files, by directory descriptor and name. A name may be a path of several parts; then its symlinks are followed, so
 * below a VE's root pass single names or use {@link #openAt2}. {@code Fd.CWD} with an absolute path stands for "by path". The process's
 * umask takes its bits off the modes given at creation.
 */
public interface FileCalls {

    /** openat(2). {@code mode} counts with CREAT and TMPFILE only. */
    Fd openAt(Fd dir, String path, Set<OpenFlag> flags, int mode) throws SyscallException;

    default Fd open(Path path, OpenFlag... flags) throws SyscallException {
        return openAt(Fd.CWD, path.toString(), Set.of(flags), 0);
    }

    default Fd openAt(Fd dir, String path, OpenFlag... flags) throws SyscallException {
        return openAt(dir, path, Set.of(flags), 0);
    }

    /** openat2(2): the only way to follow a path inside a hostile tree. */
    Fd openAt2(Fd dir, String path, Set<OpenFlag> flags, int mode, Set<ResolveFlag> resolve) throws SyscallException;

    /** statx(2) of {@code name} itself; a symlink is not followed. */
    FileStat stat(Fd dir, String name) throws SyscallException;

    /** As {@link #stat(Fd, String)}, but null when there is no such name (ENOENT). */
    @Nullable
    FileStat statOrNull(Fd dir, String name) throws SyscallException;

    /** statx(2) of an open file. */
    FileStat stat(Fd fd) throws SyscallException;

    /** statx(2) of what {@code path} leads to, symlinks followed. For paths of the host only. */
    FileStat statFollowing(Path path) throws SyscallException;

    /** fstatfs(2); {@code fd} may be opened with PATH. */
    FsStat statFs(Fd fd) throws SyscallException;

    void mkdirAt(Fd dir, String name, int mode) throws SyscallException;

    /** mknodat(2); {@code mode} holds type and permissions, {@code major} and {@code minor} count for devices only. */
    void mknodAt(Fd dir, String name, int mode, int major, int minor) throws SyscallException;

    /** Makes {@code name} in {@code dir} a symlink to {@code target}. */
    void symlinkAt(String target, Fd dir, String name) throws SyscallException;

    /** Makes {@code newName} another name of {@code name}; a symlink is linked itself. */
    void linkAt(Fd dir, String name, Fd newDir, String newName) throws SyscallException;

    /** Gives a file opened with TMPFILE (or any open file of ours) a name. */
    void linkFd(Fd file, Fd newDir, String newName) throws SyscallException;

    /** Removes anything but a directory. */
    void unlinkAt(Fd dir, String name) throws SyscallException;

    /** Removes an empty directory. */
    void rmdirAt(Fd dir, String name) throws SyscallException;

    void renameAt(Fd dir, String name, Fd newDir, String newName, Set<RenameFlag> flags) throws SyscallException;

    /** Where a symlink points, as written in it. An empty name reads a symlink opened with PATH and NOFOLLOW. */
    String readLinkAt(Fd dir, String name) throws SyscallException;

    void chmod(Fd fd, int mode) throws SyscallException;

    /** Sets the permissions of {@code name}, one component; EOPNOTSUPP if it is a symlink (those have none). */
    void chmodAt(Fd dir, String name, int mode) throws SyscallException;

    /** Sets the owner; -1 leaves an id as it is. */
    void chown(Fd fd, long uid, long gid) throws SyscallException;

    /** Sets the owner of {@code name} itself, a symlink included; an empty name means {@code dir}, which may be opened with PATH. */
    void chownAt(Fd dir, String name, long uid, long gid) throws SyscallException;

    /** Sets access and modification time of {@code name} itself to the same moment, seconds since the epoch. */
    void setTimesAt(Fd dir, String name, long seconds, int nanos) throws SyscallException;

    /** Sets access and modification time of an open file to the same moment. */
    void setTimes(Fd fd, long seconds, int nanos) throws SyscallException;

    void truncate(Fd fd, long size) throws SyscallException;

    void fsync(Fd fd) throws SyscallException;

    /** Writes back everything of the file system that {@code fd} lies on. */
    void syncFs(Fd fd) throws SyscallException;

    void setXattr(Fd fd, String attribute, byte[] value) throws SyscallException;

    /** The attribute's value; null if the file has none of that name. */
    byte @Nullable [] getXattr(Fd fd, String attribute) throws SyscallException;

    List<String> listXattrs(Fd fd) throws SyscallException;

    /** Sets an attribute of {@code name} itself, one component, a symlink included. */
    void setXattrAt(Fd dir, String name, String attribute, byte[] value) throws SyscallException;

    byte @Nullable [] getXattrAt(Fd dir, String name, String attribute) throws SyscallException;

    List<String> listXattrsAt(Fd dir, String name) throws SyscallException;

    /** Reads up to {@code length} bytes; 0 at the end. */
    int read(Fd fd, byte[] into, int offset, int length) throws SyscallException;

    /** Reads at a position, which need not be the file's own. */
    int readAt(Fd fd, long position, byte[] into, int offset, int length) throws SyscallException;

    /** Writes up to {@code length} bytes and returns how many. */
    int write(Fd fd, byte[] from, int offset, int length) throws SyscallException;

    int writeAt(Fd fd, long position, byte[] from, int offset, int length) throws SyscallException;

    /** Writes all of {@code bytes}; in one call where the kernel takes them so (as /proc and cgroup files need). */
    default void writeFully(Fd fd, byte[] bytes) throws SyscallException {
        for (int done = 0; done < bytes.length; ) {
            done += write(fd, bytes, done, bytes.length - done);
        }
    }

    /** Reads from here to the end, at most {@code limit} bytes: a file that is longer is cut there. */
    default byte[] readFully(Fd fd, int limit) throws SyscallException {
        byte[] bytes = new byte[Math.min(limit, 4096)];
        int size = 0;
        while (size < limit) {
            if (size == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(limit, bytes.length * 4L));
            }
            int n = read(fd, bytes, size, bytes.length - size);
            if (n == 0) {
                break;
            }
            size += n;
        }
        return size == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, size);
    }

    /** Where lseek(2) counts from. */
    enum Whence {
        SET(0),
        CUR(1),
        END(2),
        /** The next data at or after the offset; ENXIO when there is none. */
        DATA(3),
        /** The next hole at or after the offset; the end of the file is one. */
        HOLE(4);

        private final int number;

        Whence(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    long seek(Fd fd, long offset, Whence whence) throws SyscallException;

    /** copy_file_range(2) from both files' positions: up to {@code length} bytes, 0 at the end. */
    long copyRange(Fd from, Fd to, long length) throws SyscallException;

    /** Makes {@code to} share all of {@code from}'s data (FICLONE). Returns false where the file systems cannot (ENOTTY, EOPNOTSUPP, EXDEV, EINVAL). */
    boolean reflink(Fd from, Fd to) throws SyscallException;

    /** ioctl(2) with a number as argument. */
    long ioctl(Fd fd, long request, long argument) throws SyscallException;

    /** ioctl(2) with a struct, which the kernel may change. */
    long ioctl(Fd fd, long request, byte[] struct) throws SyscallException;

    /** Takes a shared or exclusive flock(2), waiting for it if {@code wait}. Returns false if another holds it. */
    boolean lock(Fd fd, boolean exclusive, boolean wait) throws SyscallException;

    void unlock(Fd fd) throws SyscallException;

    /** The inode's {@code FS_*_FL} flags, ioctl_iflags(2). */
    int inodeFlags(Fd fd) throws SyscallException;

    void setInodeFlags(Fd fd, int flags) throws SyscallException;

    /** A pipe's two ends. */
    record PipeEnds(Fd read, Fd write) implements AutoCloseable {
        @Override
        public void close() {
            read.close();
            write.close();
        }
    }

    PipeEnds pipe() throws SyscallException;

    /** An empty file without a name in any directory, to read, write and execute; memfd_create(2). {@code name} is for those who look. */
    Fd memoryFile(String name) throws SyscallException;

    /** Another descriptor of the same open file. */
    Fd duplicate(Fd fd) throws SyscallException;

    /** Whether the descriptor is closed at execve; on for every descriptor made here. */
    void setCloseOnExec(Fd fd, boolean close) throws SyscallException;

    /** Takes over a descriptor that a spawned child opened in the shared table; closing the result closes it. */
    Fd adopt(int number, String label);

    /** Waits until an entry is ready. Returns how many are; 0 after {@code timeoutMillis} (-1: no limit), or when a signal came. */
    int poll(List<PollEntry> entries, int timeoutMillis) throws SyscallException;

    /** Takes one entry of a directory. */
    @FunctionalInterface
    interface EntryVisitor<X extends Exception> {
        void visit(DirEntry entry) throws X;
    }

    /** Gives every entry of an open directory to {@code visitor}, from the start, in the kernel's order, without . and .. */
    <X extends Exception> void forEachEntry(Fd dir, EntryVisitor<X> visitor) throws SyscallException, X;

    default List<DirEntry> list(Fd dir) throws SyscallException {
        List<DirEntry> entries = new ArrayList<>();
        this.<RuntimeException>forEachEntry(dir, entries::add);
        return entries;
    }
}
