package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.testing.VmTest;

/**
 * VMGUARPAGES and OOMGUARPAGES, which cgroup v2 alone has: what a VE keeps while a neighbour's hunger makes memory scarce. The machine of the
 * two is a part of the cgroup tree that has 64 MiB, so that the machine around it does not feel anything.
 */
final class GuaranteeVmTest {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final long MACHINE = 64 * HungryVe.MIB;
    private static final long CACHE = 32 * HungryVe.MIB;
    private static final long HOG = 48 * HungryVe.MIB;
    /** All that the VE with the cache has, and a little more. */
    private static final String ENOUGH = 40 * HungryVe.MIB / 4096 + ":" + 40 * HungryVe.MIB / 4096;

    private static final String NONE = "0:0";

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private final List<HungryVe> ves = new ArrayList<>();
    private Path machine = Path.of("unset");

    @BeforeEach
    void makeMachine() throws IOException {
        String controllers = "+"
                + Files.readString(CGROUPS.resolve("cgroup.controllers"))
                        .strip()
                        .replace(" ", " +");
        Files.writeString(CGROUPS.resolve("cgroup.subtree_control"), controllers);
        machine = Files.createDirectory(CGROUPS.resolve("jvz-guarantee-" + linux.pid()));
        Files.writeString(machine.resolve("memory.max"), Long.toString(MACHINE));
        // In this thread's mount namespace it is all there is.
        linux.mount(machine.toString(), CGROUPS, null, EnumSet.of(MountFlag.BIND), null);
    }

    @AfterEach
    void removeMachine() throws IOException {
        for (HungryVe ve : ves) {
            ve.end();
        }
        linux.unmount(CGROUPS, UmountFlag.DETACH);
        Files.delete(machine);
    }

    private HungryVe started(TinyHost tiny, int id) throws IOException {
        HungryVe ve = HungryVe.started(tiny, id);
        ves.add(ve);
        return ve;
    }

    /** Page cache of its own, which is clean and not in use: the first thing that is taken back. */
    private static void fillCache(HungryVe ve) throws IOException {
        ve.sh("cat /cache >/dev/null");
        assertThat(cache(ve)).isGreaterThanOrEqualTo(CACHE);
    }

    private static long cache(HungryVe ve) throws IOException {
        Usage.Memory memory = ve.memory();
        return memory.used() - memory.anonymous() - memory.kernel();
    }

    /** Reads three times as much as there is room for. */
    private static void stream(HungryVe ve) throws IOException {
        ve.sh("cat /stream >/dev/null");
    }

    @VmTest
    void aGuaranteedVeKeepsItsMemoryWhileAnotherIsReclaimed() throws IOException {
        TinyHost tiny = new TinyHost(dir);
        HungryVe kept = started(tiny, 101);
        HungryVe hungry = started(tiny, 102);
        // Holes: to read them takes memory and no disk.
        kept.sh("dd of=/cache bs=1M seek=32 count=0");
        hungry.sh("dd of=/stream bs=1M seek=192 count=0");

        fillCache(kept);
        stream(hungry);
        assertThat(cache(kept)).as("without a guarantee").isLessThan(CACHE / 2);

        // As long as others have something to give.
        kept.set("VMGUARPAGES", ENOUGH);
        fillCache(kept);
        stream(hungry);
        assertThat(cache(kept)).as("VMGUARPAGES against page cache").isGreaterThan(CACHE * 98 / 100);
        hungry.leaveHolder(HOG);
        assertThat(HungryVe.grown(() -> hungry.memory().anonymous(), HOG)).isGreaterThanOrEqualTo(HOG);
        assertThat(cache(kept))
                .as("VMGUARPAGES against what cannot be taken back")
                .isLessThan(CACHE / 2);
        hungry.killAll();
        assertThat(hungry.history().kills()).isZero();

        // Whatever others want.
        kept.set("VMGUARPAGES", NONE, "OOMGUARPAGES", ENOUGH);
        fillCache(kept);
        stream(hungry);
        assertThat(cache(kept)).as("OOMGUARPAGES against page cache").isGreaterThan(CACHE * 98 / 100);
        hungry.leaveHolder(HOG);
        assertThat(HungryVe.grown(() -> hungry.history().kills(), 1)).isEqualTo(1);
        assertThat(cache(kept)).as("OOMGUARPAGES against a hog").isGreaterThan(CACHE * 98 / 100);
        assertThat(kept.history().kills()).isZero();
    }
}
