package org.jvz.templates.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.PathBytes;

/**
 * Reads the entries of a tar archive in order, and the stored bytes of the current one.
 *
 * <p>Strict: a wrong checksum, an odd number, an unknown type, an archive that ends before its end-of-archive marker, or
 * data after it, is an {@link ArchiveException}. The memory used does not depend on what the archive declares.
 */
public final class TarReader implements Closeable {
    /** Longest extended header or GNU long name taken, in bytes: names end at 4 KiB, attributes at 64 KiB each. */
    private static final int MAX_HEADER = 1 << 20;

    /** Most extents of a sparse file taken. */
    private static final int MAX_EXTENTS = 1 << 20;

    /** Most zeros taken after the end: the largest record of any writer, with room to spare. */
    private static final int MAX_PADDING = 16 << 20;

    private final InputStream in;
    private final byte[] block = new byte[TarHeader.SIZE];
    private final PaxRecords global = PaxRecords.none();
    private @Nullable TarEntry current;

    /** Stored bytes of the current entry not read yet, and the padding to the next block. */
    private long left;

    private int padding;

    /** Reads from {@code in}, decompressed; closing the reader closes it. */
    public TarReader(InputStream in) {
        this.in = in;
    }

    /** Next entry, or null after the last; what was not read of the one before is skipped. */
    public @Nullable TarEntry next() throws IOException {
        skip(left);
        skip(padding);
        left = 0;
        padding = 0;
        current = null;
        PaxRecords pax = global.forEntry();
        @Nullable String longName = null;
        @Nullable String longLink = null;
        while (true) {
            if (!readBlock()) {
                return null;
            }
            TarHeader header = new TarHeader(block.clone());
            switch (header.type()) {
                case 'x', 'X' -> pax.add(metadata(header));
                case 'g' -> {
                    global.add(metadata(header));
                    pax = global.forEntry();
                }
                case 'L' -> longName = terminated(metadata(header));
                case 'K' -> longLink = terminated(metadata(header));
                case 'V' -> skipEntry(header);
                default -> {
                    TarEntry entry = entry(header, pax, longName, longLink);
                    current = entry;
                    return entry;
                }
            }
        }
    }

