package org.jvz.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BadValueException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;
import org.jvz.runtime.config.ConfigEdit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.EditContext;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.MacAddresses;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** The options of a command line that change keys of CTID.conf, in the order in which they were given. */
final class GivenSettings {
    private final List<ConfigEdit.Given> given = new ArrayList<>();
    private final List<ConfKey<?>> keys = new ArrayList<>();

    /**
     * Takes an option if it is one that changes a key.
     *
     * @throws UsageException if its value is none
     */
    boolean take(OptionReader reader) throws UsageException {
        ConfOption option = ConfKey.option(reader.name());
        if (option == null) {
            return false;
        }
        if (!reader.value().equals("all") || option.role() != ConfOption.Role.REMOVE) {
            check(option, reader);
        }
        given.add(new ConfigEdit.Given(reader.name(), reader.value()));
        if (!keys.contains(option.key())) {
            keys.add(option.key());
        }
        return true;
    }

    /** Looks at the value as far as that goes without the configuration it is for. */
    private static void check(ConfOption option, OptionReader reader) throws UsageException {
        if (option.key() == ConfKey.NETIF) {
            // What is right there depends on the other options and on the VE's interfaces.
            return;
        }
        try {
            option.key().parseOption(reader.name(), reader.value(), context(new CtId(0)));
        } catch (BadValueException e) {
            if (e.kind() == BadValueException.Kind.VALUE) {
                throw bad(reader, reader.value());
            }
            VeException failure = failure(e);
            throw new UsageException(failure.error().exitStatus(), words(failure));
        }
    }

    /** The complaint about the value of an option. */
    static UsageException bad(OptionReader reader, String value) {
        String colon = reader.shown().startsWith("--") ? ": " : " : ";
        return new UsageException(
                VzError.INVALID_VALUE.exitStatus(), Words.BAD_PARAMETER + reader.shown() + colon + value);
    }

    private static String words(VeException failure) {
        VeEvent refusal = failure.refusal();
        return refusal == null ? Failures.message(failure) : Words.of(refusal);
    }

    boolean has(ConfKey<?> key) {
        return keys.contains(key);
    }

    /** The keys that are to be changed, each once. */
    List<ConfKey<?>> keys() {
        return keys;
    }

    /** The last value given for an option, or the empty string. */
    String last(String option) {
        for (int i = given.size() - 1; i >= 0; i--) {
            if (given.get(i).option().equals(option)) {
                return given.get(i).value();
            }
        }
        return "";
    }

    /** Takes back what was given for a key. */
    void drop(ConfKey<?> key) {
        keys.remove(key);
        for (ConfOption option : key.options()) {
            given.removeIf(each -> each.option().equals(option.name()));
        }
    }

    /** Changes a configuration as the options say; nothing is saved. */
    EditResult apply(VeConf conf) throws BadConfException {
        try {
            MacAddresses macs = new MacAddresses(conf.global().paths());
            int cpus = Runtime.getRuntime().availableProcessors();
            return ConfigEdit.apply(conf, given, new EditContext(conf.id(), cpus, () -> unused(macs)));
        } catch (BadValueException e) {
            throw failure(e);
        }
    }

    private static String unused(MacAddresses macs) {
        try {
            return macs.unused();
        } catch (IOException e) {
            throw new VeException(VzError.VETH, "Unable to make a MAC address", e);
        }
    }

    private static EditContext context(CtId id) {
        return EditContext.of(id, Runtime.getRuntime().availableProcessors());
    }

    private static VeException failure(BadValueException e) {
        return switch (e.kind()) {
            case VALUE ->
                new VeException(VzError.INVALID_VALUE, Words.BAD_PARAMETER + "--" + e.option() + ": " + e.value());
            case SYNTAX -> new VeException(VzError.INVALID_SYNTAX, "Error: option --" + e.option() + ": " + e.reason());
            case NAME -> new VeException(VzError.SET_NAME, VeEvent.of(VeEvent.Kind.BAD_NAME, e.value()));
            case NETDEV -> new VeException(VzError.NETDEV, Words.BAD_PARAMETER + "--" + e.option() + ": " + e.value());
            case REQUIRED_UB ->
                new VeException(VzError.NOT_ENOUGH_UBC, VeEvent.of(VeEvent.Kind.UBC_NOT_SET, "(" + e.value() + ")"));
        };
    }
}
