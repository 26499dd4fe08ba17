package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EEXIST;
import static org.jvz.runtime.linux.Errno.ENOENT;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.undo.Transaction;

/** Host directories made as steps. */
final class Directories {
    private static final int TRIES = 8;

    private Directories() {}

    /**
     * Makes {@code path} and the parents it lacks, all of them 0700: nobody else has business where VEs lie. Every one
     * made is a step {@code make directory} of its own. An existing directory stays as it is.
     */
    static void makeAll(Transaction transaction, Linux linux, Path path) throws IOException {
        FileStat there = linux.statOrNull(Fd.CWD, path.toString());
        if (there != null) {
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            makeAll(transaction, linux, parent);
        }
        transaction.step("make directory", path.toString(), RootfsUndo.rmdir(path), () -> {
            make(linux, path, 0);
            return true;
        });
    }

    private static void make(Linux linux, Path path, int tries) throws SyscallException {
        try {
            linux.mkdirAt(Fd.CWD, path.toString(), 0700);
        } catch (SyscallException e) {
            Path parent = path.getParent();
            if (e.is(ENOENT) && parent != null && tries < TRIES) {
                // Another VE's command, which had made the parent we share, has failed and is taking it back.
                make(linux, parent, tries + 1);
                make(linux, path, tries + 1);
            } else if (!e.is(EEXIST)) {
                throw e;
            }
        }
    }

    /** Gives directory {@code to} the mode, owner and times of directory {@code from}. */
    static void copyAttributes(Linux linux, Path from, Path to) throws IOException {
        FileStat stat = linux.statFollowing(from);
        try (Fd directory = linux.open(to, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            linux.chown(directory, stat.uid(), stat.gid());
            linux.chmod(directory, stat.permissions());
            linux.setTimes(directory, stat.mtimeSeconds(), stat.mtimeNanos());
        }
    }
}
