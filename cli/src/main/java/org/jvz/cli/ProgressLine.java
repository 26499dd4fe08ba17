package org.jvz.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** One line of a terminal that shows how far something is, once that has taken a second, and is wiped off by what comes next. */
final class ProgressLine {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long PATIENCE_NANOS = SECOND_NANOS;
    /** Enough for the eye, and few enough for a slow line. */
    private static final long NANOS_BETWEEN = 100_000_000;

    private static final String WIPE = "\r\033[K";

    private final PrintStream out;
    private long began;
    private long shown;
    private boolean open;
    private @Nullable String lasting;
    private long lastingSince;

    ProgressLine(PrintStream out) {
        this.out = out;
        this.began = Long.MIN_VALUE;
    }

    /** @param now from System.nanoTime() */
    synchronized void show(String line, long now) {
        lasting = null;
        put(line, now);
    }

    /** From now on {@link #tick} shows for how many seconds this has lasted. */
    synchronized void lasting(String what, long now) {
        lasting = what;
        lastingSince = now;
        put(atThis(what, now), now);
    }

    /** To be called a few times a second while something may last. */
    synchronized void tick(long now) {
        if (lasting != null) {
            put(atThis(lasting, now), now);
        }
    }

    private String atThis(String what, long now) {
        return what + " ... " + (now - lastingSince) / SECOND_NANOS + " s";
    }

    private void put(String line, long now) {
        if (began == Long.MIN_VALUE) {
            began = now;
        }
        if (now - began < PATIENCE_NANOS || (open && now - shown < NANOS_BETWEEN)) {
            return;
        }
        open = true;
        shown = now;
        out.print(WIPE + line);
        out.flush();
    }

    /** Takes the line away; what is shown next has to wait again. */
    synchronized void wipe() {
        if (open) {
            out.print(WIPE);
            out.flush();
        }
        open = false;
        began = Long.MIN_VALUE;
        lasting = null;
    }
}
