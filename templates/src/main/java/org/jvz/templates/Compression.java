package org.jvz.templates;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How an archive is compressed: told by its first bytes, never by its name, for names lie. */
enum Compression {
    NONE(""),
    GZIP(".gz", 0x1f, 0x8b),
    BZIP2(".bz2", 'B', 'Z', 'h'),
    XZ(".xz", 0xfd, '7', 'z', 'X', 'Z', 0),
    ZSTD(".zst", 0x28, 0xb5, 0x2f, 0xfd);

    /** Decompressing xz may take the dictionary's size in memory; its largest preset takes 65 MiB. */
    private static final int XZ_MEMORY_KIB = 256 << 10;

    private static final int BUFFER = 1 << 17;
    private static final int LONGEST_MAGIC = 6;

    private final String suffix;
    private final int[] magic;

    Compression(String suffix, int... magic) {
        this.suffix = suffix;
        this.magic = magic;
    }

    /** What follows {@code .tar} in a file name: {@code .gz}, or nothing. */
    String suffix() {
        return suffix;
    }

    /** Tells the compression from the first bytes; {@code in} must support mark, and stays where it is. */
    static Compression of(InputStream in) throws IOException {
        in.mark(LONGEST_MAGIC);
        byte[] first = in.readNBytes(LONGEST_MAGIC);
        in.reset();
        for (Compression compression : values()) {
            if (compression != NONE && compression.matches(first)) {
                return compression;
            }
        }
        return NONE;
    }

    private boolean matches(byte[] first) {
        if (first.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((first[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** The contents of a compressed stream, of all its members. Damage and truncation are {@link IOException}s. */
    InputStream decompress(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP ->
                GzipCompressorInputStream.builder()
                        .setInputStream(in)
                        .setDecompressConcatenated(true)
                        .setBufferSize(BUFFER)
                        .get();
            case BZIP2 -> new BZip2CompressorInputStream(new BufferedInputStream(in, BUFFER), true);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}
