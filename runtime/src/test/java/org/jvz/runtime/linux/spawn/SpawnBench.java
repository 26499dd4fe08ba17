package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.Signal;

/**
 * Measures the engine in a warm JVM; run it by hand, as root:
 * {@code java -cp runtime/target/classes:runtime/target/test-classes:JARS org.jvz.runtime.linux.spawn.SpawnBench}. Prints one JSON object of
 * medians in microseconds: the start of a VE (seven namespaces, about 110 records) to its execve, a command in it to its execve, a command on
 * the host by us and by ProcessBuilder, and building a start list alone.
 */
public final class SpawnBench {
    private static final int ROUNDS = 300;

    private SpawnBench() {}

    /** One thing to measure. */
    private interface Step {
        long nanos() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Linux linux = new JffiLinux();
        linux.unshare(EnumSet.of(CloneFlag.FS, CloneFlag.NEWNS));
        linux.mount(null, "/", null, EnumSet.of(MountFlag.REC, MountFlag.PRIVATE), null);
        Path directory = Files.createTempDirectory("jvz-bench");
        try {
            linux.mount("tmpfs", directory, "tmpfs", Set.of(), "mode=755");
            TinyVe ve = new TinyVe(linux, directory);
            Spawner spawner = new Spawner(linux);
            HostCommand host = new HostCommand(List.of("/bin/true"), List.of(), null, null, null, null, false);
            // Interleaved, so that whatever else the machine does meets all of them.
            long[][] times = new long[5][ROUNDS];
            for (int i = -100; i < ROUNDS; i++) {
                int at = Math.max(0, i);
                times[0][at] = time(() -> start(linux, ve));
                times[1][at] = time(() -> exec(linux, ve));
                times[2][at] = time(() -> {
                    long begin = System.nanoTime();
                    try (Spawned child = spawner.run(host)) {
                        long end = System.nanoTime();
                        child.waitExit();
                        return end - begin;
                    }
                });
                times[3][at] = time(() -> {
                    long begin = System.nanoTime();
                    Process child = new ProcessBuilder("/bin/true").start();
                    long end = System.nanoTime();
                    child.waitFor();
                    return end - begin;
                });
                times[4][at] = time(() -> {
                    long begin = System.nanoTime();
                    try (CallList list = new CallList()) {
                        ve.startList(list);
                        return System.nanoTime() - begin;
                    }
                });
            }
            System.out.printf(
                    Locale.ROOT,
                    "{\"unit\":\"us\",\"rounds\":%d,\"start\":%d,\"exec\":%d,\"host\":%d,\"processBuilder\":%d,\"buildList\":%d}%n",
                    ROUNDS,
                    median(times[0]),
                    median(times[1]),
                    median(times[2]),
                    median(times[3]),
                    median(times[4]));
        } finally {
            // The mounts go with this process's namespace; the directory below them is the host's.
            linux.unmount(directory, org.jvz.runtime.linux.UmountFlag.DETACH);
            Files.delete(directory);
        }
    }

    private static long time(Step step) throws Exception {
        return step.nanos();
    }

    private static long start(Linux linux, TinyVe ve) throws IOException {
        long begin = System.nanoTime();
        try (Spawned init = ve.start(Faults.NONE)) {
            long end = System.nanoTime();
            linux.signal(init.pidfd(), Signal.KILL);
            init.waitExit();
            return end - begin;
        }
    }

    private static long exec(Linux linux, TinyVe ve) throws IOException {
        try (Spawned init = ve.start(Faults.NONE)) {
            long begin = System.nanoTime();
            try (Spawned shell = ve.exec(init.pidfd(), "exit 0", null, Faults.NONE)) {
                long end = System.nanoTime();
                shell.waitExit();
                linux.signal(init.pidfd(), Signal.KILL);
                init.waitExit();
                return end - begin;
            }
        }
    }

    private static long median(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1000;
    }
}
