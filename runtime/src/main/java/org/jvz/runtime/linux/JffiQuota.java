package org.jvz.runtime.linux;

import org.jspecify.annotations.Nullable;

/** Projects of files and their quota. */
abstract class JffiQuota extends JffiNames {
    private static final long FS_IOC_FSGETXATTR = 0x801c581fL;
    private static final long FS_IOC_FSSETXATTR = 0x401c5820L;
    /** {@code struct fsxattr} of linux/fs.h. */
    private static final int FSXATTR_SIZE = 28;

    private static final int FSXATTR_PROJECT = 12;
    private static final int FS_XFLAG_PROJINHERIT = 0x200;

    private static final int PRJQUOTA = 2;
    private static final int Q_GETINFO = 0x800005;
    private static final int Q_GETQUOTA = 0x800007;
    private static final int Q_SETQUOTA = 0x800008;
    private static final int Q_XGETQSTATV = 0x5808;
    /** {@code struct if_dqblk} and {@code struct if_dqinfo} of linux/quota.h, {@code struct fs_quota_statv} of linux/dqblk_xfs.h. */
    private static final int DQBLK_SIZE = 72;

    private static final int DQBLK_VALID = 64;
    private static final int QIF_LIMITS = 1 | 4;
    private static final int DQINFO_SIZE = 24;
    private static final int QSTATV_SIZE = 160;
    private static final int QSTATV_VERSION1 = 1;
    private static final int FS_QUOTA_PDQ_ACCT = 0x10;
    private static final int FS_QUOTA_PDQ_ENFD = 0x20;

    @Override
    public @Nullable FileProject projectOrNull(Fd file) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(FSXATTR_SIZE);
            long result = Native.call(SystemCall.IOCTL, file.number(), FS_IOC_FSGETXATTR, struct);
            if (hasNoProjects(result)) {
                return null;
            }
            check(result, "ioctl", file, "FS_IOC_FSGETXATTR");
            return new FileProject(
                    OffHeap.getInt(struct + FSXATTR_PROJECT) & 0xffffffffL,
                    (OffHeap.getInt(struct) & FS_XFLAG_PROJINHERIT) != 0);
        }
    }

    @Override
    public boolean setProject(Fd file, FileProject project) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(FSXATTR_SIZE);
            long result = Native.call(SystemCall.IOCTL, file.number(), FS_IOC_FSGETXATTR, struct);
            if (hasNoProjects(result)) {
                return false;
            }
            check(result, "ioctl", file, "FS_IOC_FSGETXATTR");
            int flags = OffHeap.getInt(struct) & ~FS_XFLAG_PROJINHERIT;
            OffHeap.putInt(struct, flags | (project.inherited() ? FS_XFLAG_PROJINHERIT : 0));
            OffHeap.putInt(struct + FSXATTR_PROJECT, (int) project.id());
            result = Native.call(SystemCall.IOCTL, file.number(), FS_IOC_FSSETXATTR, struct);
            if (hasNoProjects(result)) {
                return false;
            }
            check(result, "ioctl", file, "FS_IOC_FSSETXATTR", project.id());
            return true;
        }
    }

    /** ENOTTY of one that does not know the ioctl, EOPNOTSUPP of ext4 and btrfs, EINVAL of ones that know flags alone. */
    private static boolean hasNoProjects(long result) {
        return failed(result, Errno.ENOTTY) || failed(result, Errno.EOPNOTSUPP) || failed(result, Errno.EINVAL);
    }

    @Override
    public ProjectAccounting projectAccounting(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(QSTATV_SIZE);
            OffHeap.putInt(struct, QSTATV_VERSION1);
            long result = quotactl(memory, fd, Q_XGETQSTATV, 0, struct);
            if (doesNotCount(result)) {
                return ProjectAccounting.NONE;
            }
            check(result, "quotactl_fd", fd, "Q_XGETQSTATV");
            int flags = OffHeap.getShort(struct + 2);
            if ((flags & FS_QUOTA_PDQ_ENFD) != 0) {
                return ProjectAccounting.LIMITS;
            }
            return (flags & FS_QUOTA_PDQ_ACCT) != 0 ? ProjectAccounting.COUNTS : ProjectAccounting.NONE;
        }
    }

    @Override
    public @Nullable ProjectQuota projectQuotaOrNull(Fd fd, long project) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(DQBLK_SIZE);
            long result = quotactl(memory, fd, Q_GETQUOTA, project, struct);
            // xfs of a project that it has no record of.
            if (failed(result, Errno.ENOENT)) {
                return ProjectQuota.EMPTY;
            }
            if (doesNotCount(result)) {
                return null;
            }
            check(result, "quotactl_fd", fd, "Q_GETQUOTA", project);
            ProjectQuota.Limits limits = new ProjectQuota.Limits(
                    OffHeap.getLong(struct + 8),
                    OffHeap.getLong(struct),
                    OffHeap.getLong(struct + 32),
                    OffHeap.getLong(struct + 24));
            return new ProjectQuota(limits, OffHeap.getLong(struct + 16), OffHeap.getLong(struct + 40));
        }
    }

    @Override
    public void setProjectLimits(Fd fd, long project, ProjectQuota.Limits limits) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(DQBLK_SIZE);
            OffHeap.putLong(struct, limits.hardKib());
            OffHeap.putLong(struct + 8, limits.softKib());
            OffHeap.putLong(struct + 24, limits.hardInodes());
            OffHeap.putLong(struct + 32, limits.softInodes());
            OffHeap.putInt(struct + DQBLK_VALID, QIF_LIMITS);
            check(quotactl(memory, fd, Q_SETQUOTA, project, struct), "quotactl_fd", fd, "Q_SETQUOTA", project, limits);
        }
    }

    @Override
    public long projectGraceSeconds(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(DQINFO_SIZE);
            check(quotactl(memory, fd, Q_GETINFO, 0, struct), "quotactl_fd", fd, "Q_GETINFO");
            return OffHeap.getLong(struct);
        }
    }

    /** ENOSYS: no quota is on, or the file system knows none; ESRCH: none of this type; EINVAL: nor of this format. */
    private static boolean doesNotCount(long result) {
        return failed(result, Errno.ENOSYS) || failed(result, Errno.ESRCH) || failed(result, Errno.EINVAL);
    }

    private long quotactl(OffHeap memory, Fd fd, int command, long project, long struct) throws SyscallException {
        long whole = (((long) command << 8) | PRJQUOTA) & 0xffffffffL;
        long result = Native.call(SystemCall.QUOTACTL_FD, fd.number(), whole, project, struct);
        if (!failed(result, Errno.ENOSYS)) {
            return result;
        }
        // A file system without quota says the same as a kernel, or a container, without the call; then ask by device.
        FileStat stat = stat(fd);
        if (stat.devMajor() == 0) {
            return result;
        }
        long device = memory.path("/dev/block/" + stat.devMajor() + ":" + stat.devMinor());
        long again = Native.call(SystemCall.QUOTACTL, whole, device, project, struct);
        // No such node, or not for us: the first answer stands.
        return again >= 0 || failed(again, Errno.EPERM) ? again : result;
    }
}
