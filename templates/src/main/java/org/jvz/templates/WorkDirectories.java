package org.jvz.templates;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.rootfs.TreeRemover;

/**
 * Directories in which something is being made, and what becomes of them. Their maker holds a flock on the directory
 * itself; one that nobody holds was left by a process that was killed, and {@link #sweep} removes it.
 */
final class WorkDirectories {
    private static final String LOCK = "work";

    private final Linux linux;
    private final Path dir;
    private final String prefix;
    private final StoreLocks locks;

    /**
     * @param dir where they are made
     * @param prefix how their names start
     * @param locks for the moment between making and locking one
     */
    WorkDirectories(Linux linux, Path dir, String prefix, StoreLocks locks) {
        this.linux = linux;
        this.dir = dir;
        this.prefix = prefix;
        this.locks = locks;
    }

    /** A directory of ours; closing removes it with what it still holds. */
    final class Work implements AutoCloseable {
        private final Path path;
        private final Fd fd;

        private Work(Path path, Fd fd) {
            this.path = path;
            this.fd = fd;
        }

        Path path() {
            return path;
        }

        /** Lets go of the directory without removing it: it has been renamed. */
        void release() {
            fd.close();
        }

        @Override
        public void close() throws IOException {
            if (fd.isOpen()) {
                try (fd) {
                    TreeRemover.remove(linux, path);
                }
            }
        }
    }

    /** Makes one, of mode 0700. {@code hint} becomes part of its name. */
    @SuppressWarnings("try") // a lock is held, not used
    Work make(String hint, TemplateEvents events) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK, true, events)) {
            Path path = dir.resolve(prefix + hint + "-"
                    + Long.toHexString(ThreadLocalRandom.current().nextLong()));
            linux.mkdirAt(Fd.CWD, path.toString(), 0700);
            return new Work(path, lockedNow(path));
        }
    }

    /** Takes over a directory that has just been renamed out of sight, to remove it. */
    Work adopt(Path renamed) throws IOException {
        return new Work(renamed, lockedNow(renamed));
    }

    /** A fresh name for {@link #adopt}. */
    Path freshName(String hint) {
        return dir.resolve(prefix + hint + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    private Fd lockedNow(Path path) throws IOException {
        Fd fd = linux.open(path, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
        if (!linux.lock(fd, true, false)) {
            fd.close();
            throw new IOException("work directory is locked by somebody else: " + path);
        }
        return fd;
    }

    /** Removes what killed processes left. Returns how many. */
    @SuppressWarnings("try") // a lock is held, not used
    int sweep(TemplateEvents events) throws IOException {
        if (!Files.isDirectory(dir)) {
            return 0;
        }
        List<Work> stale = new ArrayList<>();
        try {
            try (StoreLocks.Held held = locks.lock(LOCK, true, events);
                    DirectoryStream<Path> names = Files.newDirectoryStream(dir, prefix + "*")) {
                for (Path name : names) {
                    @Nullable Fd fd = lockedOrNull(name);
                    if (fd != null) {
                        stale.add(new Work(name, fd));
                    }
                }
            }
            int removed = 0;
            for (Work work : stale) {
                events.stage(TemplateEvents.Stage.REMOVING, work.path().toString());
                work.close();
                removed++;
            }
            return removed;
        } finally {
            for (Work work : stale) {
                work.release();
            }
        }
    }

    private @Nullable Fd lockedOrNull(Path path) throws IOException {
        Fd fd;
        try {
            fd = linux.open(path, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return null;
            }
            throw e;
        }
        if (linux.lock(fd, true, false)) {
            return fd;
        }
        fd.close();
        return null;
    }
}
