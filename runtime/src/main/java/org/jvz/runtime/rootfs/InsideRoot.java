package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EAGAIN;
import static org.jvz.runtime.linux.Errno.EEXIST;
import static org.jvz.runtime.linux.Errno.ELOOP;
import static org.jvz.runtime.linux.Errno.ENOENT;
import static org.jvz.runtime.linux.Errno.ENOTDIR;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * The files of one VE, seen from the host. Its tree is hostile: links may point anywhere, names may be FIFOs or devices,
 * and a running VE may change all of it between two calls. So
 *
 * <ul>
 *   <li>every path is resolved by the kernel with this directory as its root (openat2(2), {@code RESOLVE_IN_ROOT} and
 *       {@code RESOLVE_NO_MAGICLINKS}): absolute links and {@code ..} mean what they mean inside the VE, and nothing
 *       outside can be reached;
 *   <li>a file is first opened as a mere handle ({@code O_PATH}), looked at, and opened for reading only if it is a
 *       regular file, without waiting: no driver is touched, no FIFO or lease holds us up;
 *   <li>a file is written beside its place and renamed into it, both relative to one open parent directory, and its
 *       owner and mode are set through the descriptor.
 * </ul>
 *
 * Paths are absolute paths inside the VE. Thread-safe, as long as it is not closed meanwhile.
 */
