package org.jvz.cli;

import java.io.PrintStream;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeException;

/**
 * Where a command's words go: stdout, stderr and the log file, by level. Level 0 is what vzctl says by itself on stdout,
 * positive levels are for {@code --verbose}, negative ones go to stderr and {@code --quiet} does not silence them.
 */
final class Output implements VeEvents {
    private static final long MILLIS_BETWEEN_TICKS = 200;

    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;
    private boolean quiet;
    private int verbosity;
    private @Nullable LogFile log;
    private volatile @Nullable ProgressLine progress;
    private boolean ticking;

    /** For programs that nobody reads. */
    Output(PrintStream out, PrintStream err) {
        this(out, err, Terminal.NONE);
    }

    Output(PrintStream out, PrintStream err, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Who reads this. */
    Terminal terminal() {
        return terminal;
    }

    void quiet(boolean quiet) {
        this.quiet = quiet;
    }

    /** Levels up to this one are printed. */
    void verbosity(int verbosity) {
        this.verbosity = verbosity;
    }

    /** From now on messages go to a log file too. */
    void log(LogFile log) {
        this.log = log;
    }

    /** What the command was asked for: always printed, never logged. */
    void answer(String text) {
        out.println(text);
    }

    /** A complaint about the command line: always on stderr, never logged. */
    void complain(String text) {
        over();
        err.println(text);
    }

    /** A complaint about the command line and, where a person reads it, what may have been meant. */
    void complain(UsageException wrong) {
        complain(wrong.text());
        if (!wrong.hint().isEmpty() && terminal.readsErrors()) {
            complain(wrong.hint());
        }
    }

    /** Prints and logs a line according to its level. */
    void say(int level, String text) {
        over();
        if (level < 0) {
            err.println(text);
        } else if (!quiet && level <= verbosity) {
            out.println(text);
        }
        if (log != null) {
            log.write(level, text);
        }
    }

    @Override
    public void event(VeEvent event) {
        say(Words.level(event.kind()), Words.of(event));
    }

    @Override
    public void progress(String line) {
        ProgressLine shown = line();
        if (shown != null) {
            shown.show(line, System.nanoTime());
        }
    }

    @Override
    public void lasting(String what) {
        ProgressLine shown = line();
        if (shown != null) {
            shown.lasting(what, System.nanoTime());
            tick(shown);
        }
    }

    @Override
    public void over() {
        ProgressLine shown = progress;
        if (shown != null) {
            shown.wipe();
        }
    }

    /** Where to show how far something is; null if no person would see it. */
    private synchronized @Nullable ProgressLine line() {
        if (progress == null && !quiet && terminal.readsAnswers()) {
            progress = new ProgressLine(out);
        }
        return progress;
    }

    /** Has the seconds counted until this process ends. */
    private synchronized void tick(ProgressLine shown) {
        if (ticking) {
            return;
        }
        ticking = true;
        Thread thread = new Thread(() -> tickOn(shown), "progress");
        thread.setDaemon(true);
        thread.start();
    }

    private static void tickOn(ProgressLine shown) {
        while (!Thread.currentThread().isInterrupted()) {
            shown.tick(System.nanoTime());
            LockSupport.parkNanos(MILLIS_BETWEEN_TICKS * 1_000_000);
        }
    }

    /** Prints why an operation failed: the failure, its causes, and undo steps that failed as well. */
    void failure(VeException failure) {
        VeEvent refusal = failure.refusal();
        if (refusal != null) {
            event(refusal);
        } else {
            say(-1, Failures.message(failure));
        }
        for (String line : Failures.reasons(failure)) {
            say(-1, line);
        }
    }
}
