package org.jvz.runtime.linux;

/**
 * What statx(2) tells about a file.
 *
 * @param mode type and permission bits, as in inode(7)
 * @param uid owner as this process sees it, 0 to 2^32-1 (on a VE's mounted root: a shifted id)
 * @param size bytes
 * @param blocks 512-byte units on disk
 * @param rdevMajor device that a device node stands for, else 0
 * @param devMajor device that the file lies on
 * @param mtimeSeconds since the epoch
 * @param mountId as the first column of mountinfo, proc_pid_mountinfo(5)
 * @param mountRoot whether this is the root of a mount
 * @param immutable whether {@code chattr +i} is set
 */
public record FileStat(
        int mode,
        long uid,
        long gid,
        long size,
        long blocks,
        long nlink,
        int rdevMajor,
        int rdevMinor,
        int devMajor,
        int devMinor,
        long ino,
        long mtimeSeconds,
        int mtimeNanos,
        long mountId,
        boolean mountRoot,
        boolean immutable) {

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;

    /** One of the {@code S_IF*}. */
    public int type() {
        return mode & S_IFMT;
    }

    /** Permission, set-id and sticky bits: 0 to 07777. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isSymlink() {
        return type() == S_IFLNK;
    }

    public boolean isDevice() {
        return type() == S_IFCHR || type() == S_IFBLK;
    }

    /** Whether both are the same file: same device and inode number. */
    public boolean sameFile(FileStat other) {
        return ino == other.ino && devMajor == other.devMajor && devMinor == other.devMinor;
    }
}
