package org.jvz.cli;

import static org.jvz.cli.Option.alias;
import static org.jvz.cli.Option.flag;
import static org.jvz.cli.Option.value;

import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;

/**
 * The option tables of all commands: what is read, what usage shows, and what a value is called, in one place. A table is
 * built when its command asks for it.
 */
final class Options {
    private Options() {}

    /** For commands that know no option at all. */
    static OptionTable none() {
        return OptionTable.of();
    }

    /**
     * start, stop and restart share a table, so that an option of the other one gets a better answer than "unrecognized".
     */
    static OptionTable startStop() {
        return OptionTable.of(
                flag("force"),
                flag("skip_ve_setup"),
                flag("wait"),
                flag("fast"),
                flag("skip-umount"),
                flag("skip-fsck"),
                flag("skip-remount"));
    }

    static OptionTable mount() {
        return OptionTable.of(flag("skip-fsck"), flag("skip-remount"));
    }

    static OptionTable chkpnt() {
        return OptionTable.of(
                flag("suspend"),
                flag("dump"),
                flag("resume"),
                flag("kill"),
                value("dumpfile", "<path>"),
                value("flags", "<flags>"),
                value("context", "<context>"),
                flag("skip_arpdetect"));
    }

    static OptionTable restore() {
        return OptionTable.of(
                flag("undump"),
                flag("resume"),
                flag("kill"),
                value("dumpfile", "<path>"),
                value("flags", "<flags>"),
                value("context", "<context>"),
                flag("skip_arpdetect"),
                flag("skip-fsck"),
                flag("skip-remount"));
    }

    /** The snapshot commands share a table: which of them takes what makes no difference where there are no images. */
    static OptionTable snapshot() {
        Option id = value("id", "<uuid>");
        Option noHeader = flag("no-header");
        Option output = value("output", "<field>[,<field>...]");
        Option list = flag("list");
        return new OptionTable(
                List.of(
                        id,
                        alias("uuid", id),
                        value("name", "<name>"),
                        value("description", "<text>"),
                        flag("skip-suspend"),
                        flag("skip-config"),
                        flag("skip-resume"),
                        flag("must-resume"),
                        value("target", "<directory>"),
                        noHeader,
                        output,
                        list),
                List.of(),
                "HoL",
                List.of(noHeader, output, list));
    }

    static OptionTable convert() {
        return OptionTable.of(value("layout", "ploop[:expanded|plain|raw]"));
    }

    /**
     * create: its own options, then those of {@code set} that change a key. An abbreviation means one of its own if it can,
     * as it always did.
     */
    static OptionTable create() {
        List<Option> own = createOwn();
        return withKeys(own, true);
    }

    /** What {@code create} is known for; the values are shown as the keys' table shows them. */
    static List<Option> createOwn() {
        List<Option> own = new ArrayList<>();
        own.add(keyOption("ostemplate"));
        own.add(value("config", "NAME"));
        for (String name : CREATE_OWN) {
            own.add(keyOption(name));
        }
        return own;
    }

    private static final List<String> CREATE_OWN = List.of(
            "layout",
            "ve_layout",
            "velayout",
            "hostname",
            "name",
            "description",
            "ipadd",
            "diskspace",
            "diskinodes",
            "private",
            "root",
            "local_uid",
            "local_gid");

    static OptionTable set() {
        return withKeys(setOwn(), false);
    }

    /** What {@code set} takes besides the options that change a key: how to set, and what is more than setting a key. */
    static List<Option> setOwn() {
        Option offlineResize = flag("offline-resize");
        return List.of(
                flag("save"),
                flag("force"),
                value("setmode", "restart|ignore"),
                flag("reset_ub"),
                value("userpasswd", "USER:PASSWORD"),
                value("applyconfig", "NAME"),
                value("applyconfig_map", "GROUP"),
                flag("skip_arpdetect"),
                offlineResize,
                alias("offline", offlineResize));
    }

    /** Options that change a key and that {@code create} alone takes: what they say is true for a VE's whole life. */
    static boolean isForCreateOnly(String option) {
        return switch (option) {
            case "layout", "ve_layout", "velayout", "local_uid", "local_gid" -> true;
            default -> false;
        };
    }

    private static OptionTable withKeys(List<Option> own, boolean create) {
        List<Option> keys = new ArrayList<>();
        StringBuilder letters = new StringBuilder();
        List<Option> lettered = new ArrayList<>();
        for (ConfOption option : ConfKey.allOptions()) {
            if (create ? contains(own, option.name()) : isForCreateOnly(option.name())) {
                continue;
            }
            Option key = keyOption(option.name());
            keys.add(key);
            if (option.letter() != 0) {
                letters.append(option.letter());
                lettered.add(key);
            }
        }
        if (create) {
            return new OptionTable(own, keys, letters.toString(), lettered);
        }
        List<Option> all = new ArrayList<>(own);
        all.addAll(keys);
        return new OptionTable(all, List.of(), letters.toString(), lettered);
    }

    private static Option keyOption(String name) {
        ConfOption option = ConfKey.option(name);
        if (option == null) {
            throw new IllegalStateException(name);
        }
        return switch (name) {
            case "ve_layout", "velayout" -> alias(name, keyOption("layout"));
            case "ip" -> alias(name, keyOption("ipadd"));
            default -> value(name, option.argument());
        };
    }

    static OptionTable vzlist() {
        Option all = flag("all");
        Option stopped = flag("stopped");
        Option name = flag("name");
        Option noHeader = flag("no-header");
        Option noTrim = flag("no-trim");
        Option json = flag("json");
        Option output = value("output", "<field>[,<field>...]");
        Option sort = value("sort", "[-]<field>");
        Option hostname = value("hostname", "<pattern>");
        Option nameFilter = value("name_filter", "<pattern>");
        Option description = value("description", "<pattern>");
        Option list = flag("list");
        Option help = flag("help");
        return new OptionTable(
                List.of(
                        all,
                        stopped,
                        name,
                        noHeader,
                        noTrim,
                        json,
                        output,
                        sort,
                        hostname,
                        nameFilter,
                        description,
                        list,
                        help),
                List.of(),
                "aSnHtjoshNdLe1",
                List.of(
                        all,
                        stopped,
                        name,
                        noHeader,
                        noTrim,
                        json,
                        output,
                        sort,
                        hostname,
                        nameFilter,
                        description,
                        list,
                        help,
                        flag("1")));
    }

    private static boolean contains(List<Option> options, String name) {
        for (Option option : options) {
            if (option.name().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
