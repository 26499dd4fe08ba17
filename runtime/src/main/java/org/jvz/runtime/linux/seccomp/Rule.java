package org.jvz.runtime.linux.seccomp;

import org.jvz.runtime.linux.Errno;

/**
 * One refusal of a filter.
 *
 * @param syscall the kernel's name of the call; one that an architecture lacks is left out there
 * @param argument the index of an argument to look at, or -1 to refuse the call whatever its arguments
 * @param mask the bits of that argument to look at, of its low 32; the kernel ignores the high ones of an {@code int}, so
 *     a comparison of all 64 could be walked round
 * @param value refuse if these bits have this value
 * @param answer what the caller gets
 */
public record Rule(String syscall, int argument, long mask, long value, Errno answer) {
    private static final long LOW_32_BITS = 0xffffffffL;

    /** Refuses a call altogether. */
    public static Rule refuse(String syscall, Errno answer) {
        return new Rule(syscall, -1, 0, 0, answer);
    }

    /** Refuses a call if the low 32 bits of an argument have a value. */
    public static Rule ifEqual(String syscall, int argument, long value, Errno answer) {
        return new Rule(syscall, argument, LOW_32_BITS, value, answer);
    }

    /** Refuses a call if a flag is set in an argument. */
    public static Rule ifSet(String syscall, int argument, long flag, Errno answer) {
        return new Rule(syscall, argument, flag, flag, answer);
    }

    /** A text that differs when the rule does. */
    String key() {
        return syscall + " " + argument + " " + mask + " " + value + " " + answer.number();
    }
}
