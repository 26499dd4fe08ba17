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

    Neighbour(TestHost host, TestVe quiet) {
        this.host = host;
        this.quiet = quiet;
    }

    /** What one comparison gave, medians in milliseconds. */
    record Latency(double frozen, double working) {
        double ratio() {
            return working / frozen;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f ms : %.0f ms = %.2f", working, frozen, ratio());
        }
    }

    /** Compares once. */
    Latency whileWorking(TestVe hog) throws IOException, InterruptedException {
        Samples frozen = new Samples("frozen");
        Samples working = new Samples("working");
        for (int i = 0; i < TURNS; i++) {
            hog.cgroups().freeze();
            frozen.add(exec());
            hog.cgroups().thaw();
            // What it does takes a moment to be felt.
            Thread.sleep(50);
            working.add(exec());
        }
        return new Latency(frozen.median(), working.median());
    }

    private Outcome exec() throws IOException, InterruptedException {
        return host.vzctl("exec", quiet.id(), "true").run();
    }

    /** At most twice the quiet value. A comparison that a busy machine has spoilt is made anew. */
    void isUndisturbedBy(TestVe hog) throws IOException, InterruptedException {
        StringBuilder seen = new StringBuilder();
        for (int tries = 0; tries < TRIES; tries++) {
            Latency latency = whileWorking(hog);
            seen.append(latency).append('\n');
            if (latency.ratio() <= 2) {
                System.out.println("exec beside container " + hog.id() + ": " + latency);
                return;
            }
        }
        assertThat(seen.toString())
                .as("exec into a quiet VE, beside a working VE : beside the same one frozen")
                .isEqualTo("at most 2");
    }
}
