package org.jvz.runtime.linux;

/**
 * What statfs(2) tells about a file system.
 *
 * @param type magic number, see the constants
 * @param blockSize bytes per block
 * @param blocks total
 * @param freeBlocks free for root
 * @param availableBlocks free for others
 * @param inodes total; 0 where the file system makes them as needed (btrfs)
 */
public record FsStat(
        long type, long blockSize, long blocks, long freeBlocks, long availableBlocks, long inodes, long freeInodes) {
    /** {@code linux/magic.h}. */
    public static final long EXT4 = 0xef53;

    public static final long XFS = 0x58465342;
    public static final long BTRFS = 0x9123683eL;
    public static final long OVERLAY = 0x794c7630;
    public static final long TMPFS = 0x01021994;
    public static final long CGROUP = 0x27e0eb;
    public static final long CGROUP2 = 0x63677270;
    public static final long PROC = 0x9fa0;

    public long availableBytes() {
        return availableBlocks * blockSize;
    }
}
