package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** CPUUNITS: what two busy VEs get of a CPU, to each other. */
@EndToEnd
@Tag("vm")
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

    /** The CPU time of one for each second of the other, over a few seconds of the two together, however busy the machine is. */
    private static double share(TestVe one, TestVe other) throws Exception {
        Thread.sleep(300);
        long ones = one.cgroups().cpuMicros();
        long others = other.cgroups().cpuMicros();
        long end = System.nanoTime() + 60_000_000_000L;
        while (true) {
            Thread.sleep(500);
            long oneUsed = one.cgroups().cpuMicros() - ones;
            long otherUsed = other.cgroups().cpuMicros() - others;
            if (oneUsed + otherUsed > 4_000_000 || System.nanoTime() > end) {
                return (double) oneUsed / otherUsed;
            }
        }
    }
}
