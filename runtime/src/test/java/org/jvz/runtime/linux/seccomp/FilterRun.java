package org.jvz.runtime.linux.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a filter as the kernel does, for the few instructions of classic BPF that filters have. */
public final class FilterRun {
    private FilterRun() {}

    /** What the filter answers: 0 if it lets the call pass, else the number of the error. */
    public static int answer(byte[] program, int architecture, int number, long... arguments) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, number).putInt(4, architecture);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(16 + 8 * i, arguments[i]);
        }
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int operation = code.getShort(8 * at);
            int ifTrue = code.get(8 * at + 2) & 0xff;
            int ifFalse = code.get(8 * at + 3) & 0xff;
            int value = code.getInt(8 * at + 4);
            switch (operation) {
                case 0x20 -> accumulator = data.getInt(value);
                case 0x54 -> accumulator &= value;
                case 0x05 -> at += value;
                case 0x15 -> at += accumulator == value ? ifTrue : ifFalse;
                case 0x25 -> at += Integer.compareUnsigned(accumulator, value) > 0 ? ifTrue : ifFalse;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, value) >= 0 ? ifTrue : ifFalse;
                case 0x45 -> at += (accumulator & value) != 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return value == 0x7fff0000 ? 0 : value & 0xffff;
                }
                default -> throw new IllegalStateException("instruction " + Integer.toHexString(operation));
            }
        }
    }
}
