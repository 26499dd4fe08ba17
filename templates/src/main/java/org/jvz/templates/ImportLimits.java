package org.jvz.templates;

/**
 * What an archive may unpack to, at most. The defaults are far above any real template and far below what harms a host.
 *
 * @param bytes stored bytes written to disk
 * @param apparentBytes lengths of all files, holes included: copies and backups meet them
 * @param entries entries, and so inodes
 * @param ratio unpacked bytes per byte of archive, once 1 GiB is unpacked
 * @param deviceNodes device nodes, dropped ones included
 */
public record ImportLimits(long bytes, long apparentBytes, long entries, int ratio, int deviceNodes) {
    /** For templates of an ordinary host. */
    public static final ImportLimits DEFAULT = new ImportLimits(64L << 30, 1L << 40, 2_000_000, 200, 4096);

    /** Below this many unpacked bytes, the ratio does not count: small files of zeros pack very well. */
    static final long RATIO_FLOOR = 1L << 30;

    /** No more than the file system has: {@code bytes} and {@code inodes} free (0 inodes: it makes them as needed). */
    ImportLimits within(long freeBytes, long freeInodes) {
        return new ImportLimits(
                Math.min(bytes, freeBytes),
                apparentBytes,
                freeInodes == 0 ? entries : Math.min(entries, freeInodes),
                ratio,
                deviceNodes);
    }
}
