package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.ENOENT;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FsStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;

/** Free space of the file system that a path is on, or will be on when it is made. */
public record DiskSpace(long freeBytes, long freeInodes) {
    /** For file systems that make inodes as they are needed. */
    private static final long UNLIMITED = Long.MAX_VALUE;

    /** What root may still use at {@code path}; for an absent path, what its nearest existing parent tells. */
    public static DiskSpace at(Linux linux, Path path) throws IOException {
        for (Path place = path.toAbsolutePath(); ; place = parent(place)) {
            try (Fd fd = linux.open(place, OpenFlag.PATH)) {
                FsStat stat = linux.statFs(fd);
                return new DiskSpace(
                        stat.freeBlocks() * stat.blockSize(), stat.inodes() == 0 ? UNLIMITED : stat.freeInodes());
            } catch (SyscallException e) {
                if (!e.is(ENOENT)) {
                    throw e;
                }
            }
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    /** Whether that many bytes and inodes fit. */
    public boolean holds(long bytes, long inodes) {
        return freeBytes >= bytes && freeInodes >= inodes;
    }
}
