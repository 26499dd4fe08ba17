package org.jvz.cli;

import java.io.PrintStream;
import org.jvz.templates.TemplateEvents;

/** Shows people how far an operation on templates is: on a terminal in place, elsewhere one line a stage. */
final class TemplateProgress implements TemplateEvents {
    /** Enough for the eye, and few enough for a slow line. */
    private static final long NANOS_BETWEEN = 100_000_000;

    private static final String[] UNITS = {"B", "K", "M", "G", "T"};

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private String stage = "";
    private boolean open;
    private long shown;

    TemplateProgress(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** As this one, for commands whose output others read: warnings only. */
    TemplateEvents quiet() {
        return new TemplateEvents() {
            @Override
            public void stage(Stage stage, String object) {}

            @Override
            public void warning(String text) {
                TemplateProgress.this.warning(text);
            }
        };
    }

    @Override
    public synchronized void stage(Stage newStage, String object) {
        end();
        stage = words(newStage) + " " + object;
        if (terminal) {
            out.print(stage + " ...");
            out.flush();
            open = true;
        } else {
            out.println(stage);
        }
    }

    @Override
    public synchronized void progress(long done, long total) {
        long now = System.nanoTime();
        if (open && total > 0 && now - shown > NANOS_BETWEEN) {
            shown = now;
            out.print("\r" + stage + " ... " + 100 * done / total + "% ");
            out.flush();
        }
    }

    @Override
    public synchronized void output(String line) {
        end();
        // mmdebstrap marks what it says by level.
        out.println("  " + (line.startsWith("I: ") ? line.substring(3) : line));
    }

    @Override
    public synchronized void warning(String text) {
        end();
        err.println("Warning: " + text);
    }

    /** Finishes a line that is still open. */
    synchronized void end() {
        if (open) {
            out.println();
            open = false;
        }
    }

    private static String words(TemplateEvents.Stage stage) {
        return switch (stage) {
            case DOWNLOADING -> "Downloading";
            case HASHING -> "Reading";
            case WAITING -> "Waiting for another process that works on";
            case COPYING -> "Copying";
            case UNPACKING -> "Unpacking";
            case SYNCING -> "Writing out";
            case BUILDING -> "Building";
            case PLACING -> "Placing";
            case VERIFYING -> "Verifying";
            case REMOVING -> "Removing";
        };
    }

    /** A size for people: three digits and a unit, {@code 1.9M}. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || value >= 10;
        return whole ? Math.round(value) + UNITS[unit] : Math.round(value * 10) / 10.0 + UNITS[unit];
    }
}