    /** Reads stored bytes of the current entry; -1 after the last. */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw truncated();
        }
        left -= n;
        return n;
    }

    /** Closes the stream. */
    @Override
    public void close() throws IOException {
        in.close();
    }

    private TarEntry entry(TarHeader header, PaxRecords pax, @Nullable String longName, @Nullable String longLink)
            throws IOException {
        @Nullable String sparseName = pax.text("GNU.sparse.name");
        @Nullable String paxName = pax.text("path");
        @Nullable String paxLink = pax.text("linkpath");
        String name = sparseName != null
                ? sparseName
                : paxName != null ? paxName : longName != null ? longName : header.name();
        String link = paxLink != null ? paxLink : longLink != null ? longLink : header.linkName();
        if (name.isEmpty()) {
            throw new ArchiveException("malformed header: entry without a name");
        }
        if (name.indexOf(0) >= 0 || link.indexOf(0) >= 0) {
            throw new ArchiveException(name, "name holds a NUL");
        }
        byte type = header.type();
        TarEntry.Kind kind = kind(name, type);
        boolean file = kind == TarEntry.Kind.FILE;
        long declared = pax.number("size", header.size());
        // Links, nodes and directories may carry a size without data: only files have contents.
        left = file ? declared : 0;
        if (kind == TarEntry.Kind.HARD_LINK && declared > 0 && pax.has("size")) {
            throw new ArchiveException(name, "hard link with contents");
        }
        padding = (int) (-left & (TarHeader.SIZE - 1));
        Contents contents = file ? contents(name, type, header, pax) : new Contents(0, Extents.NONE);
        Extents extents = contents.extents();
        if (file && extents.stored() != left) {
            throw new ArchiveException(name, "sparse map does not fit the stored data");
        }
        long[] mtime = pax.time("mtime");
        boolean device = kind == TarEntry.Kind.CHAR_DEVICE || kind == TarEntry.Kind.BLOCK_DEVICE;
        return new TarEntry(
                name,
                kind,
                kind == TarEntry.Kind.HARD_LINK || kind == TarEntry.Kind.SYMLINK ? link : "",
                header.mode(),
                pax.number("uid", header.uid()),
                pax.number("gid", header.gid()),
                contents.size(),
                mtime == null ? header.mtime() : mtime[0],
                mtime == null ? 0 : (int) mtime[1],
                device ? header.devMajor() : 0,
                device ? header.devMinor() : 0,
                Map.copyOf(pax.xattrs()),
                extents,
                pax.hasPrefix("SCHILY.acl."));
    }

    private static TarEntry.Kind kind(String name, byte type) throws ArchiveException {
        return switch (type) {
            // Before POSIX a directory was a file whose name ends in a slash.
            case 0, '0', '7' -> name.endsWith("/") ? TarEntry.Kind.DIRECTORY : TarEntry.Kind.FILE;
            case 'S' -> TarEntry.Kind.FILE;
            case '1' -> TarEntry.Kind.HARD_LINK;
            case '2' -> TarEntry.Kind.SYMLINK;
            case '3' -> TarEntry.Kind.CHAR_DEVICE;
            case '4' -> TarEntry.Kind.BLOCK_DEVICE;
            case '5' -> TarEntry.Kind.DIRECTORY;
            case '6' -> TarEntry.Kind.FIFO;
            case 'D' -> throw new ArchiveException(name, "incremental archives are not supported");
            case 'M' -> throw new ArchiveException(name, "archives of several volumes are not supported");
            default -> throw new ArchiveException(name, "unknown entry type 0x" + Integer.toHexString(type & 0xff));
        };
    }

    /** Length of a file with its holes, and what of it is stored. */
    private record Contents(long size, Extents extents) {}

    private Contents contents(String name, byte type, TarHeader header, PaxRecords pax) throws IOException {
        if (type == 'S') {
            long size = header.sparseRealSize();
            List<Long> map = header.sparseMap();
            boolean more = header.sparseMapContinues();
            while (more) {
                fill();
                List<Long> next = TarHeader.sparseMap(block, 0, 21);
                map.addAll(next);
                more = block[504] != 0;
                limitExtents(name, map);
            }
            return new Contents(size, Extents.of(name, map, size));
        }
        if (pax.has("GNU.sparse.major")) {
            if (pax.number("GNU.sparse.major", 0) != 1 || pax.number("GNU.sparse.minor", 0) != 0) {
                throw new ArchiveException(name, "unknown version of the sparse format");
            }
            long size = pax.number("GNU.sparse.realsize", 0);
            return new Contents(size, Extents.of(name, mapInData(name), size));
        }
        if (pax.has("GNU.sparse.size")) {
            long size = pax.number("GNU.sparse.size", 0);
            List<Long> map = pax.sparseMap();
            limitExtents(name, map);
            return new Contents(size, Extents.of(name, map, size));
        }
        return new Contents(left, Extents.whole(left));
    }

    /** GNU sparse format 1.0: count, then offset and length in turn, one decimal number a line, padded to a block. */
    private List<Long> mapInData(String name) throws IOException {
        List<Long> map = new ArrayList<>();
        long expected = -1;
        long number = 0;
        int digits = 0;
        while (expected < 0 || map.size() < 2 * expected) {
            if (left < TarHeader.SIZE) {
                throw new ArchiveException(name, "sparse map is cut off");
            }
            fill();
            left -= TarHeader.SIZE;
            for (int i = 0; i < TarHeader.SIZE && (expected < 0 || map.size() < 2 * expected); i++) {
                byte c = block[i];
                if (c >= '0' && c <= '9' && digits < 18) {
                    number = number * 10 + c - '0';
                    digits++;
                } else if (c == '\n' && digits > 0) {
                    if (expected < 0) {
                        expected = number;
                        if (expected > MAX_EXTENTS) {
                            throw new ArchiveException(name, "sparse map is too long");
                        }
                    } else {
                        map.add(number);
                    }
                    number = 0;
                    digits = 0;
                } else {
                    throw new ArchiveException(name, "malformed sparse map");
                }
            }
        }
        return map;
    }

    private static void limitExtents(String name, List<Long> map) throws ArchiveException {
        if (map.size() / 2 > MAX_EXTENTS) {
            throw new ArchiveException(name, "sparse map is too long");
        }
    }

    private byte[] metadata(TarHeader header) throws IOException {
        long size = header.size();
        if (size > MAX_HEADER) {
            throw new ArchiveException("extended header of " + size + " bytes is too long");
        }
        byte[] data = new byte[(int) size];
        fill(data);
        skip(-size & (TarHeader.SIZE - 1));
        return data;
    }

    private void skipEntry(TarHeader header) throws IOException {
        skip(header.size());
        skip(-header.size() & (TarHeader.SIZE - 1));
    }

    private static String terminated(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != 0) {
            end++;
        }
        return PathBytes.decode(data, 0, end);
    }

    /** Reads a header block; false at the end of the archive, whose remainder is then checked. */
    private boolean readBlock() throws IOException {
        int n = in.readNBytes(block, 0, block.length);
        if (n == 0) {
            throw new ArchiveException("archive is truncated: it ends without an end-of-archive marker");
        }
        if (n < block.length) {
            throw truncated();
        }
        if (!isZero(block, block.length)) {
            return true;
        }
        long padding = 0;
        while ((n = in.readNBytes(block, 0, block.length)) > 0) {
            padding += n;
            if (!isZero(block, n)) {
                throw new ArchiveException("data after the end of the archive");
            }
            if (padding > MAX_PADDING) {
                throw new ArchiveException("endless padding after the end of the archive");
            }
        }
        return false;
    }

    private static boolean isZero(byte[] block, int length) {
        for (int i = 0; i < length; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void fill() throws IOException {
        fill(block);
    }

    private void fill(byte[] data) throws IOException {
        if (in.readNBytes(data, 0, data.length) < data.length) {
            throw truncated();
        }
    }

    private void skip(long bytes) throws IOException {
        long rest = bytes;
        byte[] sink = rest > 0 ? new byte[(int) Math.min(rest, 1 << 16)] : block;
        while (rest > 0) {
            int n = in.read(sink, 0, (int) Math.min(rest, sink.length));
            if (n < 0) {
                throw truncated();
            }
            rest -= n;
        }
    }

    private ArchiveException truncated() {
        @Nullable TarEntry entry = current;
        return entry == null
                ? new ArchiveException("archive is truncated")
                : new ArchiveException(entry.name(), "archive is truncated");
    }
}
