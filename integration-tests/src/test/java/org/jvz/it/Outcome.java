package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;

/**
 * What a command did.
 *
 * @param command the words it was called with, its name first, without its directory
 * @param exit its exit status; 128 plus the signal if one killed it
 * @param stdout all of its standard output, as UTF-8
 * @param stderr all of its standard error, as UTF-8
 * @param time from its start until it was gone
 */
public record Outcome(List<String> command, int exit, String stdout, String stderr, Duration time) {
    /** Exit status 0, and not a byte on stderr: some clients take any for a failure. */
    public Outcome succeeds() {
        assertThat(exit).as("exit status of %s", this).isZero();
        assertThat(stderr).as("stderr of %s", this).isEmpty();
        return this;
    }

    public Outcome exits(int status) {
        assertThat(exit).as("exit status of %s", this).isEqualTo(status);
        return this;
    }

    /** Exactly these lines on stdout. */
    public Outcome prints(String... lines) {
        assertThat(stdout.lines()).as("stdout of %s", this).containsExactly(lines);
        return this;
    }

    /** These lines on stdout, in this order, perhaps with others between them. */
    public Outcome printsAmongOthers(String... lines) {
        assertThat(stdout.lines()).as("stdout of %s", this).containsSubsequence(lines);
        return this;
    }

    /** Exactly these lines on stderr. */
    public Outcome complains(String... lines) {
        assertThat(stderr.lines()).as("stderr of %s", this).containsExactly(lines);
        return this;
    }

    /** Starts an assertion about the only line of stdout. */
    public AbstractStringAssert<?> line() {
        assertThat(stdout.lines()).as("stdout of %s", this).hasSize(1);
        return assertThat(stdout.strip());
    }

    @Override
    public String toString() {
        return String.join(" ", command) + " (exit " + exit + ", " + time.toMillis() + " ms)"
                + (stdout.isEmpty() ? "" : "\nstdout: " + stdout.stripTrailing())
                + (stderr.isEmpty() ? "" : "\nstderr: " + stderr.stripTrailing());
    }
}
