package org.jvz.runtime.ve;

import java.io.ByteArrayOutputStream;

/**
 * What is typed at a console, taken apart: at the beginning of a line, ESC and a point are to detach, ESC and an exclamation mark ask
 * for attention. Everything else is for the VE.
 */
final class ConsoleKeys {
    private static final byte ESC = 27;

    /** What a byte asks for besides what is for the VE. */
    enum Wish {
        NONE,
        DETACH,
        /** The secure attention key: whatever has the console is to leave it. */
        ATTENTION
    }

    private boolean atLineStart = true;
    private boolean afterEscape;

    /** Takes the next byte; what the VE is to get, if anything, is appended to {@code forVe}. */
    Wish take(byte typed, ByteArrayOutputStream forVe) {
        if (afterEscape) {
            afterEscape = false;
            if (typed == '.') {
                return Wish.DETACH;
            }
            if (typed == '!') {
                return Wish.ATTENTION;
            }
            forVe.write(ESC);
        } else if (typed == ESC && atLineStart) {
            afterEscape = true;
            return Wish.NONE;
        }
        forVe.write(typed);
        atLineStart = typed == '\r' || typed == '\n';
        return Wish.NONE;
    }
}
