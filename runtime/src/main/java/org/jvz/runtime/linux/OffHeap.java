package org.jvz.runtime.linux;

import com.kenai.jffi.MemoryIO;
import java.util.Arrays;

/**
 * Memory for arguments of system calls, freed as a whole. Addresses stay valid until {@link #close}; everything is 16-byte aligned.
 * Only {@code linux} and {@code linux.spawn} use it. Not thread-safe.
 */
public final class OffHeap implements AutoCloseable {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final int CHUNK = 4096;
    private static final int ALIGN = 16;

    private long[] chunks = new long[4];
    private int count;
    private long free;
    private long end;

    /** {@code size} bytes of zeros. */
    public long zeroed(long size) {
        long address = allocate(size);
        MEMORY.setMemory(address, size, (byte) 0);
        return address;
    }

    /** {@code size} bytes, not cleared. */
    long allocate(long size) {
        long rounded = Math.max(ALIGN, (size + ALIGN - 1) & -ALIGN);
        if (end - free < rounded) {
            addChunk(Math.max(CHUNK, rounded));
        }
        long address = free;
        free += rounded;
        return address;
    }

    private void addChunk(long size) {
        if (count == chunks.length) {
            chunks = Arrays.copyOf(chunks, count * 2);
        }
        long address = MEMORY.allocateMemory(size, false);
        if (address == 0) {
            throw new OutOfMemoryError("no " + size + " bytes outside the heap");
        }
        chunks[count++] = address;
        free = address;
        end = address + size;
    }

    /** {@code path} as a C string. */
    public long path(String path) {
        return cString(PathBytes.encode(path));
    }

    /** {@code bytes} and a terminating zero. */
    public long cString(byte[] bytes) {
        long address = allocate(bytes.length + 1L);
        MEMORY.putByteArray(address, bytes, 0, bytes.length);
        MEMORY.putByte(address + bytes.length, (byte) 0);
        return address;
    }

    /** A copy of {@code bytes}. */
    public long bytes(byte[] bytes) {
        return bytes(bytes, 0, bytes.length);
    }

    long bytes(byte[] bytes, int offset, int length) {
        long address = allocate(length);
        MEMORY.putByteArray(address, bytes, offset, length);
        return address;
    }

    public static void putInt(long address, int value) {
        MEMORY.putInt(address, value);
    }

    public static void putLong(long address, long value) {
        MEMORY.putLong(address, value);
    }

    /** Copies {@code bytes} to {@code address}. */
    public static void put(long address, byte[] bytes) {
        MEMORY.putByteArray(address, bytes, 0, bytes.length);
    }

    public static int getInt(long address) {
        return MEMORY.getInt(address);
    }

    public static long getLong(long address) {
        return MEMORY.getLong(address);
    }

    static void putShort(long address, int value) {
        MEMORY.putShort(address, (short) value);
    }

    static int getShort(long address) {
        return MEMORY.getShort(address) & 0xffff;
    }

    static void get(long address, byte[] into, int offset, int length) {
        MEMORY.getByteArray(address, into, offset, length);
    }

    /** Frees everything. */
    @Override
    public void close() {
        while (count > 0) {
            MEMORY.freeMemory(chunks[--count]);
        }
        free = 0;
        end = 0;
    }
}
