package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;

/**
 * How long {@code vzctl exec} into a VE takes while another VE works, against the same while that other one is frozen. The two take turns, so
 * that whatever else the machine does meets both, and their medians are compared.
 */
final class Neighbour {
    private static final int TURNS = 3;
    private static final int TRIES = 4;

    private final TestHost host;
    private final TestVe quiet;
    private Samples frozen = new Samples("frozen");
    private Samples working = new Samples("working");

    Neighbour(TestHost host, TestVe quiet) {
        this.host = host;
        this.quiet = quiet;
    }

    /** Medians in milliseconds. */
    private record Latency(double frozen, double working) {
        double ratio() {
            return working / frozen;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f ms : %.0f ms = %.2f", working, frozen, ratio());
        }
    }

    private void takeTurns(TestVe hog) throws IOException, InterruptedException {
        for (int i = 0; i < TURNS; i++) {
            hog.cgroups().freeze();
            frozen.add(exec());
            hog.cgroups().thaw();
            // What it does takes a moment to be felt.
            Thread.sleep(50);
            working.add(exec());
        }
    }

    private Outcome exec() throws IOException, InterruptedException {
        return host.vzctl("exec", quiet.id(), "true").run();
    }

    /** At most twice the quiet value: of three turns, or of up to twelve if a busy machine has spoilt some. Every turn counts. */
    void isUndisturbedBy(TestVe hog) throws IOException, InterruptedException {
        frozen = new Samples("frozen");
        working = new Samples("working");
        StringBuilder seen = new StringBuilder();
        for (int tries = 0; tries < TRIES; tries++) {
            takeTurns(hog);
            Latency latency = new Latency(frozen.median(), working.median());
            seen.append(latency).append('\n');
            if (latency.ratio() <= 2) {
                System.out.println("exec beside container " + hog.id() + ": " + latency);
                return;
            }
        }
        assertThat(seen.toString())
                .as(
                        "exec into a quiet VE, beside a working VE : beside the same one frozen, medians of 3, 6, 9 and 12 turns")
                .isEqualTo("at most 2");
    }
}
