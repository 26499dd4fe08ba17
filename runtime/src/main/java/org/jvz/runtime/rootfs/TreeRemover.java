package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EISDIR;
import static org.jvz.runtime.linux.Errno.ELOOP;
import static org.jvz.runtime.linux.Errno.ENOENT;
import static org.jvz.runtime.linux.Errno.ENOTDIR;
import static org.jvz.runtime.linux.Errno.ENOTEMPTY;
import static org.jvz.runtime.linux.Errno.EPERM;
import static org.jvz.runtime.linux.Errno.EXDEV;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Set;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * Deletes a directory tree that somebody else may have filled, and may still be changing: by directory descriptor and
 * single name, never through a symbolic link, never into another mount. Entries that vanish meanwhile are fine.
 *
 * <p>Depth costs neither stack nor descriptors: a directory more than {@value #MAX_OPEN} levels down is first moved up
 * to the top of the tree, and its turn comes when the rest is gone. So no path ever grows past PATH_MAX either.
 */
public final class TreeRemover {
    /** Directories held open at a time. */
    private static final int MAX_OPEN = 64;

    /** How often a directory may turn out to have been refilled after it was emptied. */
    private static final int MAX_REFILLS = 16;

    /** {@code FS_IMMUTABLE_FL | FS_APPEND_FL} of linux/fs.h: a privileged VE can set them, and then nobody can unlink. */
    private static final int LOCKED_FLAGS = 0x10 | 0x20;

    private static final Set<OpenFlag> DIRECTORY = Set.of(OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
    private static final Set<ResolveFlag> ONE_STEP =
            Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS, ResolveFlag.NO_XDEV);

    private final Linux linux;
    private final Path top;
    private final ArrayDeque<Level> levels = new ArrayDeque<>();
    private int moved;

    /** One open directory and those of its sub-directories that are still to go. */
    private record Level(Fd fd, String name, ArrayDeque<String> pending, int refills) {}

    private TreeRemover(Linux linux, Path top) {
        this.linux = linux;
        this.top = top;
    }

    /**
     * Removes {@code path} and everything below it; a symbolic link is removed itself. An absent path is a success.
     *
     * @throws IOException naming the object that cannot be removed: a mount point, or what the file system refuses
     */
    public static void remove(Linux linux, Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (parent == null
                || name == null
                || name.toString().equals("..")
                || name.toString().equals(".")) {
            throw new IOException("Refusing to remove " + path);
        }
        Fd above;
        try {
            above = linux.open(parent, OpenFlag.PATH, OpenFlag.DIRECTORY);
        } catch (SyscallException e) {
            if (e.is(ENOENT) || e.is(ENOTDIR)) {
                return;
            }
            throw e;
        }
        try (above) {
            new TreeRemover(linux, path).removeIn(above, name.toString());
        }
    }

    private void removeIn(Fd above, String name) throws IOException {
        FileStat stat = linux.statOrNull(above, name);
        if (stat == null) {
            return;
        }
        if (!stat.isDirectory()) {
            unlink(above, name);
            return;
        }
        try {
            descend(above, name, 0);
            while (!levels.isEmpty()) {
                Level level = levels.getLast();
                String next = level.pending().poll();
                if (next != null) {
                    enter(level, next);
                } else {
                    leave(above, level);
                }
            }
        } finally {
            for (Level level : levels) {
                level.fd().close();
            }
        }
    }

    private void enter(Level level, String name) throws IOException {
        if (levels.size() >= MAX_OPEN && moveUp(level, name)) {
            return;
        }
        descend(level.fd(), name, 0);
    }

    /** Moves a deep directory to the top, to be removed later. Returns false where it cannot be moved. */
    private boolean moveUp(Level level, String name) throws IOException {
        Level first = levels.getFirst();
        while (true) {
            String there = ".jvz-rm-" + moved++;
            try {
                linux.renameAt(level.fd(), name, first.fd(), there, Set.of(RenameFlag.NOREPLACE));
                first.pending().add(there);
                return true;
            } catch (SyscallException e) {
                if (e.is(ENOENT)) {
                    return linux.statOrNull(level.fd(), name) == null;
                }
                if (e.is(EPERM) && unlock(level.fd(), name)) {
                    continue;
                }
                if (e.is(EXDEV)) {
                    return false;
                }
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
            }
        }
    }

    /** Opens a directory, removes what is not a directory in it, and puts it on the pile. */
    private void descend(Fd above, String name, int refills) throws IOException {
        Fd fd;
        try {
            fd = linux.openAt2(above, name, DIRECTORY, 0, ONE_STEP);
        } catch (SyscallException e) {
            if (e.is(ENOENT)) {
                return;
            }
            if (e.is(ENOTDIR) || e.is(ELOOP)) {
                unlink(above, name);
                return;
            }
            if (e.is(EXDEV)) {
                throw new IOException(
                        "Something is mounted in " + top + " at a directory '" + name + "', not removed", e);
            }
            throw e;
        }
        Level level = new Level(fd, name, new ArrayDeque<>(), refills);
        levels.addLast(level);
        try {
            empty(level);
        } catch (SyscallException e) {
            // getdents64 of a directory that somebody else has removed.
            if (!e.is(ENOENT)) {
                throw e;
            }
        }
    }

    private void empty(Level level) throws IOException {
        linux.<IOException>forEachEntry(level.fd(), entry -> {
            if (entry.isDirectory()) {
                level.pending().add(entry.name());
            } else if (entry.type() != 0) {
                unlink(level.fd(), entry.name());
            } else {
                FileStat stat = linux.statOrNull(level.fd(), entry.name());
                if (stat != null && stat.isDirectory()) {
                    level.pending().add(entry.name());
                } else if (stat != null) {
                    unlink(level.fd(), entry.name());
                }
            }
        });
    }

    private void leave(Fd above, Level level) throws IOException {
        levels.removeLast();
        level.fd().close();
        Fd in = levels.isEmpty() ? above : levels.getLast().fd();
        try {
            linux.rmdirAt(in, level.name());
        } catch (SyscallException e) {
            if (e.is(ENOENT)) {
                return;
            }
            boolean again = e.is(ENOTEMPTY) || e.is(Errno.EEXIST) || (e.is(EPERM) && unlock(in, level.name()));
            if (again && level.refills() < MAX_REFILLS) {
                descend(in, level.name(), level.refills() + 1);
                return;
            }
            throw new IOException("Unable to remove " + top + ": directory '" + level.name() + "'", e);
        }
    }

    private void unlink(Fd in, String name) throws IOException {
        boolean unlocked = false;
        while (true) {
            try {
                linux.unlinkAt(in, name);
                return;
            } catch (SyscallException e) {
                if (e.is(ENOENT)) {
                    return;
                }
                if (e.is(EISDIR)) {
                    // Became a directory since it was listed. Its turn comes when rmdir finds its parent not empty.
                    return;
                }
                if (e.is(EPERM) && !unlocked && unlock(in, name)) {
                    unlocked = true;
                    continue;
                }
                throw new IOException("Unable to remove " + top + ": file '" + name + "'", e);
            }
        }
    }

    /** Takes the flags away that forbid removal, from the entry and its directory. Returns whether there were any. */
    private boolean unlock(Fd in, String name) throws IOException {
        boolean changed = clearFlags(in);
        FileStat stat = linux.statOrNull(in, name);
        // Nothing but a file or directory has such flags, and opening anything else could run a driver or wait.
        if (stat != null && (stat.isRegular() || stat.isDirectory())) {
            try (Fd fd = linux.openAt2(
                    in, name, Set.of(OpenFlag.NONBLOCK, OpenFlag.NOFOLLOW, OpenFlag.NOCTTY), 0, ONE_STEP)) {
                changed |= clearFlags(fd);
            } catch (SyscallException e) {
                if (!e.is(ENOENT) && !e.is(ELOOP)) {
                    throw e;
                }
            }
        }
        return changed;
    }

    private boolean clearFlags(Fd fd) throws SyscallException {
        int flags;
        try {
            flags = linux.inodeFlags(fd);
        } catch (SyscallException e) {
            // O_PATH descriptors (EBADF) and file systems without flags (ENOTTY, EOPNOTSUPP).
            return false;
        }
        if ((flags & LOCKED_FLAGS) == 0) {
            return false;
        }
        linux.setInodeFlags(fd, flags & ~LOCKED_FLAGS);
        return true;
    }
}
