package org.jvz.runtime.linux.seccomp;

import org.jvz.runtime.linux.Errno;

/**
 * One refusal of a filter.
 *
 * @param syscall the kernel's name of the call; one that an architecture lacks is left out there
 * @param argument the index of an argument to look at, or -1 to refuse the call whatever its arguments
 * @param value refuse if the low 32 bits of that argument have this value; the kernel ignores the high ones of an {@code
 *     int}, so a comparison of all 64 could be walked round
 * @param answer what the caller gets
 */
public record Rule(String syscall, int argument, long value, Errno answer) {
    /** Refuses a call altogether. */
    public static Rule refuse(String syscall, Errno answer) {
        return new Rule(syscall, -1, 0, answer);
    }

    /** A text that differs when the rule does. */
    String key() {
        return syscall + " " + argument + " " + value + " " + answer.number();
    }
}
