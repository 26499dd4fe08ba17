package org.jvz.runtime.linux.netlink;

import java.util.Arrays;

/** Bytes of a message as they are put together. Numbers are little-endian, the order of every machine jvz runs on. */
final class NlBuffer {
    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    /** Appends the low {@code width} bytes of a number. */
    void number(long value, int width) {
        room(width);
        size += width;
        setNumber(size - width, value, width);
    }

    /** Overwrites a number. */
    void setNumber(int at, long value, int width) {
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (value >> (8 * i));
        }
    }

    void bytes(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    /** Appends zeros up to the next multiple of 4. */
    void pad() {
        int to = aligned(size);
        room(to - size);
        size = to;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    static int aligned(int length) {
        return (length + 3) & ~3;
    }

    /** The unsigned number of {@code width} bytes (up to 4; of 8 bytes as they are) at {@code at}. */
    static long number(byte[] bytes, int at, int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }
}
