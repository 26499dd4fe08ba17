package org.jvz.cli;

/**
 * One long option of a command.
 *
 * @param name what follows the two dashes
 * @param canonical the option this is another name of; itself for most
 * @param value how usage shows the value, for instance {@code <bytes>}; empty if the option takes none
 */
record Option(String name, String canonical, String value) {

    /** An option without a value. */
    static Option flag(String name) {
        return new Option(name, name, "");
    }

    /** An option with a required value. */
    static Option value(String name, String value) {
        return new Option(name, name, value);
    }

    /** Another name of an option, not shown in usage. */
    static Option alias(String name, Option of) {
        return new Option(name, of.canonical, of.value);
    }

    boolean takesValue() {
        return !value.isEmpty();
    }

    boolean isAlias() {
        return !name.equals(canonical);
    }
}
