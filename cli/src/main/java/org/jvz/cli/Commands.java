package org.jvz.cli;

import org.jvz.runtime.ve.VzError;

/** Makes commands. Only the class of the command that is asked for is loaded. */
final class Commands {
    private Commands() {}

    static Command of(Verb verb) {
        return switch (verb) {
            case STATUS -> new StatusCommand();
            case INFO -> new InfoCommand();
            case EXEC, EXEC2, EXEC3 -> new ExecCommand(verb);
            case START, STOP, RESTART -> new StartStopCommand(verb);
            case MOUNT, UMOUNT -> new MountCommand(verb);
            case DESTROY -> new DestroyCommand();
            case ENTER -> new EnterCommand();
            case CONSOLE -> new ConsoleCommand();
            case RUNSCRIPT -> new RunScriptCommand();
            case CREATE -> new CreateCommand();
            case SET -> new SetCommand();
            case CHKPNT, RESTORE -> new CheckpointCommand(verb);
            case QUOTAON, QUOTAOFF, QUOTAINIT -> new QuotaCommand(verb);
            case SNAPSHOT,
                    SNAPSHOT_SWITCH,
                    SNAPSHOT_DELETE,
                    SNAPSHOT_MOUNT,
                    SNAPSHOT_UMOUNT,
                    SNAPSHOT_LIST,
                    CONVERT,
                    COMPACT -> new ImageCommand(verb);
        };
    }

    /** Reads a command line on which there must be nothing more. */
    static void parseNothing(String[] args, int from) throws UsageException {
        OptionReader reader =
                new OptionReader("vzctl", Options.none(), args, from, VzError.INVALID_SYNTAX.exitStatus());
        reader.readAll();
        requireNoOperands(reader);
    }

    static void requireNoOperands(OptionReader reader) throws UsageException {
        if (!reader.operands().isEmpty()) {
            throw new UsageException(
                    VzError.INVALID_SYNTAX.exitStatus(),
                    Words.EXTRA_ARGUMENTS + " " + String.join(" ", reader.operands()));
        }
    }
}
