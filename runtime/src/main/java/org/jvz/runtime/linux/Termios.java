package org.jvz.runtime.linux;

import java.util.Arrays;

/**
 * A terminal's settings: the kernel's {@code struct termios} of {@code asm-generic/termbits.h}, 36 bytes (four flag words, the line
 * discipline, 19 control characters). Immutable.
 */
public final class Termios {
    static final int SIZE = 36;
    private static final int C_IFLAG = 0;
    private static final int C_OFLAG = 4;
    private static final int C_CFLAG = 8;
    private static final int C_LFLAG = 12;
    private static final int C_CC = 17;
    private static final int VTIME = 5;
    private static final int VMIN = 6;

    private final byte[] struct;

    Termios(byte[] struct) {
        if (struct.length != SIZE) {
            throw new IllegalArgumentException("struct termios has " + SIZE + " bytes, not " + struct.length);
        }
        this.struct = struct.clone();
    }

    byte[] struct() {
        return struct.clone();
    }

    /** These settings in raw mode: bytes pass unchanged, unechoed, one at a time, and no key makes a signal; termios(3), cfmakeraw. */
    public Termios raw() {
        byte[] raw = struct.clone();
        // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
        clear(raw, C_IFLAG, 01 | 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000);
        // OPOST
        clear(raw, C_OFLAG, 01);
        // CSIZE PARENB
        clear(raw, C_CFLAG, 060 | 0400);
        // CS8
        raw[C_CFLAG] |= 060;
        // ISIG ICANON ECHO ECHONL IEXTEN
        clear(raw, C_LFLAG, 01 | 02 | 010 | 0100 | 0100000);
        raw[C_CC + VMIN] = 1;
        raw[C_CC + VTIME] = 0;
        return new Termios(raw);
    }

    private static void clear(byte[] struct, int word, int bits) {
        for (int i = 0; i < 4; i++) {
            struct[word + i] &= (byte) ~(bits >>> (8 * i));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Termios t && Arrays.equals(struct, t.struct);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(struct);
    }
}
