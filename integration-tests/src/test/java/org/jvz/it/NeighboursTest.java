package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A VE that takes all it can get: it is stopped at its limit, a neighbour does not feel it, and it can be stopped and destroyed.
 *
 * <p>No hog could hurt the machine if a limit failed: each is as large as three times its limit at the most.
 */
@EndToEnd
@Tag("vm")
@Tag("long")
@Tag("quiet")
@Order(1)
final class NeighboursTest {
    private static final long RAM = 64L << 20;
    private static final int TASKS = 60;
    /** Bytes per second. */
    private static final int IO = 8 << 20;
    /** Written back is in requests of a megabyte, so it takes a while until one more or less does not matter. */
    private static final int WRITE_BACK_SECONDS = 40;

    private static final int WRITE_BACK = 2 << 20;

    private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

    /** The neighbour of them all: in a virtual machine it takes ten seconds to make one and remove it. */
    private static @Nullable TestVe neighbour;

    private final TestHost host = TestHost.get();

    @BeforeAll
    static void startNeighbour() throws Exception {
        neighbour = TestVe.started(TestHost.get());
    }

    @AfterAll
    static void endNeighbour() throws Exception {
        neighbour().end();
    }

    private static TestVe neighbour() {
        return Objects.requireNonNull(neighbour);
    }

    @Test
    void memoryOfEveryKindStopsAtTheLimit() throws Exception {
        TestVe hog = TestVe.started(host, "--ram", "64M", "--swap", "0");
        VeCgroups counts = hog.cgroups();
        assertThat(counts.memoryLimit()).isEqualTo(RAM);

        stopsAtTheLimit(hog, "dd if=/dev/zero of=/root/big bs=1M count=192", true);
        assertThat(counts.oomKills()).as("processes killed for page cache").isZero();

        stopsAtTheLimit(hog, "awk 'BEGIN { s = \"x\"; for (i = 0; i < 27; i++) s = s s }'", false);
        assertThat(counts.oomKills())
                .as("processes killed for memory of their own")
                .isPositive();

        stopsAtTheLimit(
                hog,
                "mount -t tmpfs -o size=1g none /mnt && dd if=/dev/zero of=/mnt/big bs=1M count=192; s=$?; umount /mnt; exit $s",
                false);

        // Half of the RAM, as on a machine of that size: full before the VE is.
        hog.run("dd if=/dev/zero of=/dev/shm/big bs=1M count=192").exits(1);
        long shm = Long.parseLong(
                hog.run("stat -c %s /dev/shm/big").succeeds().stdout().strip());
        assertThat(shm).isCloseTo(RAM / 2, TWO_PERCENT);
        hog.run("rm /dev/shm/big").succeeds();

        hog.leaveRunning(
                """
                while :; do
                    cat /root/big
                    awk 'BEGIN { s = "x"; for (i = 0; i < 27; i++) s = s s }'
                done
                """);
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        assertThat(counts.memoryPeak()).isLessThanOrEqualTo(RAM * 102 / 100);
        hog.end();
    }

    private static void stopsAtTheLimit(TestVe hog, String line, boolean bearable) throws Exception {
        VeCgroups counts = hog.cgroups();
        boolean unified = VeCgroups.unified("memory");
        counts.forgetPeak();
        long refused = unified ? counts.memoryRefused() : 0;
        Outcome outcome = hog.run(line);
        assertThat(outcome.exit() == 0).as("%s", outcome).isEqualTo(bearable);
        if (unified) {
            // The peak is that of all kinds so far.
            assertThat(counts.memoryRefused()).as("times at the limit, " + line).isGreaterThan(refused);
        }
        assertThat(counts.memoryPeak()).as(line).isCloseTo(RAM, TWO_PERCENT);
        hog.run("echo alive").succeeds().prints("alive");
    }

