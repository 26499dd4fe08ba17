package org.jvz.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a command.
 *
 * @param options the long options; a prefix that fits several of them is ambiguous
 * @param more long options that are only looked at where no prefix of {@code options} fits, so that what is added to a
 *     command never makes an abbreviation ambiguous that was good before
 * @param letters the single-letter options, one character each, in the order of {@code lettered}
 * @param lettered what each letter stands for
 */
record OptionTable(List<Option> options, List<Option> more, String letters, List<Option> lettered) {

    OptionTable {
        if (letters.length() != lettered.size()) {
            throw new IllegalArgumentException(letters);
        }
    }

    /** A table without single-letter options. */
    static OptionTable of(Option... options) {
        return new OptionTable(List.of(options), List.of(), "", List.of());
    }

    /** The option that a letter stands for, or null. */
    @Nullable
    Option byLetter(char letter) {
        int index = letters.indexOf(letter);
        return index < 0 ? null : lettered.get(index);
    }
}
