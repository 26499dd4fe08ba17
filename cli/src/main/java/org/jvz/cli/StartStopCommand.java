package org.jvz.cli;

import java.io.IOException;
import org.jvz.runtime.ve.StartOptions;
import org.jvz.runtime.ve.StopOptions;
import org.jvz.runtime.ve.VzError;

/** {@code start}, {@code stop} and {@code restart}, which takes the options of both. */
final class StartStopCommand implements Command {
    private final Verb verb;
    private boolean force;
    private boolean wait;
    private boolean skipSetup;
    private boolean skipRemount;
    private boolean fast;
    private boolean skipUmount;

    StartStopCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        int syntax = VzError.INVALID_SYNTAX.exitStatus();
        OptionReader reader = new OptionReader("vzctl", Options.startStop(), args, from, syntax);
        while (reader.next()) {
            boolean ofStop = reader.name().equals("fast") || reader.name().equals("skip-umount");
            if (ofStop ? verb == Verb.START : verb == Verb.STOP) {
                String command = verb == Verb.START ? "start" : "stop";
                throw new UsageException(
                        syntax, "Option " + reader.shown() + " is not applicable to " + command + " command");
            }
            switch (reader.name()) {
                case "force" -> force = true;
                case "wait" -> wait = true;
                case "skip_ve_setup" -> skipSetup = true;
                case "skip-remount" -> skipRemount = true;
                case "fast" -> fast = true;
                case "skip-umount" -> skipUmount = true;
                // Layouts overlay and simfs lie in file systems of the host, which fsck before mounting it is.
                case "skip-fsck" -> {}
                default -> throw new IllegalStateException(reader.shown());
            }
        }
        Commands.requireNoOperands(reader);
    }

    @Override
    public int run(Call call) throws IOException {
        StartOptions start = new StartOptions(force, wait, skipSetup, skipRemount);
        StopOptions stop = new StopOptions(fast, skipUmount);
        switch (verb) {
            case START -> call.operations().start(call.id(), start, call.output());
            case STOP -> call.operations().stop(call.id(), stop, call.output());
            case RESTART -> call.operations().restart(call.id(), start, stop, call.output());
            default -> throw new IllegalStateException(verb.name());
        }
        return 0;
    }
}
