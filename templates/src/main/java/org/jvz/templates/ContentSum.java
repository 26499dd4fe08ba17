package org.jvz.templates;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Check sum of a file's contents, 64 bits: CRC-32 and CRC-32C. It is to notice damage and accidents, which it does; who
 * could forge it could change the manifest, too. Short-lived commands run with the client compiler only, where these two
 * are as fast as memory and SHA-256 takes seconds for a template.
 */
final class ContentSum {
    private static final int BLOCK = 4096;

    private final CRC32 crc32 = new CRC32();
    private final CRC32C crc32c = new CRC32C();
    private final byte[] block = new byte[BLOCK];
    private final byte[] position = new byte[8];
    private long blockIndex;
    private boolean blockUsed;

    /** Adds bytes of a file without holes, in order. */
    void plain(byte[] bytes, int offset, int length) {
        crc32.update(bytes, offset, length);
        crc32c.update(bytes, offset, length);
    }

    /**
     * Adds bytes of a sparse file at their place, in ascending order. The sum is over the number and the bytes of every
     * aligned 4 KiB block that is not all zeros, so it does not depend on where a file system keeps holes.
     */
    void sparse(long fileOffset, byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = fileOffset + done;
            long index = at / BLOCK;
            if (index != blockIndex) {
                endBlock();
                blockIndex = index;
            }
            int within = (int) (at % BLOCK);
            int n = Math.min(length - done, BLOCK - within);
            System.arraycopy(bytes, offset + done, block, within, n);
            blockUsed = true;
            done += n;
        }
    }

    private void endBlock() {
        if (!blockUsed) {
            return;
        }
        boolean zeros = true;
        for (int i = 0; i < BLOCK && zeros; i++) {
            zeros = block[i] == 0;
        }
        if (!zeros) {
            for (int i = 0; i < 8; i++) {
                position[i] = (byte) (blockIndex >>> (8 * i));
            }
            plain(position, 0, position.length);
            plain(block, 0, BLOCK);
            java.util.Arrays.fill(block, (byte) 0);
        }
        blockUsed = false;
    }

    /** The sum as 16 hexadecimal digits; starts afresh. */
    String hex() {
        endBlock();
        blockIndex = 0;
        long sum = (crc32.getValue() << 32) | crc32c.getValue();
        crc32.reset();
        crc32c.reset();
        String digits = Long.toHexString(sum);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