    /** Twelve connections whose far ends do not read, with windows as large as three times the limit together. */
    @Test
    void socketsStopAtTheLimit() throws Exception {
        TestVe hog = TestVe.started(host, "--ram", "64M", "--swap", "0", "--numproc", "100");
        // What fills the memory is no process's own: of processes that small the kernel might choose init.
        hog.leaveRunning(
                """
                echo 500 >/proc/self/oom_score_adj
                echo 4096 16777216 16777216 >/proc/sys/net/ipv4/tcp_rmem
                echo 4096 16777216 16777216 >/proc/sys/net/ipv4/tcp_wmem
                mkfifo /root/silence
                sleep 1000 >/root/silence &
                for n in $(seq 5001 5012); do
                    nc -l -p $n </root/silence | sleep 1000 &
                done
                sleep 2
                for n in $(seq 5001 5012); do
                    nc 127.0.0.1 $n </dev/zero &
                done
                wait
                """);
        VeCgroups counts = hog.cgroups();
        assertThat(grown(counts::socketPeak, RAM * 98 / 100)).isCloseTo(RAM, TWO_PERCENT);
        // The peak of v2 is that of everything: nearly all of it has to be theirs.
        assertThat(grown(counts::sockets, RAM * 80 / 100)).isGreaterThan(RAM * 80 / 100);
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        assertThat(counts.socketPeak()).isCloseTo(RAM, TWO_PERCENT);
        hog.end();
    }

    @Test
    void aForkBombStopsAtTheLimit() throws Exception {
        TestVe hog = TestVe.started(host, "--numproc", String.valueOf(TASKS));
        VeCgroups counts = hog.cgroups();
        // 127 processes if all could be, that fork as long as one is refused.
        hog.leaveRunning(
                """
                bomb() {
                    [ $1 -eq 0 ] && exec sleep 1000
                    bomb $(($1 - 1)) &
                    bomb $(($1 - 1)) &
                    wait
                }
                bomb 6
                """);
        assertThat(grown(counts::tasksPeak, TASKS)).isCloseTo(TASKS, TWO_PERCENT);
        assertThat(counts.tasksRefused()).isPositive();

        // Full as it is, its administrator gets in: without a fork of the shell's.
        hog.run("kill -9 -1");
        // A process counts until its parent has taken note of its end; the last of them would leave places that nobody
        // takes.
        long end = System.nanoTime() + 30_000_000_000L;
        long last = -1;
        for (long now = counts.tasks(); now > 4 || now != last; now = counts.tasks()) {
            assertThat(System.nanoTime()).as("%d tasks", now).isLessThan(end);
            last = now;
            Thread.sleep(1000);
        }
        fill(hog);
        hog.run("echo alive").succeeds().prints("alive");
        assertThat(counts.tasksPeak()).isCloseTo(TASKS, TWO_PERCENT);

        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        hog.end();
    }

    /**
     * One that forks and executes as fast as it may. Its CPULIMIT holds it back: without one a machine of two CPUs has the cost of the storm
     * itself (page faults of all its processes), whatever weight the VE has ({@code docs/limits.md}).
     */
    @Test
    void aForkStormIsHeldBackByItsLimit() throws Exception {
        TestVe hog = TestVe.started(host, "--numproc", String.valueOf(TASKS), "--cpulimit", "50");
        hog.leaveRunning("for n in $(seq 10); do while :; do /bin/busybox true; done & done; wait");
        assertThat(percentWhenThrottled(hog, 5)).isCloseTo(50, Percentage.withPercentage(3));
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        hog.end();
    }

    private static void fill(TestVe hog) throws Exception {
        hog.leaveRunning("for n in $(seq " + 2 * TASKS + "); do sleep 1000 & done; wait");
        // The shell that could not fork has ended, and after that, maybe, the one that had started it and the one that
        // vzctl had.
        assertThat(grown(hog.cgroups()::tasks, TASKS - 3)).isGreaterThanOrEqualTo(TASKS - 3);
    }

    @Test
    void aCpuBurnerGetsItsLimit() throws Exception {
        TestVe hog = TestVe.started(host, "--cpulimit", "20");
        hog.leaveRunning("for n in 1 2 3 4; do while :; do :; done & done; wait");
        assertThat(percentWhenThrottled(hog, 5)).isCloseTo(20, Percentage.withPercentage(3));
        hog.set("--cpulimit", "10").exits(0);
        assertThat(percentWhenThrottled(hog, 10)).isCloseTo(10, Percentage.withPercentage(3));
        // With nothing but its share, on every CPU.
        hog.set("--cpulimit", "0").exits(0);
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        hog.end();
    }

