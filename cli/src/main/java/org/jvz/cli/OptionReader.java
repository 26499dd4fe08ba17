package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line as GNU {@code getopt_long(3)} does: {@code --opt val}, {@code --opt=val}, unambiguous prefixes,
 * bundled single-letter options, options and operands in any order, {@code --} ends the options. Complaints have
 * getopt's words.
 *
 * <pre>{@code
 * OptionReader reader = new OptionReader("vzctl", table, args, 2, 21);
 * while (reader.next()) { switch (reader.name()) { ... reader.value() ... } }
 * reader.operands();
 * }</pre>
 */
final class OptionReader {
    private final String program;
    private final OptionTable table;
    private final String[] args;
    private final int errorStatus;
    private final List<String> operands = new ArrayList<>();
    private int index;
    /** Letters of a bundle still to be read, empty outside a bundle. */
    private String bundle = "";

    private String name = "";
    private @Nullable String value;
    private String shown = "";

    /**
     * @param program named in complaints
     * @param from index of the first argument to read
     * @param errorStatus exit status of a command line that is wrong
     */
    OptionReader(String program, OptionTable table, String[] args, int from, int errorStatus) {
        this.program = program;
        this.table = table;
        this.args = args;
        this.index = from;
        this.errorStatus = errorStatus;
    }

    /** Goes to the next option; false at the end of the command line, when {@link #operands()} are complete. */
    boolean next() throws UsageException {
        if (!bundle.isEmpty()) {
            readShort();
            return true;
        }
        while (index < args.length) {
            String arg = args[index++];
            if (arg.equals("--")) {
                while (index < args.length) {
                    operands.add(args[index++]);
                }
            } else if (arg.startsWith("--")) {
                readLong(arg.substring(2));
                return true;
            } else if (arg.startsWith("-") && arg.length() > 1) {
                bundle = arg.substring(1);
                readShort();
                return true;
            } else {
                operands.add(arg);
            }
        }
        return false;
    }

    /** Goes to the end of a command line whose options need no further look. */
    void readAll() throws UsageException {
        boolean more = next();
        while (more) {
            more = next();
        }
    }

    /** The canonical name of the present option, without dashes. */
    String name() {
        return name;
    }

    /** The value of the present option, empty if it takes none. */
    String value() {
        return value == null ? "" : value;
    }

    /** The present option as complaints show it: {@code --name} or {@code -n}. */
    String shown() {
        return shown;
    }

    /** The arguments that are neither options nor their values, in order. */
    List<String> operands() {
        return operands;
    }

    private void readLong(String text) throws UsageException {
        int equals = text.indexOf('=');
        String given = equals < 0 ? text : text.substring(0, equals);
        Option option = lookUp(given);
        if (equals >= 0) {
            if (!option.takesValue()) {
                throw wrong("option '--" + option.name() + "' doesn't allow an argument");
            }
            value = text.substring(equals + 1);
        } else if (option.takesValue()) {
            if (index == args.length) {
                throw wrong("option '--" + option.name() + "' requires an argument");
            }
            value = args[index++];
        } else {
            value = null;
        }
        name = option.canonical();
        shown = "--" + option.name();
    }

    /** The option with this name, else the only one (aliases of it aside) that begins so. */
    private Option lookUp(String given) throws UsageException {
        for (Option option : table.options()) {
            if (option.name().equals(given)) {
                return option;
            }
        }
        for (Option option : table.more()) {
            if (option.name().equals(given)) {
                return option;
            }
        }
        Option found = byPrefix(table.options(), given);
        if (found == null) {
            found = byPrefix(table.more(), given);
        }
        if (found == null) {
            throw new UsageException(
                    errorStatus,
                    program + ": unrecognized option '--" + given + "'",
                    Nearest.hint(given, names(), "--"));
        }
        return found;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (Option option : table.options()) {
            names.add(option.name());
        }
        for (Option option : table.more()) {
            names.add(option.name());
        }
        return names;
    }

    private @Nullable Option byPrefix(List<Option> options, String prefix) throws UsageException {
        Option found = null;
        boolean ambiguous = false;
        StringBuilder fitting = new StringBuilder();
        for (Option option : options) {
            if (option.name().startsWith(prefix)) {
                ambiguous |= found != null && !found.canonical().equals(option.canonical());
                found = found == null ? option : found;
                fitting.append(" '--").append(option.name()).append('\'');
            }
        }
        if (ambiguous) {
            throw wrong("option '--" + prefix + "' is ambiguous; possibilities:" + fitting);
        }
        return found;
    }

    private void readShort() throws UsageException {
        char letter = bundle.charAt(0);
        bundle = bundle.substring(1);
        Option option = table.byLetter(letter);
        if (option == null) {
            throw wrong("invalid option -- '" + letter + "'");
        }
        value = null;
        if (option.takesValue()) {
            if (!bundle.isEmpty()) {
                value = bundle;
                bundle = "";
            } else if (index < args.length) {
                value = args[index++];
            } else {
                throw wrong("option requires an argument -- '" + letter + "'");
            }
        }
        name = option.canonical();
        shown = "-" + letter;
    }

    private UsageException wrong(String complaint) {
        return new UsageException(errorStatus, program + ": " + complaint);
    }
}
