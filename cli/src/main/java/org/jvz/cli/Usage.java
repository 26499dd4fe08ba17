package org.jvz.cli;

import java.util.List;

/**
 * The help texts, made from the option tables. Clients look for the first line's version and for single options in it, so
 * the options are written as vzctl writes them.
 */
final class Usage {
    private static final int WIDTH = 80;
    private static final String INDENT = "   ";

    private Usage() {}

    /** What {@code vzctl --help} says, without the last line end. */
    static String vzctl() {
        StringBuilder text = new StringBuilder(4096);
        text.append(Words.VERSION).append('\n');
        text.append("This is jvz ").append(version()).append(", which speaks the language of that version.\n\n");
        text.append("Usage: vzctl [--quiet] [--verbose] [--skiplock] <command> <ctid>|<name> [parameters]\n");
        text.append("       vzctl --version | --help\n\n");
        text.append("vzctl create <ctid>");
        options(text, 19, Options.createOwn());
        text.append(INDENT).append("[any parameter below]\n");
        text.append("vzctl start <ctid> [--force] [--wait] [--skip-fsck] [--skip-remount]\n");
        text.append("vzctl stop <ctid> [--fast] [--skip-umount]\n");
        text.append("vzctl restart <ctid> [options of start and stop]\n");
        text.append("vzctl destroy | delete | mount | umount | status <ctid>\n");
        text.append("vzctl info <ctid>\n");
        text.append("vzctl enter <ctid> [--exec <command> [arg ...]]\n");
        text.append("vzctl console <ctid> [ttyno]\n");
        text.append("vzctl exec | exec2 <ctid> <command> [arg ...]\n");
        text.append("vzctl exec | exec2 <ctid> -\n");
        text.append("vzctl chkpnt <ctid> [--suspend | --dump | --resume | --kill] [--dumpfile <path>]\n");
        text.append("vzctl restore <ctid> [--undump | --resume | --kill] [--dumpfile <path>]\n");
        text.append("vzctl runscript <ctid> <script>\n");
        text.append("vzctl quotaon | quotaoff | quotainit <ctid>\n");
        text.append("vzctl set <ctid>");
        options(text, 16, Options.setOwn());
        options(
                text,
                0,
                Options.set()
                        .options()
                        .subList(
                                Options.setOwn().size(), Options.set().options().size()));
        text.append("\nN[:N] and the like are barrier:limit; one number stands for both.\n");
        text.setLength(text.length() - 1);
        return text.toString();
    }

    /** What {@code vzlist --help} says, without the last line end. */
    static String vzlist() {
        return """
                Usage: vzlist [-a | -S] [-n] [-H] [-t] [-j] [-o field[,field...] | -1] [-s [-]field]
                              [-h pattern] [-N pattern] [-d pattern] [CTID|NAME ...]
                       vzlist -L | --list

                Lists running containers, or those that are named.
                   -a, --all            list stopped containers too
                   -S, --stopped        list only containers that do not run
                   -n, --name           show names where there are some
                   -H, --no-header      leave out the header
                   -t, --no-trim        cut no value and no blank at the end of lines
                   -j, --json           print JSON
                   -o, --output         print these fields
                   -1                   same as -H -octid
                   -s, --sort           sort by this field, '-' before it reverses
                   -h, --hostname       only host names that match the pattern
                   -N, --name_filter    only names that match the pattern
                   -d, --description    only descriptions that match the pattern
                   -L, --list           print all fields""";
    }

    /** What {@code vzubc --help} says, without the last line end. */
    static String vzubc() {
        return """
                Usage: vzubc [option ...] [CTID|NAME ...]

                Shows beancounters of running containers, 0 for the host, or only of those that are named.
                   -w, --watch          show them again and again, until Ctrl-C
                     -wd                highlight what has changed
                     -wt                without a title
                     -wn SECONDS        how often, 2 by default
                   -q, --quiet          only failures, and what is close to its barrier
                     -qh RATIO          how close held has to be, 0.5 by default; above 1, percent
                     -qm RATIO          how close maxheld has to be, 0.8 by default
                   -v, --verbose        also what is unlimited
                   -r, --relative       failures since the last run with -r
                     -rc                forget the failures of the last run
                     -rd DIR            where they are kept, /run/jvz/vzubc.store by default
                   -i, --incremental    add a column with the change of held since the last run with -i; what has
                                        changed is shown, whatever -q says
                     -ic                forget what was held
                     -id DIR            same as -rd
                   -c, --color          red for failures, yellow for what is close to its barrier; not with -w
                   -f, --file FILE      read a copy of /proc/user_beancounters or of a file in /proc/bc; - is
                                        standard input""";
    }

    /** What {@code vzproc --help} says, without the last line end. */
    static String vzproc() {
        return """
                Usage: vzproc refresh
                       vzproc show [FILE]
                       vzproc run [--every SECONDS] COMMAND [ARGUMENT...]

                Files that OpenVZ's kernel has in /proc are kept below /run/jvz/proc.
                   refresh    write them as they are now
                   show       write them and print one: user_beancounters (the default), bc/resources,
                              bc/CTID/resources, vz/veinfo, vz/vestat, vz/veip, vz/veth, vz/vzquota
                   run        run a command that finds them in /proc, as an OpenVZ node has them; they are
                              written anew every ten seconds, or as often as said, 0 for never""";
    }

    /** jvz's own version, from the jar's manifest. */
    static String version() {
        String version = Usage.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }

    /** @param column how much of the present line is written */
    private static void options(StringBuilder text, int column, List<Option> options) {
        int at = column;
        for (Option option : options) {
            if (option.isAlias()) {
                continue;
            }
            String shown = "[--" + option.name() + (option.takesValue() ? " " + option.value() : "") + "]";
            if (at > 0 && at + 1 + shown.length() > WIDTH) {
                text.append('\n');
                at = 0;
            }
            String gap = at == 0 ? INDENT : " ";
            text.append(gap).append(shown);
            at += gap.length() + shown.length();
        }
        text.append('\n');
    }
}
