package org.jvz.templates.tar;

import java.util.List;

/**
 * Where the stored bytes of a file lie in it: ascending, not overlapping, within the file. What no extent covers is a
 * hole. A file without holes has one extent, an empty one none.
 */
public final class Extents {
    /** Of everything that is not a file, and of empty files. */
    public static final Extents NONE = new Extents(new long[0], new long[0], 0);

    private final long[] offsets;
    private final long[] lengths;
    private final long stored;

    private Extents(long[] offsets, long[] lengths, long stored) {
        this.offsets = offsets;
        this.lengths = lengths;
        this.stored = stored;
    }

    /** The extent of a file of {@code size} bytes without holes. */
    static Extents whole(long size) {
        return size == 0 ? NONE : new Extents(new long[] {0}, new long[] {size}, size);
    }

    /**
     * Checks a sparse map: offset and length in turn.
     *
     * @throws ArchiveException if extents overlap, go backwards, or leave the file
     */
    static Extents of(String entry, List<Long> map, long fileSize) throws ArchiveException {
        if (map.size() % 2 != 0) {
            throw new ArchiveException(entry, "sparse map has an offset without a length");
        }
        int count = map.size() / 2;
        long[] offsets = new long[count];
        long[] lengths = new long[count];
        long end = 0;
        long stored = 0;
        int used = 0;
        for (int i = 0; i < count; i++) {
            long offset = map.get(2 * i);
            long length = map.get(2 * i + 1);
            if (offset < end || length < 0 || offset > fileSize || length > fileSize - offset) {
                throw new ArchiveException(entry, "sparse map does not fit the file");
            }
            // An empty extent only marks the end of a file that ends in a hole.
            if (length > 0) {
                offsets[used] = offset;
                lengths[used++] = length;
            }
            end = offset + length;
            stored += length;
        }
        return new Extents(java.util.Arrays.copyOf(offsets, used), java.util.Arrays.copyOf(lengths, used), stored);
    }

    /** Number of extents. */
    public int count() {
        return offsets.length;
    }

    /** Offset in the file of extent {@code i}, in bytes. */
    public long offset(int i) {
        return offsets[i];
    }

    /** Length of extent {@code i} in bytes, at least 1. */
    public long length(int i) {
        return lengths[i];
    }

    /** Sum of the lengths: bytes stored in the archive. */
    public long stored() {
        return stored;
    }
}
