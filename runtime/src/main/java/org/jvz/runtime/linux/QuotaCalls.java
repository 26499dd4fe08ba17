package org.jvz.runtime.linux;

import org.jspecify.annotations.Nullable;

/**
 * Project quota: the number that a file system keeps for each file, and what it counts and limits for each number.
 * ioctl_xfs_fsgetxattr(2), quotactl(2). Where a call takes a descriptor for its file system, one opened with PATH will do.
 */
public interface QuotaCalls {
    /**
     * The project of an open file; null where the file system has no projects. A descriptor opened with PATH fails (EBADF).
     *
     * @throws SyscallException if the kernel cannot tell for another reason
     */
    @Nullable
    FileProject projectOrNull(Fd file) throws SyscallException;

    /**
     * Moves an open file or directory into a project; what is made in a directory later belongs to the same. Returns false where the
     * file system has no projects.
     */
    boolean setProject(Fd file, FileProject project) throws SyscallException;

    /** Whether the file system that {@code fd} lies on counts per project, and whether it limits, too. */
    ProjectAccounting projectAccounting(Fd fd) throws SyscallException;

    /** Limits and use of a project, zeros for one never heard of. Null where the file system does not count. */
    @Nullable
    ProjectQuota projectQuotaOrNull(Fd fd, long project) throws SyscallException;

    /** Sets the limits of a project; its use stays what it is, and may be above them. */
    void setProjectLimits(Fd fd, long project, ProjectQuota.Limits limits) throws SyscallException;

    /** Seconds that projects of this file system may be above a soft limit of space; the same for all of them. */
    long projectGraceSeconds(Fd fd) throws SyscallException;

    /**
     * A file's project.
     *
     * @param id 0 (none) to 2^32-2
     * @param inherited whether what is made in the directory gets the same; never for a file
     */
    record FileProject(long id, boolean inherited) {}

    /** What a file system does for projects, each including the one before. */
    enum ProjectAccounting {
        NONE,
        COUNTS,
        LIMITS
    }
}