    /**
     * CPU time per time, in percent of a CPU. Only a stretch counts in which the quota and nothing else held the VE back: a machine that is
     * busy with other things may not have had as much to give.
     *
     * <p>Where the stretch begins and ends, a period more or less and a tick of debt on each CPU must not matter: it is to hold at least a
     * second of CPU time.
     */
    private static double percentWhenThrottled(TestVe hog, int seconds) throws Exception {
        VeCgroups counts = hog.cgroups();
        Thread.sleep(300);
        StringBuilder seen = new StringBuilder();
        for (int tries = 0; tries < 8; tries++) {
            long periods = counts.cpuPeriods();
            long throttled = counts.cpuPeriodsThrottled();
            long micros = counts.cpuMicros();
            long began = System.nanoTime();
            Thread.sleep(seconds * 1000L);
            micros = counts.cpuMicros() - micros;
            double percent = micros * 1e5 / (System.nanoTime() - began);
            throttled = counts.cpuPeriodsThrottled() - throttled;
            periods = counts.cpuPeriods() - periods;
            if (throttled >= periods - 1) {
                return percent;
            }
            seen.append(percent + " % in " + periods + " periods, of which it filled " + throttled + "\n");
        }
        throw new AssertionError("The machine is too busy:\n" + seen);
    }

    @Test
    void anIoHogGetsItsLimit() throws Exception {
        TestVe hog = TestVe.started(host);
        hog.run("dd if=/dev/zero of=/root/big bs=1M count=16 conv=fsync").exits(0);
        hog.set("--iolimit", "8M").exits(0);
        VeCgroups counts = hog.cgroups();

        fourTimes(hog, "dd if=/root/big of=/dev/null bs=64k iflag=direct");
        assertThat(perSecond(counts::diskBytes, IO)).isCloseTo(IO, TWO_PERCENT);
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        hog.run("kill -9 -1");

        fourTimes(hog, "dd if=/dev/zero of=/root/big bs=64k count=256 oflag=direct conv=notrunc");
        assertThat(perSecond(counts::diskBytes, IO)).isCloseTo(IO, TWO_PERCENT);
        new Neighbour(host, neighbour()).isUndisturbedBy(hog);
        hog.run("kill -9 -1");

        if (VeCgroups.unified("blkio")) {
            // What goes through the page cache; v1 cannot tell whose that was, of which vzctl start warns.
            hog.set("--iolimit", "2M").exits(0);
            fourTimes(hog, "dd if=/dev/zero of=/root/$n bs=64k count=256 conv=fsync");
            assertThat(perSecond(counts::diskBytes, WRITE_BACK, WRITE_BACK_SECONDS))
                    .isCloseTo(WRITE_BACK, TWO_PERCENT);
            hog.run("kill -9 -1");
        }

        hog.set("--iolimit", "0", "--iopslimit", "50").exits(0);
        fourTimes(hog, "dd if=/root/big of=/dev/null bs=4k iflag=direct");
        assertThat(perSecond(counts::diskRequests, 50)).isCloseTo(50, TWO_PERCENT);
        hog.end();
    }

    /** Always more than one request at a time, so that the disk is never waited for; twelve rounds at the most. */
    private static void fourTimes(TestVe hog, String line) throws Exception {
        hog.leaveRunning("for n in 1 2 3 4; do (for round in $(seq 12); do " + line + "; done) & done; wait");
    }

    /** A rate; a stretch in which a busy machine has not let the VE come to its limit is not taken for one, unless there is no other. */
    private static double perSecond(Count count, double limit) throws Exception {
        return perSecond(count, limit, 5);
    }

    private static double perSecond(Count count, double limit, int seconds) throws Exception {
        double rate = 0;
        for (int tries = 0; tries < 4 && rate < limit * 0.98; tries++) {
            // The first moments are given for free.
            Thread.sleep(1000);
            long began = System.nanoTime();
            long before = count.read();
            Thread.sleep(seconds * 1000L);
            long after = count.read();
            rate = (after - before) * 1e9 / (System.nanoTime() - began);
        }
        return rate;
    }

    /** A number that the kernel counts. */
    @FunctionalInterface
    private interface Count {
        long read() throws Exception;
    }

    /** Waits until the number is that large, and then until it has stood still for a second. */
    private static long grown(Count count, long least) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        long last = -1;
        while (true) {
            long now = count.read();
            if (now >= least && now == last) {
                return now;
            }
            if (System.nanoTime() > end) {
                return now;
            }
            last = now;
            Thread.sleep(1000);
        }
    }
}
