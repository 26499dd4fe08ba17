package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * The {@code vzctl} command: {@code vzctl [global options] COMMAND CTID|NAME [options]}.
 *
 * <p>What is here is the frame that all sub-commands share, in the order in which vzctl looks at things: global options,
 * command, CT ID, vz.conf, the command's own options, CTID.conf. A caller sees the first thing that is wrong.
 */
public final class Vzctl {
    private static final int OK = 0;

    private final Map<String, String> env;
    private final Output output;
    private final VeOperations.Factory operations;
    private boolean quiet;
    private int verbose;
    private boolean skipLock;

    private Vzctl(Map<String, String> env, Output output, VeOperations.Factory operations) {
        this.env = env;
        this.output = output;
        this.operations = operations;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        Map<String, String> env = System.getenv();
        Output output = new Output(System.out, System.err, Terminal.ofProcess(env));
        int status = run(args, env, output, new RuntimeOperations.OnThisHost());
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status
     */
    static int run(
            String[] args, Map<String, String> env, PrintStream out, PrintStream err, VeOperations.Factory operations) {
        return run(args, env, new Output(out, err), operations);
    }

    /** The same, with whoever reads the output. */
    static int run(String[] args, Map<String, String> env, Output output, VeOperations.Factory operations) {
        try {
            return new Vzctl(env, output, operations).run(args);
        } catch (UsageException e) {
            output.complain(e);
            return e.exitStatus();
        } catch (VeException e) {
            output.failure(e);
            return e.error().exitStatus();
        } catch (IOException e) {
            VeException failure = failure(e);
            output.failure(failure);
            return failure.error().exitStatus();
        } catch (RuntimeException | LinkageError e) {
            // A defect of ours. A caller gets one line and a status it knows, like for any other failure.
            output.complain("Internal error: " + e + Failures.place(e));
            return VzError.SYSTEM.exitStatus();
        } finally {
            output.over();
        }
    }

    private int run(String[] args) throws UsageException, IOException {
        int at = 0;
        for (; at < args.length; at++) {
            String arg = args[at];
            if (arg.equals("--quiet")) {
                quiet = true;
            } else if (arg.equals("--verbose")) {
                verbose++;
            } else if (arg.equals("--skiplock")) {
                skipLock = true;
            } else if (arg.equals("--version")) {
                output.answer(Words.VERSION);
                return OK;
            } else {
                break;
            }
        }
        if (at == args.length) {
            output.complain(Usage.vzctl());
            return VzError.INVALID_SYNTAX.exitStatus();
        }
        String word = args[at];
        if (word.equals("--help")) {
            output.answer(Usage.vzctl());
            return OK;
        }
        Verb verb = Verb.of(word);
        if (verb == null) {
            throw new UsageException(
                    VzError.INVALID_SYNTAX.exitStatus(),
                    Words.BAD_COMMAND + word,
                    Nearest.hint(word, CommandHelp.allWords(), ""));
        }
        if (at + 1 == args.length) {
            throw wrong(VzError.INVALID_VALUE, Words.CTID_MISSING);
        }
        return run(verb, args[at + 1], args, at + 2);
    }

    private int run(Verb verb, String target, String[] args, int from) throws UsageException, IOException {
        HostPaths paths = HostPaths.of(env);
        CtId id = resolve(target, paths);
        VzConf conf = readVzConf(paths);
        speak(verb, conf, id);
        Command command = Commands.of(verb);
        command.parse(args, from);
        if (id.value() == 0 && verb != Verb.SET) {
            throw wrong(VzError.INVALID_VALUE, Words.ONLY_SET_FOR_0);
        }
        VeOperations ve = operations.open(conf, skipLock, output);
        if (!ve.isRoot()) {
            throw wrong(VzError.NO_ACCESS, Words.ROOT_ONLY);
        }
        if (verb != Verb.STATUS && verb != Verb.CREATE && verb != Verb.SET && !isConfigured(paths, id, ve)) {
            throw new VeException(VzError.NO_VE_CONFIG, VeEvent.of(VeEvent.Kind.NO_VE_CONFIG));
        }
        try {
            return command.run(new Call(id, paths, conf, ve, output));
        } catch (VeException | IOException e) {
            VeException failure = e instanceof VeException known ? known : failure((IOException) e);
            output.failure(failure);
            // exec has one status for all that can go wrong, so that exec2 exists.
            return verb == Verb.EXEC
                    ? VzError.COMMAND_EXECUTION.exitStatus()
                    : failure.error().exitStatus();
        }
    }

    private static VeException failure(IOException e) {
        VzError error = e instanceof BadConfException ? VzError.INVALID_CONFIG : VzError.SYSTEM;
        return new VeException(error, Failures.message(e), e.getCause());
    }

    /** A configuration may be absent only because a destroy was killed half-way. */
    private static boolean isConfigured(HostPaths paths, CtId id, VeOperations ve) throws IOException {
        if (!Files.exists(paths.conf(id))) {
            ve.repair(id);
        }
        return Files.exists(paths.conf(id));
    }

    private static CtId resolve(String target, HostPaths paths) throws UsageException, IOException {
        try {
            // Names costs a class or two that a number does not need.
            return CtId.isNumber(target) ? CtId.parse(target) : new Names(paths).resolve(target);
        } catch (BadCtIdException e) {
            throw wrong(VzError.INVALID_VALUE, Failures.message(e));
        }
    }

    private static VzConf readVzConf(HostPaths paths) throws UsageException {
        try {
            return VzConf.read(paths);
        } catch (IOException e) {
            throw wrong(VzError.NO_CONFIG, Failures.message(e));
        }
    }

    /** Sets how much is said, and where else. */
    private void speak(Verb verb, VzConf conf, CtId id) {
        output.quiet(quiet);
        if (verb == Verb.STATUS) {
            // Consumers take stdout apart: nothing but the answer may appear there, whatever vz.conf says.
            output.verbosity(-1);
        } else {
            output.verbosity(verbose > 0 ? verbose : level(conf.text(VzKey.VERBOSE)));
        }
        @Nullable String logFile = conf.text(VzKey.LOGFILE);
        if (logFile != null && !"no".equals(conf.text(VzKey.LOGGING))) {
            output.log(new LogFile(logFile, level(conf.text(VzKey.LOG_LEVEL)), id.value()));
        }
    }

    /** A level from vz.conf; what is no number counts as unset. */
    private static int level(@Nullable String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException noNumber) {
            return 0;
        }
    }

    private static UsageException wrong(VzError error, String message) {
        return new UsageException(error.exitStatus(), message);
    }
}
