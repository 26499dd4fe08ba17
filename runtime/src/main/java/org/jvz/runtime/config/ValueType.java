package org.jvz.runtime.config;

/**
 * How values of one kind are read and written. {@code parse} and {@code show} are inverse; both throw
 * {@link IllegalArgumentException} with the reason alone.
 */
abstract class ValueType<T> {

    /** Reads the form of the file. */
    abstract T parse(String text);

    /** Writes the form of the file. */
    abstract String show(T value);

    /** Reads the form of the command line, where that differs. */
    T parseOption(String option, String text, EditContext context) {
        return parse(text);
    }

    /** What an option that can be repeated does to the value before it; by default it replaces it. */
    T merge(T before, T given) {
        return given;
    }

    /** What an option that removes does to the value before it. */
    T remove(T before, T given) {
        throw new IllegalStateException("nothing can be removed");
    }
}