public final class InsideRoot implements AutoCloseable {
    private static final Set<ResolveFlag> INSIDE = Set.of(ResolveFlag.IN_ROOT, ResolveFlag.NO_MAGICLINKS);
    private static final Set<OpenFlag> HANDLE = Set.of(OpenFlag.PATH);
    private static final Set<OpenFlag> HANDLE_ITSELF = Set.of(OpenFlag.PATH, OpenFlag.NOFOLLOW);
    private static final Set<OpenFlag> DIRECTORY = Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY);
    private static final Set<OpenFlag> FRESH =
            Set.of(OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.EXCL, OpenFlag.NOFOLLOW);

    /** openat2 gives EAGAIN when a rename raced with {@code ..}; a VE that renames all day is to get an error, not us. */
    private static final int RACE_TRIES = 200;

    private static final String[] INITS = {"/sbin/init", "/etc/init", "/bin/init"};

    /** What a name is, links not followed. */
    public enum Kind {
        ABSENT,
        FILE,
        DIRECTORY,
        SYMLINK,
        /** A FIFO, socket or device. */
        OTHER
    }

    private final Linux linux;
    private final Fd root;
    private final String label;
    private final IdShift owner;

    /**
     * @param root the directory, may be opened with {@code O_PATH}; closed with this object
     * @param label what messages call it: the path of the VE root or private area
     * @param owner ids that new files get, as the mount behind {@code root} wants them: the VE's shift for its mounted
     *     root, {@link IdShift#NONE} for a private area
     */
    InsideRoot(Linux linux, Fd root, String label, IdShift owner) {
        this.linux = linux;
        this.root = root;
        this.label = label;
        this.owner = owner;
    }

    /** Opens a host directory as the root of a VE; {@code owner} as in the class's constructor. */
    public static InsideRoot open(Linux linux, Path root, IdShift owner) throws IOException {
        Fd fd = linux.open(root, OpenFlag.PATH, OpenFlag.DIRECTORY);
        return new InsideRoot(linux, fd, root.toString(), owner);
    }

    /** What {@code path} is; a link at its end is not followed, links on the way are. */
    public Kind kind(String path) throws IOException {
        try (Fd handle = resolve(path, HANDLE_ITSELF)) {
            FileStat stat = linux.stat(handle);
            return switch (stat.type()) {
                case FileStat.S_IFREG -> Kind.FILE;
                case FileStat.S_IFDIR -> Kind.DIRECTORY;
                case FileStat.S_IFLNK -> Kind.SYMLINK;
                default -> Kind.OTHER;
            };
        } catch (SyscallException e) {
            if (absent(e)) {
                return Kind.ABSENT;
            }
            throw e;
        }
    }

    /** Whether {@code path} leads to anything, links followed inside the VE. A loop of links leads to nothing. */
    public boolean exists(String path) throws IOException {
        try {
            resolve(path, HANDLE).close();
            return true;
        } catch (SyscallException e) {
            if (absent(e)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Where {@code path} ends when its links are followed inside the VE, as a path inside the VE; null where it leads
     * to nothing. A running VE may have changed it already.
     */
    public @Nullable String realPath(String path) throws IOException {
        try (Fd handle = resolve(path, HANDLE)) {
            String top = linux.readLinkAt(Fd.CWD, root.procPath());
            String real = linux.readLinkAt(Fd.CWD, handle.procPath());
            String prefix = top.equals("/") ? "" : top;
            return real.equals(top) ? "/" : real.startsWith(prefix + "/") ? real.substring(prefix.length()) : null;
        } catch (SyscallException e) {
            if (absent(e)) {
                return null;
            }
            throw e;
        }
    }

    /** The target of the link at {@code path}, as written in it; null if {@code path} is absent or no link. */
    public @Nullable String readLink(String path) throws IOException {
        try (Fd handle = resolve(path, HANDLE_ITSELF)) {
            return linux.stat(handle).isSymlink() ? linux.readLinkAt(handle, "") : null;
        } catch (SyscallException e) {
            if (absent(e)) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Reads a small file, links followed inside the VE.
     *
     * @param limit bytes that the file may have
     * @return null where the path leads to nothing
     * @throws NotARegularFileException if it is anything but a regular file, or is larger
     */
    public byte @Nullable [] read(String path, int limit) throws IOException {
        try (Fd handle = resolve(path, HANDLE)) {
            FileStat stat = linux.stat(handle);
            if (!stat.isRegular()) {
                throw new NotARegularFileException(label, path, describe(stat));
            }
            // The descriptor's own name in /proc: whatever has happened to the path, this is the file just looked at.
            try (Fd file = linux.openAt(Fd.CWD, handle.procPath(), Set.of(OpenFlag.NONBLOCK, OpenFlag.NOCTTY), 0)) {
                byte[] content = linux.readFully(file, limit + 1);
                if (content.length > limit) {
                    throw new NotARegularFileException(label, path, "larger than " + limit + " bytes");
                }
                return content;
            }
        } catch (SyscallException e) {
            if (absent(e)) {
                return null;
            }
            throw named("read", path, e);
        }
    }

    /**
     * Replaces a file, or makes it. The directory that holds it is found with links followed inside the VE and must
     * exist; a link in the file's own place is replaced, never followed. A regular file that was there hands on its
     * owner and mode; a new one belongs to the VE's root.
     *
     * @param newMode permissions of a new file, 0 to 0777
     * @throws NotARegularFileException if a directory, FIFO, socket or device is in its place
     */
    public void write(String path, byte[] content, int newMode) throws IOException {
        String name = nameOf(path);
        try (Fd parent = resolve(parentOf(path), DIRECTORY)) {
            FileStat old = linux.statOrNull(parent, name);
            if (old != null && !old.isRegular() && !old.isSymlink()) {
                throw new NotARegularFileException(label, path, describe(old));
            }
            FileStat keep = old != null && old.isRegular() ? old : null;
            String temporary =
                    ".jvz-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
            try (Fd file = linux.openAt(parent, temporary, FRESH, 0600)) {
                boolean placed = false;
                try {
                    linux.writeFully(file, content);
                    linux.chown(file, keep == null ? owner.uid() : keep.uid(), keep == null ? owner.gid() : keep.gid());
                    // No set-id bits: what we write is data. After chown, which would clear some of them anyway.
                    linux.chmod(file, (keep == null ? newMode : keep.permissions()) & 0777);
                    linux.fsync(file);
                    linux.renameAt(parent, temporary, parent, name, Set.of());
                    placed = true;
                } finally {
                    if (!placed) {
                        removeQuietly(parent, temporary);
                    }
                }
            }
        } catch (SyscallException e) {
            throw named("write", path, e);
        }
    }

    /**
     * Makes a symbolic link, in place of a file or link of that name.
     *
     * @param target as it is to stand in the link
     */
    public void link(String path, String target) throws IOException {
        String temporary =
                ".jvz-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        try (Fd parent = resolve(parentOf(path), DIRECTORY)) {
            linux.symlinkAt(target, parent, temporary);
            boolean placed = false;
            try {
                linux.chownAt(parent, temporary, owner.uid(), owner.gid());
                linux.renameAt(parent, temporary, parent, nameOf(path), Set.of());
                placed = true;
            } finally {
                if (!placed) {
                    removeQuietly(parent, temporary);
                }
            }
        } catch (SyscallException e) {
            throw named("link", path, e);
        }
    }

    private void removeQuietly(Fd parent, String temporary) {
        try {
            linux.unlinkAt(parent, temporary);
        } catch (SyscallException ignored) {
            // The VE may have removed it itself; the failure that brought us here is the one to tell.
        }
    }

    /** Makes a directory and its parents, as far as they are absent; new ones belong to the VE's root. */
    public void makeDirectories(String path, int mode) throws IOException {
        if (path.equals("/")) {
            return;
        }
        String parentPath = parentOf(path);
        String name = nameOf(path);
        try {
            resolve(path, DIRECTORY).close();
            return;
        } catch (SyscallException e) {
            if (!e.is(ENOENT)) {
                throw named("make directory", path, e);
            }
        }
        makeDirectories(parentPath, mode);
        try (Fd parent = resolve(parentPath, DIRECTORY)) {
            try {
                linux.mkdirAt(parent, name, 0700);
            } catch (SyscallException e) {
                if (!e.is(EEXIST)) {
                    throw e;
                }
                // Made by somebody else meanwhile, or a dangling link: only a directory is good, and it is theirs.
                resolve(path, DIRECTORY).close();
                return;
            }
            try (Fd made = linux.openAt(parent, name, Set.of(OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW), 0)) {
                linux.chown(made, owner.uid(), owner.gid());
                linux.chmod(made, mode);
            }
        } catch (SyscallException e) {
            throw named("make directory", path, e);
        }
    }

    /**
     * Removes a file, link, FIFO, socket or device node; absent is a success. A directory is refused (EISDIR).
     *
     * @return whether there was one
     */
    public boolean remove(String path) throws IOException {
        String name = nameOf(path);
        try (Fd parent = resolve(parentOf(path), DIRECTORY)) {
            linux.unlinkAt(parent, name);
            return true;
        } catch (SyscallException e) {
            if (absent(e)) {
                return false;
            }
            throw named("remove", path, e);
        }
    }

    /** Whether {@code path} leads to a regular file that somebody may execute. */
    public boolean isExecutable(String path) throws IOException {
        try (Fd handle = resolve(path, HANDLE)) {
            FileStat stat = linux.stat(handle);
            return stat.isRegular() && (stat.permissions() & 0111) != 0;
        } catch (SyscallException e) {
            if (absent(e)) {
                return false;
            }
            throw e;
        }
    }

    /** The first of /sbin/init, /etc/init and /bin/init that is executable; null if none is. */
    public @Nullable String findInit() throws IOException {
        for (String init : INITS) {
            if (isExecutable(init)) {
                return init;
            }
        }
        return null;
    }

    private Fd resolve(String path, Set<OpenFlag> flags) throws SyscallException {
        checkPath(path);
        for (int tries = 1; ; tries++) {
            try {
                return linux.openAt2(root, path, flags, 0, INSIDE);
            } catch (SyscallException e) {
                if (!e.is(EAGAIN) || tries == RACE_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Whether a path that failed so leads to nothing inside the VE. */
    private static boolean absent(SyscallException e) {
        return e.is(ENOENT) || e.is(ENOTDIR) || e.is(ELOOP);
    }

    private IOException named(String what, String path, SyscallException cause) {
        return new IOException("Unable to " + what + " " + path + " in " + label, cause);
    }

    private static void checkPath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
    }

    private static String parentOf(String path) {
        checkPath(path);
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private static String nameOf(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("path does not end in a name: " + path);
        }
        return name;
    }

    private static String describe(FileStat stat) {
        return switch (stat.type()) {
            case FileStat.S_IFDIR -> "a directory";
            case FileStat.S_IFIFO -> "a FIFO";
            case FileStat.S_IFSOCK -> "a socket";
            case FileStat.S_IFCHR, FileStat.S_IFBLK -> "a device";
            default -> "no regular file";
        };
    }

    /** A path of the root for other processes of the host, which follow the guest's links; it leads there as long as this is open. */
    public String hostPath() {
        return "/proc/" + linux.pid() + "/fd/" + root.number();
    }

    /** The path of the VE root, for messages. */
    @Override
    public String toString() {
        return label;
    }

    @Override
    public void close() {
        root.close();
    }
}
