package org.jvz.runtime.linux.seccomp;

import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;

/**
 * One refusal of a filter.
 *
 * @param syscall the kernel's name of the call; one that an architecture lacks is left out there
 * @param matches what its arguments have to be for it to be refused, all of them; none to refuse the call whatever its arguments
 * @param answer what the caller gets
 */
public record Rule(String syscall, List<Match> matches, Errno answer) {
    private static final long LOW_32_BITS = 0xffffffffL;

    public Rule {
        matches = List.copyOf(matches);
    }

    /**
     * What an argument has to be.
     *
     * @param argument its index, 0 to 5; of each at most one match
     * @param mask the bits to look at, of its low 32; the kernel ignores the high ones of an {@code int}, so a comparison of
     *     all 64 could be walked round
     * @param value the value of these bits
     */
    public record Match(int argument, long mask, long value) {}

    /** Refuses a call altogether. */
    public static Rule refuse(String syscall, Errno answer) {
        return new Rule(syscall, List.of(), answer);
    }

    /** Refuses a call if the low 32 bits of an argument have a value. */
    public static Rule ifEqual(String syscall, int argument, long value, Errno answer) {
        return new Rule(syscall, List.of(new Match(argument, LOW_32_BITS, value)), answer);
    }

    /** Refuses a call if a flag is set in an argument. */
    public static Rule ifSet(String syscall, int argument, long flag, Errno answer) {
        return new Rule(syscall, List.of(new Match(argument, flag, flag)), answer);
    }

    /** The same rule, for calls alone in which the low 32 bits of another argument have a value, too. */
    public Rule and(int argument, long value) {
        List<Match> more = new ArrayList<>(matches);
        more.add(new Match(argument, LOW_32_BITS, value));
        return new Rule(syscall, more, answer);
    }

    /** A text that differs when the rule does. */
    String key() {
        return syscall + " " + matches + " " + answer.number();
    }
}
