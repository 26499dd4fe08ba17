package org.jvz.runtime.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An interpreter of classic BPF programs, of the instructions that {@link BpfCode} writes. */
final class BpfMachine {
    /** How a program ended. */
    enum Verdict {
        PASS,
        DROP,
        /** By a load beyond the frame's end, which the kernel takes for 0: the frame would pass, and never be shaped. */
        BEYOND
    }

    private BpfMachine() {}

    static Verdict run(byte[] program, byte[] frame) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        long[] memory = new long[16];
        long accumulator = 0;
        long index = 0;
        for (int at = 0; ; at++) {
            int operation = code.getShort(8 * at) & 0xffff;
            long value = code.getInt(8 * at + 4) & 0xffffffffL;
            switch (operation) {
                case 0x20, 0x28, 0x30, 0x40, 0x48, 0x50 -> {
                    long from = value + (operation >= 0x40 ? index : 0);
                    int size = (operation & 0x18) == 0 ? 4 : (operation & 0x18) == 8 ? 2 : 1;
                    if (from + size > frame.length) {
                        return Verdict.BEYOND;
                    }
                    accumulator = 0;
                    for (int i = 0; i < size; i++) {
                        accumulator = (accumulator << 8) | (frame[(int) from + i] & 0xff);
                    }
                }
                case 0xb1 -> {
                    if (value >= frame.length) {
                        return Verdict.BEYOND;
                    }
                    index = 4L * (frame[(int) value] & 15);
                }
                case 0x00 -> accumulator = value;
                case 0x60 -> accumulator = memory[(int) value];
                case 0x61 -> index = memory[(int) value];
                case 0x02 -> memory[(int) value] = accumulator;
                case 0x80 -> accumulator = frame.length;
                case 0x81 -> index = frame.length;
                case 0x87 -> accumulator = index;
                case 0x04 -> accumulator = (accumulator + value) & 0xffffffffL;
                case 0x0c -> accumulator = (accumulator + index) & 0xffffffffL;
                case 0x54 -> accumulator &= value;
                case 0x64 -> accumulator = (accumulator << value) & 0xffffffffL;
                case 0x05 -> at += (int) value;
                case 0x15 -> at += jump(code, at, accumulator == value);
                case 0x1d -> at += jump(code, at, accumulator == index);
                case 0x2d -> at += jump(code, at, accumulator > index);
                case 0x35 -> at += jump(code, at, accumulator >= value);
                case 0x06 -> {
                    if (value != 0xffffffffL && value != 2) {
                        throw new AssertionError("returns " + value);
                    }
                    return value == 2 ? Verdict.DROP : Verdict.PASS;
                }
                default -> throw new AssertionError("instruction " + Integer.toHexString(operation));
            }
        }
    }

    private static int jump(ByteBuffer code, int at, boolean holds) {
        return code.get(8 * at + (holds ? 2 : 3)) & 0xff;
    }
}
