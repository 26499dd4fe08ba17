package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** CPUUNITS: what two busy VEs get of a CPU, to each other. */
@EndToEnd
@Tag("vm")
@Tag("long")
@Tag("quiet")
@Order(4)
final class CpuSharesTest {
    private static final String BURN = "while :; do :; done";

    private final TestHost host = TestHost.get();

    @Test
    void twoBusyVesShareACpuByTheirUnits() throws Exception {
        TestVe small = TestVe.started(host, "--cpuunits", "1000", "--cpumask", "0");
        TestVe large = TestVe.started(host, "--cpuunits", "3000", "--cpumask", "0");
        small.leaveRunning(BURN);
        large.leaveRunning(BURN);
        assertThat(share(large, small)).isCloseTo(3, Percentage.withPercentage(5));

        large.set("--cpuunits", "500").exits(0);
        assertThat(share(large, small)).isCloseTo(0.5, Percentage.withPercentage(5));
        large.end();
        small.end();
    }

    /**
     * The CPU time of one for each second of the other, over eight seconds of the two together, however busy the machine is. Each is taken by
     * the time between its own readings: on an emulated processor the first of the two can be read much before the second.
     */
    private static double share(TestVe one, TestVe other) throws Exception {
        Thread.sleep(300);
        Meter ones = new Meter(one.cgroups());
        Meter others = new Meter(other.cgroups());
        long end = System.nanoTime() + 60_000_000_000L;
        while (true) {
            Thread.sleep(500);
            double oneRate = ones.rate();
            double otherRate = others.rate();
            if (ones.used + others.used > 8_000_000 || System.nanoTime() > end) {
                return oneRate / otherRate;
            }
        }
    }

    /** CPU time from one moment on. */
    private static final class Meter {
        private final VeCgroups counts;
        private final long first;
        private final long began;
        /** Microseconds, when last asked. */
        private long used;

        Meter(VeCgroups counts) throws Exception {
            this.counts = counts;
            first = counts.cpuMicros();
            began = System.nanoTime();
        }

        /** CPU time per time, until now. */
        double rate() throws Exception {
            used = counts.cpuMicros() - first;
            return used * 1e3 / (System.nanoTime() - began);
        }
    }
}
