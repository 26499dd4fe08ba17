package org.jvz.templates;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * Locks of the store: one flock(2) per template on {@code locks/DIGEST}, gone with its holder however that ends. Shared:
 * somebody relies on the unpacked tree. Exclusive: somebody makes or removes it.
 */
final class StoreLocks {
    private static final long POLL_MILLIS = 10;

    private final Linux linux;
    private final Path dir;

    StoreLocks(Linux linux, Path dir) {
        this.linux = linux;
        this.dir = dir;
    }

    /** A lock held; closing lets it go. */
    record Held(Fd fd) implements AutoCloseable {
        @Override
        public void close() {
            fd.close();
        }
    }

    /** Takes the lock if it can be had at once; null if others hold it. */
    @Nullable
    Held tryLock(String name, boolean exclusive) throws IOException {
        while (true) {
            Fd fd;
            try {
                fd = open(name);
            } catch (SyscallException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
                PrivateDirectories.make(dir);
                fd = open(name);
            }
            boolean keep = false;
            try {
                if (!linux.lock(fd, exclusive, false)) {
                    return null;
                }
                // gc removes lock files: one that lost its name while we waited guards nothing any more.
                @Nullable
                FileStat named = linux.statOrNull(Fd.CWD, dir.resolve(name).toString());
                if (named != null && named.sameFile(linux.stat(fd))) {
                    keep = true;
                    return new Held(fd);
                }
            } finally {
                if (!keep) {
                    fd.close();
                }
            }
        }
    }

    private Fd open(String name) throws SyscallException {
        return linux.openAt(
                Fd.CWD, dir.resolve(name).toString(), Set.of(OpenFlag.RDWR, OpenFlag.CREAT, OpenFlag.NOFOLLOW), 0600);
    }

    /** Takes the lock, waiting for others; tells {@code events} once if it must. Interruption ends the wait. */
    Held lock(String name, boolean exclusive, TemplateEvents events) throws IOException {
        @Nullable Held held = tryLock(name, exclusive);
        if (held != null) {
            return held;
        }
        events.stage(TemplateEvents.Stage.WAITING, name);
        while (true) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the lock of template " + name);
            }
            held = tryLock(name, exclusive);
            if (held != null) {
                return held;
            }
        }
    }
}
