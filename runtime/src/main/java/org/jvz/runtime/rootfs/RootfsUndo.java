package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EINVAL;
import static org.jvz.runtime.linux.Errno.ENOENT;
import static org.jvz.runtime.linux.Errno.ENOTDIR;
import static org.jvz.runtime.linux.Errno.ENOTEMPTY;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.undo.UndoHandlers;
import org.jvz.runtime.undo.UndoStep;

/**
 * How steps on files and mounts are taken back. Every path is absolute. What is gone already is a success; what was
 * never made is, too.
 *
 * <table>
 *   <caption>Kinds</caption>
 *   <tr><td>{@code umount PATH}</td><td>unmounts PATH and what is mounted below it</td></tr>
 *   <tr><td>{@code detach PATH}</td><td>the same at once and even if in use: for mounts of a moment</td></tr>
 *   <tr><td>{@code rmdir PATH}</td><td>removes a directory that the step made, if it is still empty</td></tr>
 *   <tr><td>{@code rmtree PATH}</td><td>removes a tree; {@link TreeRemover}</td></tr>
 *   <tr><td>{@code unlink PATH}</td><td>removes a file or link</td></tr>
 *   <tr><td>{@code quota AREA PROJECT SOFT HARD SOFT HARD}</td><td>sets the limits of a project of AREA's file system, KiB
 *       then inodes, unless AREA is gone</td></tr>
 *   <tr><td>{@code rename FROM TO}</td><td>renames FROM to TO, unless FROM is gone</td></tr>
 * </table>
 */
public final class RootfsUndo implements UndoHandlers {
    private static final String UMOUNT = "umount";
    private static final String DETACH = "detach";
    private static final String RMDIR = "rmdir";
    private static final String RMTREE = "rmtree";
    private static final String UNLINK = "unlink";
    private static final String RENAME = "rename";
    private static final String QUOTA = "quota";

    private final Linux linux;

    public RootfsUndo(Linux linux) {
        this.linux = linux;
    }

    public static UndoStep umount(Path path) {
        return UndoStep.of(UMOUNT, path.toString());
    }

    public static UndoStep detach(Path path) {
        return UndoStep.of(DETACH, path.toString());
    }

    public static UndoStep rmdir(Path path) {
        return UndoStep.of(RMDIR, path.toString());
    }

    public static UndoStep rmtree(Path path) {
        return UndoStep.of(RMTREE, path.toString());
    }

    public static UndoStep unlink(Path path) {
        return UndoStep.of(UNLINK, path.toString());
    }

    /** Gives a project of the file system that {@code area} lies on these limits. */
    public static UndoStep quota(Path area, long project, ProjectQuota.Limits limits) {
        return UndoStep.of(
                QUOTA,
                area.toString(),
                Long.toString(project),
                Long.toString(limits.softKib()),
                Long.toString(limits.hardKib()),
                Long.toString(limits.softInodes()),
                Long.toString(limits.hardInodes()));
    }

    /** Takes a rename of {@code was} to {@code now} back. */
    public static UndoStep renameBack(Path now, Path was) {
        return UndoStep.of(RENAME, now.toString(), was.toString());
    }

    /** Whether this class undoes steps of that kind. */
    public static boolean knows(String kind) {
        return switch (kind) {
            case UMOUNT, DETACH, RMDIR, RMTREE, UNLINK, RENAME, QUOTA -> true;
            default -> false;
        };
    }

    @Override
    public void undo(UndoStep step) throws IOException {
        Path path = Path.of(step.args().get(0));
        if (!path.isAbsolute() || path.getNameCount() == 0) {
            throw new IOException("Refusing to undo a step on " + path);
        }
        switch (step.kind()) {
            case UMOUNT -> RootMount.unmountIfMounted(linux, path);
            case DETACH -> detachNow(linux, path);
            case RMDIR -> removeDirectory(linux, path);
            case RMTREE -> TreeRemover.remove(linux, path);
            case UNLINK -> unlinkFile(path);
            case RENAME -> rename(path, step.args().get(1));
            case QUOTA -> limit(path, step);
            default -> throw new IOException("Unknown kind of undo step: " + step.kind());
        }
    }

    /** Detaches everything stacked at {@code path}; nothing there is a success. */
    static void detachNow(Linux linux, Path path) throws IOException {
        while (true) {
            try {
                linux.unmount(path, UmountFlag.DETACH, UmountFlag.NOFOLLOW);
            } catch (SyscallException e) {
                if (e.is(EINVAL) || e.is(ENOENT) || e.is(ENOTDIR)) {
                    return;
                }
                throw e;
            }
        }
    }

    /** Removes a directory; one that somebody has filled meanwhile stays, for it is not ours alone any more. */
    static void removeDirectory(Linux linux, Path path) throws IOException {
        try {
            linux.rmdirAt(Fd.CWD, path.toString());
        } catch (SyscallException e) {
            if (!e.is(ENOENT) && !e.is(ENOTDIR) && !e.is(ENOTEMPTY) && !e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private void unlinkFile(Path path) throws IOException {
        try {
            linux.unlinkAt(Fd.CWD, path.toString());
        } catch (SyscallException e) {
            if (!e.is(ENOENT) && !e.is(ENOTDIR)) {
                throw e;
            }
        }
    }

    private void rename(Path from, String to) throws IOException {
        try {
            linux.renameAt(Fd.CWD, from.toString(), Fd.CWD, to, Set.of(RenameFlag.NOREPLACE));
        } catch (SyscallException e) {
            if (!e.is(ENOENT) && !e.is(ENOTDIR)) {
                throw e;
            }
        }
    }

    private void limit(Path area, UndoStep step) throws IOException {
        long[] numbers = new long[5];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.parseLong(step.args().get(i + 1));
        }
        try {
            AreaProject.set(
                    linux, area, numbers[0], new ProjectQuota.Limits(numbers[1], numbers[2], numbers[3], numbers[4]));
        } catch (SyscallException e) {
            // Without quota (any more) there are no limits to put back.
            if (!e.is(ENOENT) && !e.is(ENOTDIR) && !e.is(Errno.ESRCH) && !e.is(Errno.ENOSYS)) {
                throw e;
            }
        }
    }
}
