package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Linux;

/**
 * Stops the clock of a VE: none of its processes runs until they are let go. On v2 that is {@code cgroup.freeze}
 * (cgroup-v2.rst, "Core Interface Files"; Linux 5.2), which is there beside v1 controllers too and lets a frozen process be
 * killed; where the VE has no such file, the v1 controller {@code freezer} (cgroup-v1/freezer-subsystem.rst).
 */
public final class VeFreezer {
    private static final String V1_FROZEN = "FROZEN";
    private static final String V1_THAWED = "THAWED";

    private final CgroupDir dir;

    /** Drives the files in this directory. */
    VeFreezer(CgroupDir dir) {
        this.dir = dir;
    }

    /** The freezer of a VE that runs; null on a host that has none. Only looks, needs no native code. */
    public static @Nullable VeFreezer of(VeCgroup cgroup) {
        @Nullable Path unified = cgroup.unified();
        if (unified != null && Files.exists(unified.resolve("cgroup.freeze"))) {
            return new VeFreezer(new CgroupDir(unified, true));
        }
        @Nullable CgroupDir v1 = cgroup.directory(Controller.FREEZER);
        return v1 == null || v1.v2() || !Files.exists(v1.file("freezer.state")) ? null : new VeFreezer(v1);
    }

    /** Whether the VE is to stand still, itself and not for the sake of a cgroup above; also while that is on its way. */
    public boolean isFrozen() throws IOException {
        return "1".equals(read(dir.v2() ? "cgroup.freeze" : "freezer.self_freezing"));
    }

    /**
     * Lets no process of the VE run any more, and waits until the last one stands still.
     *
     * @throws IOException if that is not so after {@code millis}; they are then on their way, and {@link #thaw} calls it off
     */
    public void freeze(Linux linux, long millis) throws IOException {
        write(linux, true);
        if (!await(linux, true, millis)) {
            throw new IOException("some process in cgroup " + dir.path() + " does not stop within " + millis / 1000
                    + " s; is it in uninterruptible sleep, waiting for a disk or a file server?");
        }
    }

    /**
     * Lets the processes run again; one that runs is not disturbed.
     *
     * @throws IOException if they still stand after {@code millis}, because a cgroup above is frozen too
     */
    public void thaw(Linux linux, long millis) throws IOException {
        write(linux, false);
        if (!await(linux, false, millis)) {
            throw new IOException("cgroup " + dir.path() + " stays frozen: is one above it frozen?");
        }
    }

    private void write(Linux linux, boolean frozen) throws IOException {
        InterfaceFiles files = new KernelFiles(linux);
        if (dir.v2()) {
            files.write(dir.file("cgroup.freeze"), frozen ? "1" : "0");
        } else {
            files.write(dir.file("freezer.state"), frozen ? V1_FROZEN : V1_THAWED);
        }
    }

    private boolean await(Linux linux, boolean frozen, long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000L;
        for (long pause = 1; stands() != frozen; pause = Math.min(2 * pause, 20)) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted =
                        new InterruptedIOException("interrupted while " + dir.path() + " freezes or thaws");
                interrupted.initCause(e);
                throw interrupted;
            }
            if (frozen && !dir.v2()) {
                // A task that was forked while v1 froze the others is caught by the next write only.
                write(linux, true);
            }
        }
        return true;
    }

    /** Whether every process stands still, for whatever reason. */
    private boolean stands() throws IOException {
        if (dir.v2()) {
            @Nullable String events = read("cgroup.events");
            return events != null && ("\n" + events + "\n").contains("\nfrozen 1\n");
        }
        return V1_FROZEN.equals(read("freezer.state"));
    }

    /** The content without the last line end; null if the cgroup is gone. */
    private @Nullable String read(String file) throws IOException {
        try {
            return new String(Files.readAllBytes(dir.file(file)), StandardCharsets.US_ASCII).strip();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }
}
