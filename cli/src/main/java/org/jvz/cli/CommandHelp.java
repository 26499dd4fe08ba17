package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What people are told of vzctl's commands, for manual page and completion.
 *
 * @param words the command and its other names
 * @param verb what it is
 * @param synopsis what follows {@code <ctid>}
 * @param text what it does, in sentences
 * @param table its options
 */
record CommandHelp(List<String> words, Verb verb, String synopsis, String text, OptionTable table) {

    /** All commands, in the order of a container's life. */
    static List<CommandHelp> all() {
        OptionTable none = Options.none();
        OptionTable snapshot = Options.snapshot();
        return List.of(
                of(
                        "create",
                        Verb.CREATE,
                        "[--ostemplate NAME] [--config NAME] [any parameter of CTID.conf]",
                        "Makes a container from an OS template and a sample configuration. Parameters are saved.",
                        Options.create()),
                of(
                        "start",
                        Verb.START,
                        "[--force] [--wait] [--skip-fsck] [--skip-remount]",
                        "Mounts the container and starts its init. --wait returns when the guest says that it is up, --force"
                                + " starts one that is disabled.",
                        only("force", "wait", "skip-fsck", "skip-remount", "skip_ve_setup")),
                of(
                        "stop",
                        Verb.STOP,
                        "[--fast] [--skip-umount]",
                        "Shuts the container down, kills it after STOP_TIMEOUT seconds (--fast: at once) and unmounts it.",
                        only("fast", "skip-umount")),
                of("restart", Verb.RESTART, "[options of start and stop]", "Stops and starts it.", Options.startStop()),
                new CommandHelp(
                        List.of("destroy", "delete"),
                        Verb.DESTROY,
                        "",
                        "Removes a stopped container. Its configuration stays as CTID.conf.destroyed.",
                        none),
                of("mount", Verb.MOUNT, "", "Mounts its files at VE_ROOT.", Options.mount()),
                of("umount", Verb.UMOUNT, "", "Unmounts them.", none),
                of(
                        "status",
                        Verb.STATUS,
                        "",
                        "Prints whether it exists, is mounted, runs: five words, and suspended if there is a dump of it.",
                        none),
                of(
                        "info",
                        Verb.INFO,
                        "",
                        "A page for people: state and uptime, template and layout, addresses, what it uses of its limits, its"
                                + " processes, the last lines of the log about it. Not known to OpenVZ, and its form may"
                                + " change: programs read vzlist.",
                        none),
                of(
                        "set",
                        Verb.SET,
                        "[--save] [--force] [--setmode restart|ignore] [any parameter of CTID.conf]",
                        "Changes parameters: of a running container at once, with --save also in CTID.conf. What only a"
                                + " restart can change is told; --setmode restart restarts, --setmode ignore refuses.",
                        Options.set()),
                of(
                        "exec",
                        Verb.EXEC,
                        "COMMAND [ARG ...] | -",
                        "Runs a command line in a shell of the container; - reads a script from standard input. Ends with 8 if"
                                + " the command does not end with 0.",
                        none),
                of(
                        "exec2",
                        Verb.EXEC2,
                        "COMMAND [ARG ...] | -",
                        "The same, ending with the command's own status.",
                        none),
                of("exec3", Verb.EXEC3, "PROGRAM [ARG ...]", "Runs a program without a shell.", none),
                of(
                        "enter",
                        Verb.ENTER,
                        "[--exec COMMAND [ARG ...]]",
                        "A shell inside, on a terminal of the container's own.",
                        none),
                of(
                        "console",
                        Verb.CONSOLE,
                        "[TTY]",
                        "The container's own terminal: 1, its /dev/console, or 2, its /dev/tty2. At the beginning of a line ESC"
                                + " and . detach, ESC and ! take the terminal from whatever runs there. A stopped container can be"
                                + " watched as it boots; a stop detaches nobody.",
                        none),
                of(
                        "runscript",
                        Verb.RUNSCRIPT,
                        "FILE",
                        "Runs a script of the host inside; a stopped container is mounted for it.",
                        none),
                new CommandHelp(
                        List.of("chkpnt", "suspend"),
                        Verb.CHKPNT,
                        "[--suspend | --resume | --dump | --kill] [--dumpfile FILE]",
                        "--suspend freezes the container, for a backup, and --resume lets it go on. Dumps to a file are refused"
                                + " with 16.",
                        Options.chkpnt()),
                new CommandHelp(
                        List.of("restore", "resume"),
                        Verb.RESTORE,
                        "[--undump | --resume | --kill] [--dumpfile FILE]",
                        "Lets a frozen container go on (--resume). Restoring from a file is refused with 17.",
                        Options.restore()),
                of("quotaon", Verb.QUOTAON, "", "Enforces the disk limits.", none),
                of("quotaoff", Verb.QUOTAOFF, "", "Lifts the disk limits until the next start.", none),
                of("quotainit", Verb.QUOTAINIT, "", "Counts anew what is on disk.", none),
                new CommandHelp(
                        List.of(
                                "snapshot",
                                "snapshot-switch",
                                "snapshot-delete",
                                "snapshot-mount",
                                "snapshot-umount",
                                "snapshot-list"),
                        Verb.SNAPSHOT,
                        "[--id UUID] [--name NAME] ...",
                        "Snapshots of images, which no layout has yet: refused with 156 to 167.",
                        snapshot),
                of("convert", Verb.CONVERT, "[--layout ploop]", "Refused with 155.", Options.convert()),
                of("compact", Verb.COMPACT, "", "Nothing to do for a container without an image.", none));
    }

    /** The words of all commands. */
    static List<String> allWords() {
        List<String> words = new ArrayList<>();
        for (CommandHelp command : all()) {
            words.addAll(command.words());
        }
        return words;
    }

    /** Some of the options that start, stop and restart share. */
    private static OptionTable only(String... names) {
        List<String> wanted = List.of(names);
        return OptionTable.of(Options.startStop().options().stream()
                .filter(option -> wanted.contains(option.name()))
                .toArray(Option[]::new));
    }

    private static CommandHelp of(String word, Verb verb, String synopsis, String text, OptionTable table) {
        return new CommandHelp(List.of(word), verb, synopsis, text, table);
    }
}
