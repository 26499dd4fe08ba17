package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Controller;
import org.jvz.testing.LoopDisk;
import org.jvz.testing.RootTest;

/** SWAPPAGES: how far a VE gets beyond its RAM on a host that has swap space, a zram of the test's own. */
@Tag("vm")
@Timeout(120)
class SwapLimitTest {
    private static final Path ZRAM = Path.of("/sys/class/zram-control");
    private static final long RAM = 64 * HungryVe.MIB;
    private static final long SWAP = 64 * HungryVe.MIB;

    @TempDir
    Path dir;

    private TinyHost tiny;
    private @Nullable HungryVe ve;
    private String number = "";
    private boolean on;

    /**
     * Much more than the VE may have, so that it is not the host that stops it. It is in the host's memory: a page that is on its way to a disk
     * counts as RAM and as swap space, and when all is nearly full it depends on the disk how many these are.
     */
    @BeforeEach
    void swapOn() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(dir);
        if (!Files.exists(ZRAM)) {
            LoopDisk.run(List.of("modprobe", "zram"));
        }
        number = Files.readString(ZRAM.resolve("hot_add")).strip();
        Files.writeString(Path.of("/sys/block/zram" + number, "disksize"), "192M");
        LoopDisk.run(List.of("mkswap", device()));
        LoopDisk.run(List.of("swapon", device()));
        on = true;
    }

    private String device() {
        return "/dev/zram" + number;
    }

    @AfterEach
    void swapOff() throws IOException {
        HungryVe running = ve;
        try {
            if (running != null) {
                running.end();
            }
        } finally {
            if (on) {
                LoopDisk.run(List.of("swapoff", device()));
            }
            if (!number.isEmpty()) {
                removeDevice();
            }
        }
    }

    private void removeDevice() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                Files.writeString(ZRAM.resolve("hot_remove"), number);
                return;
            } catch (IOException busy) {
                // The host's udev looks at every device that changes.
                if (tries == 100) {
                    throw busy;
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    @RootTest
    void aVeSwapsAsMuchAsItMayAndNoMore() throws IOException {
        HungryVe hungry = HungryVe.started(tiny, 101, "PHYSPAGES", "0:16384", "SWAPPAGES", "0:0");
        ve = hungry;
        getsAllBut2Percent(hungry, RAM);
        assertThat(hungry.memory().swap()).as("swapped without SWAPPAGES").isZero();
        hungry.killAll();
        isEndedAt(hungry, RAM);
        assertThat(hungry.memory().swap()).as("swapped without SWAPPAGES").isZero();

        hungry.set("SWAPPAGES", "0:16384");
        getsAllBut2Percent(hungry, RAM + SWAP);
        assertThat(hungry.memory().swap()).isBetween(SWAP * 96 / 100, SWAP);
        assertThat(hungry.counters().held(Beancounter.SWAPPAGES))
                .isBetween(SWAP * 96 / 100 / Beancounter.PAGE, SWAP / Beancounter.PAGE);
        hungry.killAll();
        isEndedAt(hungry, RAM + SWAP);
        if (Files.exists(hungry.file(Controller.MEMORY, "memory.swap.max"))) {
            assertThat(hungry.counters().failures(Beancounter.SWAPPAGES)).isPositive();
        }
        assertThat(hungry.sh("echo alive")).isEqualTo("alive\n");
    }

    /** A process that has nearly all that there is to have, and lives with it; the rest is what the VE needs besides. */
    private static void getsAllBut2Percent(HungryVe hungry, long bytes) throws IOException {
        long kills = hungry.history().kills();
        long wanted = bytes * 98 / 100;
        hungry.leaveHolder(wanted);
        assertThat(HungryVe.grown(() -> hungry.memory().used() + hungry.memory().swap(), wanted))
                .isBetween(wanted, bytes);
        assertThat(hungry.memory().used()).isLessThanOrEqualTo(RAM);
        assertThat(hungry.history().kills()).isEqualTo(kills);
    }

    private static void isEndedAt(HungryVe hungry, long bytes) throws IOException {
        long kills = hungry.history().kills();
        assertThat(hungry.sh("dd if=/dev/zero of=/dev/null bs=" + bytes + " count=1; echo status $?"))
                .contains("status 137");
        assertThat(hungry.history().kills()).isEqualTo(kills + 1);
        assertThat(hungry.memory().used()).isLessThanOrEqualTo(RAM);
    }
}
