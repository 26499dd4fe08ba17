package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.cgroup.Controller;
import org.jvz.runtime.cgroup.HostDevices;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.testing.LoopDisk;
import org.jvz.testing.RootTest;

/** IOPRIO and IOPSLIMIT: what VEs get of a disk that they all want. */
@Tag("vm")
@Timeout(120)
class DiskShareTest {
    /** Bytes per second. */
    private static final long SLOW = 8 * HungryVe.MIB;

    private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

    @TempDir
    Path dir;

    private TinyHost tiny;
    private final List<HungryVe> ves = new ArrayList<>();
    /** In sysfs. */
    private @Nullable Path disk;

    @BeforeEach
    void makeHost() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(dir);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (HungryVe ve : ves) {
            ve.killAll();
        }
        for (HungryVe ve : ves) {
            ve.end();
        }
        // The disk vanishes with its mount, the device stays for the next one.
        if (disk != null) {
            Files.writeString(disk.resolve("queue/scheduler"), "none");
        }
    }

    private HungryVe started(int id, String... keysAndValues) throws IOException {
        HungryVe ve = HungryVe.started(tiny, id, keysAndValues);
        ves.add(ve);
        return ve;
    }

    /** Leaves several at it, so that there always is a request. */
    private static void fourTimes(HungryVe ve, String line) throws IOException {
        ve.leave("for n in 1 2 3 4; do while :; do " + line + "; done & done; wait");
    }

    /** Read requests are in {@code NeighboursTest}. */
    @RootTest
    void directWritesAreHeldToTheirNumber() throws IOException {
        HungryVe ve = started(101);
        ve.sh("dd if=/dev/zero of=/big bs=1M count=4 conv=fsync");
        ve.set("IOPSLIMIT", "100");
        fourTimes(ve, "dd if=/dev/zero of=/big bs=4k count=1024 oflag=direct conv=notrunc");
        assertThat(writesPerSecond(ve, 100)).isCloseTo(100, TWO_PERCENT);
    }

    /** A stretch in which a busy machine has not let the VE come to its limit is not taken, unless there is no other. */
    private static double writesPerSecond(HungryVe ve, double limit) throws IOException {
        double rate = 0;
        for (int tries = 0; tries < 4 && rate < limit * 0.98; tries++) {
            // The first moments are given for free.
            LockSupport.parkNanos(500_000_000);
            long began = System.nanoTime();
            long before = ve.io().writes();
            LockSupport.parkNanos(4_000_000_000L);
            long after = ve.io().writes();
            rate = (after - before) * 1e9 / (System.nanoTime() - began);
        }
        return rate;
    }

    /**
     * Their weights are 160 and 20. In seconds the scheduler comes to an eighth only roughly: a turn is an eighth of one.
     */
    @RootTest
    void twoVesShareADiskByTheirPriorities() throws IOException {
        shareByBfq();
        HungryVe one = started(101, "IOPRIO", "7");
        HungryVe other = started(102, "IOPRIO", "0");
        assertThat(tiny.events).noneMatch(event -> event.contains("IOPRIO"));
        for (HungryVe ve : ves) {
            ve.sh("dd if=/dev/zero of=/big bs=1M count=24 conv=fsync");
            slowDown(ve);
            fourTimes(ve, "dd if=/big of=/dev/null bs=64k iflag=direct");
        }
        assertThat(share(one, other)).isBetween(3.0, 24.0);
        assertThat(one.counted()).as("counted without a limit").contains(number() + " Read ");

        other.set("IOPRIO", "7");
        one.set("IOPRIO", "0");
        assertThat(share(other, one)).isBetween(3.0, 24.0);
    }

    /** What one reads of the disk for each byte of the other. */
    private double share(HungryVe one, HungryVe other) throws IOException {
        LockSupport.parkNanos(500_000_000);
        long ones = read(one);
        long others = read(other);
        LockSupport.parkNanos(4_000_000_000L);
        ones = read(one) - ones;
        others = read(other) - others;
        return (double) ones / others;
    }

    /** The disk's. */
    private String number() throws IOException {
        return Files.readString(Objects.requireNonNull(disk).resolve("dev")).strip();
    }

    /** Bytes, counted at the disk that is shared and not at what it lies on: by the scheduler on v1. */
    private long read(HungryVe ve) throws IOException {
        Path stat = ve.file(Controller.IO, "io.stat");
        boolean v2 = Files.exists(stat);
        String text = Files.readString(v2 ? stat : ve.file(Controller.IO, "blkio.bfq.io_service_bytes"));
        Matcher matcher = Pattern.compile("(?m)^" + number() + (v2 ? ".* rbytes=" : " Read ") + "(\\d+)")
                .matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** The private areas get a disk of their own, whose scheduler knows weights. */
    private void shareByBfq() throws IOException {
        Path areas = dir.resolve("vz/private");
        LoopDisk.mountPlain("ext4", dir.resolve("disk"), areas);
        Files.setAttribute(areas, "unix:mode", 0700);
        String device = LoopDisk.run(
                        List.of("findmnt", "--noheadings", "--output", "SOURCE", "--target", areas.toString()))
                .strip();
        // Else the host's page cache would be the disk.
        LoopDisk.run(List.of("losetup", "--direct-io=on", device));
        Path found = Path.of("/sys/class/block").resolve(device.substring("/dev/".length()));
        disk = found;
        try {
            // Where it is a module, this loads it.
            Files.writeString(found.resolve("queue/scheduler"), "bfq");
        } catch (IOException e) {
            Assumptions.abort("this kernel has no scheduler bfq: " + e);
        }
        Files.writeString(found.resolve("queue/iosched/low_latency"), "0");
        // A loop device takes every request at once, so that none would wait for the scheduler: it is to let in one at
        // a time, as a disk
        // that can do no more. Without this the two may get the same.
        Files.writeString(found.resolve("queue/iosched/strict_guarantees"), "1");
    }

    /**
     * Makes the disk as slow to a VE as a disk is, by what it lies on. One that is faster than the VE's programs has no request that waits,
     * and then there is nothing to divide.
     */
    private void slowDown(HungryVe ve) throws IOException {
        HostDevices.Backing below = new HostDevices(new JffiLinux()).below(dir);
        assertThat(below.disks()).as(below.whyNone()).isNotEmpty();
        Path v2 = ve.file(Controller.IO, "io.max");
        for (HostDevices.Disk one : below.disks()) {
            if (Files.exists(v2)) {
                Files.writeString(v2, one.id() + " rbps=" + SLOW);
            } else {
                Files.writeString(ve.file(Controller.IO, "blkio.throttle.read_bps_device"), one.id() + " " + SLOW);
            }
        }
    }
}
