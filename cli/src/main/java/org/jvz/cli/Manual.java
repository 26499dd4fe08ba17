package org.jvz.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.Applies;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfOption;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.VzError;

/**
 * Manual pages and completions, made from the tables that the commands themselves read. {@code ./install} runs this with the
 * directory they go to: {@code man8/vzctl.8}, {@code man5/vz.conf.5}, {@code vzctl.bash}, {@code _vzctl} and so on.
 */
public final class Manual {
    private Manual() {}

    /** Writes everything below the directory that is the one argument. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IOException("one argument, please: the directory to write to");
        }
        for (Map.Entry<String, String> file : files().entrySet()) {
            Path path = Path.of(args[0]).resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
        }
    }

    /** What is written, by its path. */
    static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("man8/vzctl.8", vzctl());
        files.put("man8/vzlist.8", vzlist());
        files.put("man8/vzubc.8", tool("vzubc", "beancounters of containers", Usage.vzubc()));
        files.put("man8/vzproc.8", tool("vzproc", "files that OpenVZ has in /proc", Usage.vzproc()));
        for (ToolPage page : ToolPage.all()) {
            files.put("man8/" + page.name() + ".8", page.toRoff());
        }
        files.put("man5/ctid.conf.5", ctidConf());
        files.put("man5/vz.conf.5", vzConf());
        for (FilePage page : FilePage.all()) {
            files.put("man5/" + page.name() + ".5", page.toRoff());
        }
        files.put("vzctl.bash", Completions.bash());
        files.put("_vzctl", Completions.zsh());
        return files;
    }

    private static String vzctl() {
        Roff page = new Roff("vzctl", 8, "make and control containers");
        page.section("SYNOPSIS")
                .line("vzctl [--quiet] [--verbose] [--skiplock] COMMAND CTID|NAME [parameters]")
                .line("vzctl --version | --help");
        page.section("OPTIONS");
        page.item("--quiet", "Say nothing on standard output but what was asked for.");
        page.item("--verbose", "Say more; may be given several times.");
        page.item("--skiplock", "Do not take the container's lock: the caller holds it.");
        page.section("COMMANDS");
        for (CommandHelp command : CommandHelp.all()) {
            page.item(String.join(" | ", command.words()) + " CTID " + command.synopsis(), command.text());
        }
        page.section("PARAMETERS OF SET AND CREATE");
        page.text("Parameters that are lists may be repeated. N[:N] is barrier and limit; one number stands for both.");
        for (ConfKey<?> key : ConfKey.all()) {
            if (!key.options().isEmpty()) {
                page.item(options(key), key.help() + " " + when(key.applies()) + " Saved as " + key.name() + ".");
            }
        }
        page.section("PARAMETERS OF SET ALONE");
        for (Option option : Options.setOwn()) {
            page.item("--" + option.name() + (option.takesValue() ? " " + option.value() : ""), about(option.name()));
        }
        page.section("EXIT STATUS");
        page.item("0", "Success, and what was so already.");
        for (VzError error : VzError.values()) {
            page.item(
                    Integer.toString(error.exitStatus()),
                    error.name().replace('_', ' ').toLowerCase(java.util.Locale.ROOT));
        }
        page.section("FILES")
                .line("/etc/vz/vz.conf")
                .line("/etc/vz/conf/CTID.conf")
                .line("/etc/vz/names/NAME");
        page.section("SEE ALSO")
                .line("vzlist(8), vzubc(8), ctid.conf(5), vz.conf(5), vz.names(5), vz.scripts(5), vz.dists(5)");
        return page.toString();
    }

    /** What an option of {@code set} does that changes no key. */
    static String about(String option) {
        return switch (option) {
            case "save" -> "Write the change to CTID.conf.";
            case "force" -> "Save values even if they cannot be applied on this host.";
            case "setmode" -> "What to do if a running container has to be restarted for a change.";
            case "reset_ub" -> "Apply the limits of CTID.conf anew; takes no other parameter.";
            case "userpasswd" -> "Change a user's password inside, making the user if need be; never saved.";
            case "applyconfig" -> "Take the parameters of a sample, but those that are the container's own.";
            case "applyconfig_map" -> "With name: make the link of the container's name anew.";
            case "skip_arpdetect" -> "Do not ask whether another machine has the address.";
            case "offline-resize", "offline" -> "Accepted: about images, which no layout has.";
            default -> throw new IllegalStateException("nothing is written about --" + option);
        };
    }

    private static String vzlist() {
        Roff page = new Roff("vzlist", 8, "list containers");
        page.section("SYNOPSIS").verbatim(Usage.vzlist());
        page.section("FIELDS");
        page.text("Fields that -o and -s take, with their headers. .m is the most that was held, .b barrier, .l limit,"
                + " .f failures, .s soft and .h hard limit.");
        for (Field field : Field.all()) {
            page.item(field.name(), field.header() + (field.isOurs() ? " (not known to OpenVZ)" : ""));
        }
        page.section("SEE ALSO").line("vzctl(8), vzubc(8)");
        return page.toString();
    }

    private static String tool(String name, String what, String usage) {
        Roff page = new Roff(name, 8, what);
        page.section("SYNOPSIS").verbatim(usage);
        page.section("SEE ALSO").line("vzctl(8), vzlist(8)");
        return page.toString();
    }

    private static String ctidConf() {
        Roff page = new Roff("ctid.conf", 5, "configuration of one container");
        page.section("DESCRIPTION");
        page.text(
                "/etc/vz/conf/CTID.conf is lines of KEY=\"value\" that a shell can source. vzctl changes only the lines it"
                        + " must; comments, order and unknown keys stay.");
        page.section("KEYS");
        for (ConfKey<?> key : ConfKey.all()) {
            String set = key.options().isEmpty() ? "" : " Set by " + options(key) + ".";
            page.item(key.name(), key.help() + " " + when(key.applies()) + set);
        }
        page.section("FILES")
                .line("/etc/vz/conf/CTID.conf")
                .line("/etc/vz/conf/ve-NAME.conf-sample: what vzctl create --config NAME begins with, in the same form")
                .line("/etc/vz/conf/0.conf: the host, in the same form");
        page.section("SEE ALSO").line("vzctl(8), vz.conf(5), vz.names(5), vz.scripts(5)");
        return page.toString();
    }

    private static String vzConf() {
        Roff page = new Roff("vz.conf", 5, "configuration of all containers");
        page.section("DESCRIPTION");
        page.text(
                "/etc/vz/vz.conf is lines of KEY=\"value\" that a shell can source. Keys of ctid.conf(5) may stand here, too, and"
                        + " are then the default of all containers.");
        page.section("KEYS");
        for (VzKey key : VzKey.values()) {
            @Nullable String byDefault = key.defaultText();
            page.item(key.name(), key.help() + (byDefault == null ? "" : " Default: " + byDefault + "."));
        }
        page.section("SEE ALSO").line("vzctl(8), ctid.conf(5)");
        return page.toString();
    }

    private static String options(ConfKey<?> key) {
        List<String> shown = new ArrayList<>();
        for (ConfOption option : key.options()) {
            shown.add((option.letter() == 0 ? "" : "-" + option.letter() + ", ") + "--" + option.name() + " "
                    + option.argument());
        }
        return String.join(", ", shown);
    }

    private static String when(Applies applies) {
        return switch (applies) {
            case AT_ONCE -> "A running container takes a change at once.";
            case AT_START -> "Takes effect at the next start.";
            case NEEDS_RESTART -> "A running container has to be restarted for it.";
            case NEVER_APPLIED -> "Only recorded.";
        };
    }
}
