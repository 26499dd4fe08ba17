package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A VE that fills its disk, by bytes and by inodes: it is stopped at its limit, a neighbour does not feel it, and it can be stopped and
 * destroyed. In the test machine only: other kernels may have no quota by project.
 */
@Tag("vm")
@Tag("long")
@Order(3)
@ExtendWith(LeavesNothing.class)
final class DiskFillerTest {
    private static final long KIB = 40 * 1024;
    private static final long INODES = 600;
    private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

    private final TestHost host = TestHost.get();

    @Test
    void aDiskFillerStopsAtItsLimits() throws Exception {
        TestVe quiet = TestVe.started(host);
        TestVe hog = TestVe.started(host, "--diskspace", KIB + ":" + KIB, "--diskinodes", INODES + ":" + INODES);

        assertThat(hog.run("dd if=/dev/zero of=/root/big bs=64k; sync").stderr())
                .containsAnyOf("No space left on device", "Disk quota exceeded");
        assertThat(used(hog, "-k")).isCloseTo(KIB, TWO_PERCENT);
        hog.run("echo alive").succeeds().prints("alive");
        quiet.run("dd if=/dev/zero of=/root/own bs=64k count=16 && rm /root/own")
                .exits(0);
        hog.run("rm /root/big").exits(0);

        hog.run("mkdir /root/many; n=0; while echo >/root/many/$n; do n=$((n + 1)); done; true");
        assertThat(used(hog, "-i")).isCloseTo(INODES, TWO_PERCENT);
        hog.run("echo alive").succeeds().prints("alive");
        quiet.run("echo >/root/own && rm /root/own").exits(0);

        hog.leaveRunning(
                """
                while :; do
                    rm -rf /root/big /root/many
                    dd if=/dev/zero of=/root/big bs=64k
                    mkdir /root/many
                    n=0
                    while echo >/root/many/$n; do n=$((n + 1)); done
                done
                """);
        new Neighbour(host, quiet).isUndisturbedBy(hog);
        assertThat(used(hog, "-k")).isLessThanOrEqualTo(KIB);
        hog.end();
        quiet.end();
    }

    /** The third column of df: KiB or inodes in use. */
    private static long used(TestVe ve, String unit) throws Exception {
        String[] lines =
                ve.run("df -P " + unit + " /").succeeds().stdout().strip().split("\n");
        return Long.parseLong(lines[lines.length - 1].strip().split("\\s+")[2]);
    }
}
