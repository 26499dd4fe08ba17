package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What a VE costs: how fast work inside is against the same work on the host, by the same binary on the same file system and CPU, the two
 * taking turns; and what limits add to a start. A VE as it is made by default: seccomp filter, id-mapped overlay, cgroups.
 */
@Tag("bench")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class InsideBench {
    private static final int PAIRS = Integer.getInteger("ve.pairs", 15);
    private static final int STARTS = Integer.getInteger("ve.starts", 40);
    private static final String[] ALL_LIMITS = {
        "--ram",
        "256M",
        "--swap",
        "64M",
        "--vmguarpages",
        "64M",
        "--oomguarpages",
        "32M",
        "--numproc",
        "300",
        "--cpuunits",
        "2000",
        "--cpulimit",
        "150",
        "--cpus",
        "1",
        "--cpumask",
        "0",
        "--ioprio",
        "5",
        "--iolimit",
        "50M",
        "--iopslimit",
        "2000",
        "--lockedpages",
        "16M",
        "--numfile",
        "5000",
        "--numpty",
        "20",
        "--shmpages",
        "32M",
        "--numsiginfo",
        "500"
    };

    private final TestHost host = TestHost.get();
    private final List<String> rows = new ArrayList<>();

    /** One piece of work in the words of a shell, for a directory of its own. */
    private record Work(String name, String script) {}

    private static final List<Work> WORK = List.of(
            new Work("CPU: 200,000 turns of a loop", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"),
            new Work("fork and exec: 300 programs", "i=0; while [ $i -lt 300 ]; do $BB true; i=$((i+1)); done"),
            new Work("write 64 MB by 64 KB, read them", transfer("64k", 1024)),
            new Work("write 16 MB by 4 KB, read them", transfer("4k", 4096)),
            new Work(
                    "make, stat and remove 500 files",
                    "i=0; while [ $i -lt 500 ]; do : >f$i; [ -s f$i ]; i=$((i+1)); done; $BB rm f*"));

    private static String transfer(String block, int count) {
        return "$BB dd if=/dev/zero of=big conv=notrunc bs=%1$s count=%2$d 2>/dev/null; $BB dd if=big of=/dev/null bs=%1$s 2>/dev/null"
                .formatted(block, count);
    }

    @Test
    void workInsideAgainstTheHost() throws Exception {
        for (String layout : List.of("overlay", "simfs")) {
            int id = host.newId();
            host.vzctl("create", id, "--ostemplate", "tiny", "--layout", layout, "--cpumask", "0")
                    .run()
                    .exits(0);
            host.vzctl("start", id, "--wait").run().exits(0);
            Path dir = Files.createTempDirectory(host.path("vz"), "bench");
            try (PairedShell outside = new PairedShell(
                            List.of(
                                    busybox().toString(),
                                    "taskset",
                                    "1",
                                    busybox().toString(),
                                    "sh"),
                            dir);
                    PairedShell inside = new PairedShell(
                            List.of(host.path("usr/local/sbin/vzctl").toString(), "exec", Integer.toString(id), "-"),
                            dir)) {
                outside.time("BB=" + busybox());
                inside.time("BB=/bin/busybox; mkdir /root/work; cd /root/work");
                for (Work work : WORK) {
                    compare(layout, work, outside, inside);
                }
            }
            try (Stream<Path> left = Files.list(dir)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(dir);
            end(id);
        }
    }

    private void compare(String layout, Work work, PairedShell outside, PairedShell inside) throws IOException {
        Samples bare = new Samples("host");
        Samples ve = new Samples("VE");
        outside.time(work.script());
        inside.time(work.script());
        long bareTicks = 0;
        long veTicks = 0;
        for (int i = 0; i < PAIRS; i++) {
            // Each goes first every other time.
            for (int turn = 0; turn < 2; turn++) {
                if ((i + turn) % 2 == 0) {
                    long before = outside.ticks();
                    bare.add(outside.time(work.script()) / 1e6);
                    bareTicks += outside.ticks() - before;
                } else {
                    long before = inside.ticks();
                    ve.add(inside.time(work.script()) / 1e6);
                    veTicks += inside.ticks() - before;
                }
            }
        }
        rows.add(String.format(
                Locale.ROOT,
                "| %-8s | %-34s | %9.1f | %9.1f | %6.3f | %7.3f | %8.3f |",
                layout,
                work.name(),
                bare.median(),
                ve.median(),
                bare.median() / ve.median(),
                bare.least() / ve.least(),
                (double) bareTicks / veTicks));
    }

    @Test
    void allLimitsAtAStart() throws Exception {
        int bare = host.newId();
        int limited = limited();
        // On a node one is seldom the only one: the first quota of a kernel's and the last switch its code
        // (sched_cfs_bandwidth, a static key).
        int neighbour = limited();
        host.vzctl("create", bare, "--ostemplate", "tiny").run().exits(0);
        host.vzctl("start", neighbour).run().exits(0);
        WarmVes warm = new WarmVes(host);
        Samples without = new Samples("start of tiny, no limits");
        Samples with = new Samples("start of tiny, all limits");
        for (int i = -10; i < STARTS; i++) {
            double first = start(warm, i % 2 == 0 ? bare : limited);
            double second = start(warm, i % 2 == 0 ? limited : bare);
            if (i >= 0) {
                without.add(i % 2 == 0 ? first : second);
                with.add(i % 2 == 0 ? second : first);
            }
        }
        end(bare);
        end(limited);
        end(neighbour);
        rows.add(String.format(
                Locale.ROOT,
                "Warm start of tiny, medians: %.2f ms without limits, %.2f ms with all: %.2f ms more (at most 3); the fastest %.2f and %.2f",
                without.median(),
                with.median(),
                with.median() - without.median(),
                without.least(),
                with.least()));
    }

    private int limited() throws Exception {
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "tiny").run().exits(0);
        List<Object> words = new ArrayList<>(List.of("set", id, "--save"));
        words.addAll(List.of(ALL_LIMITS));
        host.vzctl(words.toArray()).run().exits(0);
        return id;
    }

    /** Milliseconds of a start; the stop is not counted. */
    private static double start(WarmVes ves, int id) throws IOException {
        double millis = ves.start(id);
        ves.stop(id);
        return millis;
    }

    private void end(int id) throws Exception {
        host.vzctl("stop", id, "--fast").run();
        host.vzctl("destroy", id).run().exits(0);
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    /** The one that VEs of the template have. */
    private Path busybox() throws IOException {
        try (Stream<Path> entries = Files.list(host.path("vz/template/store"))) {
            return entries.map(entry -> entry.resolve("rootfs/bin/busybox"))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("The template tiny is not unpacked"));
        }
    }

    @AfterAll
    void show() throws IOException {
        List<String> table = new ArrayList<>();
        table.add(String.format(
                "| %-8s | %-34s | %9s | %9s | %6s | %7s | %8s |",
                "layout", "work (medians in ms)", "host", "VE", "ratio", "fastest", "CPU time"));
        table.add("|---|---|---|---|---|---|---|");
        table.addAll(rows);
        Files.write(TestHost.top().resolve("integration-tests/target/bench-inside.txt"), table);
    }
}
