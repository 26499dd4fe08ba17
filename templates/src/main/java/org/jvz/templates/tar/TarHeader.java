package org.jvz.templates.tar;

import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.PathBytes;

/** The fields of one 512-byte header block, tar(5) of libarchive and {@code struct posix_header} of GNU tar. */
final class TarHeader {
    static final int SIZE = 512;

    private final byte[] block;
    private final boolean posix;

    /** Takes a block that is not all zeros, and checks its sum. */
    TarHeader(byte[] block) throws ArchiveException {
        this.block = block;
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < SIZE; i++) {
            byte b = (i >= 148 && i < 156) ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            // Some old writers summed up signed characters.
            signed += b;
        }
        long declared = checksum();
        if (declared != unsigned && declared != signed) {
            throw new ArchiveException("not a tar archive, or damaged: a header has a wrong checksum");
        }
        posix = text(257, 6).equals("ustar") && block[262] == 0;
    }

    /** The sum as declared; -1 if that is no number, which no sum is. */
    private long checksum() {
        try {
            return number(148, 8, "checksum");
        } catch (ArchiveException e) {
            return -1;
        }
    }

    byte type() {
        return block[156];
    }

    String name() {
        String name = text(0, 100);
        if (!posix) {
            return name;
        }
        String prefix = text(345, 155);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String linkName() {
        return text(157, 100);
    }

    int mode() throws ArchiveException {
        // Some writers add the type bits of st_mode.
        return (int) (number(100, 8, "mode") & 07777);
    }

    long uid() throws ArchiveException {
        return number(108, 8, "uid");
    }

    long gid() throws ArchiveException {
        return number(116, 8, "gid");
    }

    long size() throws ArchiveException {
        return notNegative(number(124, 12, "size"), "size");
    }

    long mtime() throws ArchiveException {
        return number(136, 12, "mtime");
    }

    long devMajor() throws ArchiveException {
        return number(329, 8, "device number");
    }

    long devMinor() throws ArchiveException {
        return number(337, 8, "device number");
    }

    /** Old GNU format: length of the file with its holes. */
    long sparseRealSize() throws ArchiveException {
        return notNegative(number(483, 12, "size"), "size");
    }

    /** Old GNU format: the up to 4 extents in the header. */
    List<Long> sparseMap() throws ArchiveException {
        return sparseMap(block, 386, 4);
    }

    boolean sparseMapContinues() {
        return block[482] != 0;
    }

    /** Extents of an old GNU sparse map, up to the first unused slot. */
    static List<Long> sparseMap(byte[] block, int at, int slots) throws ArchiveException {
        List<Long> map = new ArrayList<>();
        for (int i = 0; i < slots && block[at + 24 * i + 12] != 0; i++) {
            map.add(number(block, at + 24 * i, 12, "sparse map"));
            map.add(number(block, at + 24 * i + 12, 12, "sparse map"));
        }
        return map;
    }

    private static long notNegative(long value, String what) throws ArchiveException {
        if (value < 0) {
            throw new ArchiveException("malformed header: negative " + what);
        }
        return value;
    }

    private String text(int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return PathBytes.decode(block, at, end - at);
    }

    private long number(int at, int length, String what) throws ArchiveException {
        return number(block, at, length, what);
    }

    /** Octal digits with blanks or zeros around, or GNU's base-256 form (high bit set, two's complement). */
    private static long number(byte[] block, int at, int length, String what) throws ArchiveException {
        int first = block[at] & 0xff;
        int end = at + length;
        if ((first & 0x80) != 0) {
            // Below the marking bit comes the sign, then the value's own bits.
            long value = (first & 0x40) != 0 ? first | -0x100L : first & 0x3f;
            for (int i = at + 1; i < end; i++) {
                if (value > (Long.MAX_VALUE >> 8) || value < (Long.MIN_VALUE >> 8)) {
                    throw new ArchiveException("malformed header: " + what + " is too large");
                }
                value = (value << 8) | (block[i] & 0xff);
            }
            return value;
        }
        int i = at;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        while (i < end && block[i] >= '0' && block[i] <= '7') {
            value = (value << 3) | (block[i++] - '0');
        }
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        if (i < end) {
            throw new ArchiveException("malformed header: " + what + " is not an octal number");
        }
        return value;
    }
}
