package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EBUSY;
import static org.jvz.runtime.linux.Errno.EINVAL;
import static org.jvz.runtime.linux.Errno.ENOENT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.UmountFlag;

/** The mounts at and below a VE root, of whatever layout. */
public final class RootMount {
    /** Waits of 10, 20, 40 … ms: about 0.6 s in all for a user that is just leaving. */
    private static final int TRIES = 7;

    private static final long FIRST_WAIT_MILLIS = 10;

    /** File systems that keep nothing on disk: detached from the tree, they lose nothing. */
    private static final Set<String> MEMORY_ONLY =
            Set.of("proc", "sysfs", "tmpfs", "devpts", "mqueue", "devtmpfs", "cgroup", "cgroup2", "ramfs");

    private RootMount() {}

    /** Whether something is mounted at {@code root}; links are followed, an absent path is not mounted. JDK only. */
    public static boolean isMounted(Path root) throws IOException {
        return MountTable.isMounted(root);
    }

    /** What is mounted below {@code root}, in the order to unmount; empty if {@code root} is not mounted. */
    public static List<MountEntry> below(Path root) throws IOException {
        MountTable table = MountTable.read();
        MountEntry top = table.mountAt(root);
        return top == null ? List.of() : table.below(top);
    }

    /**
     * Unmounts {@code root}, first what is mounted below it, and whatever is stacked there.
     *
     * <p>The root itself is never detached lazily: a file still open there would be written behind the back of the next
     * mount, and two overlays on one upper layer corrupt it. A busy mount below it is detached if that loses nothing:
     * its file system is mounted elsewhere, too, or keeps nothing on disk.
     *
     * @return whether it was mounted
     * @throws RootBusyException if it is still in use after about half a second; submounts may be gone then
     */
    public static boolean unmountIfMounted(Linux linux, Path root) throws IOException {
        Path real;
        try {
            real = root.toRealPath();
        } catch (NoSuchFileException absent) {
            return false;
        }
        boolean any = false;
        long wait = FIRST_WAIT_MILLIS;
        for (int tries = 1; ; ) {
            MountTable table = MountTable.read();
            MountEntry top = table.topAt(real.toString());
            if (top == null) {
                return any;
            }
            any = true;
            SyscallException busy = unmountTree(linux, table, top, tries == TRIES);
            if (busy == null) {
                // Another mount may have been hidden below this one.
                continue;
            }
            if (tries++ == TRIES) {
                throw new RootBusyException(root, MountUsers.of(real), busy);
            }
            pause(wait);
            wait *= 2;
        }
    }

    private static @Nullable SyscallException unmountTree(Linux linux, MountTable table, MountEntry top, boolean last)
            throws SyscallException {
        for (MountEntry entry : table.below(top)) {
            SyscallException busy = unmountOne(linux, entry);
            if (busy != null) {
                if (!last || !losesNothing(table, top, entry)) {
                    return busy;
                }
                linux.unmount(entry.mountPoint(), Set.of(UmountFlag.DETACH, UmountFlag.NOFOLLOW));
            }
        }
        return unmountOne(linux, top);
    }

    /** Returns the failure if the mount is busy, else null. */
    private static @Nullable SyscallException unmountOne(Linux linux, MountEntry entry) throws SyscallException {
        try {
            linux.unmount(entry.mountPoint(), Set.of(UmountFlag.NOFOLLOW));
            return null;
        } catch (SyscallException e) {
            if (e.is(EBUSY)) {
                return e;
            }
            // Not a mount point (any more): gone since we read the table.
            if (e.is(EINVAL) || e.is(ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    private static boolean losesNothing(MountTable table, MountEntry top, MountEntry entry) {
        if (MEMORY_ONLY.contains(entry.type())) {
            return true;
        }
        for (MountEntry other : table.entries()) {
            if (other.device().equals(entry.device()) && !MountTable.covers(top.mountPoint(), other.mountPoint())) {
                return true;
            }
        }
        return false;
    }

    private static void pause(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while unmounting");
        }
    }
}
