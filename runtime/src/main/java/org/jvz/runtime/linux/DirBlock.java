package org.jvz.runtime.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A block of {@code struct linux_dirent64}, getdents64(2): inode (8 bytes), offset (8), record length (2), type (1), name. */
final class DirBlock {
    private static final int RECLEN = 16;
    private static final int TYPE = 18;
    private static final int NAME = 19;

    private DirBlock() {}

    static <X extends Exception> void forEach(byte[] block, int length, FileCalls.EntryVisitor<X> visitor) throws X {
        ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < length; at += in.getShort(at + RECLEN) & 0xffff) {
            int end = at + NAME;
            while (block[end] != 0) {
                end++;
            }
            String name = PathBytes.decode(block, at + NAME, end - at - NAME);
            if (!name.equals(".") && !name.equals("..")) {
                // DT_* are the S_IFMT bits moved down; 0 is DT_UNKNOWN.
                visitor.visit(new DirEntry(name, (block[at + TYPE] & 0xff) << 12, in.getLong(at)));
            }
        }
    }
}
