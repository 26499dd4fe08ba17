package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Memory accounting of 200 running VEs (real ones, from the tiny template), listed in one run of vzlist: at most 150 ms more than a
 * JVM's hello-world in the same run. Leaves its lines in {@code target/bench-accounting.txt}.
 */
@Tag("bench")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class AccountingBench {
    private static final int VES = 200;
    private static final int CALLERS = 4;
    private static final int RUNS = 15;
    private static final int BUDGET_MILLIS = 150;
    private static final String MEMORY = "ctid,physpages,physpages.m,physpages.l,physpages.f,swappages,oomguarpages.f,"
            + "privvmpages,shmpages,kmemsize,kmemsize.m,lockedpages";

    private final TestHost host = TestHost.get();
    private final List<Integer> ids = new ArrayList<>();

    @BeforeAll
    void start() throws Exception {
        for (int i = 0; i < VES; i++) {
            ids.add(host.newId());
        }
        forAll(id -> {
            host.vzctl("create", id, "--ostemplate", "tiny", "--config", "vswap-256m")
                    .run()
                    .exits(0);
            host.vzctl("start", id).run().exits(0);
        });
    }

    @AfterAll
    void end() throws Exception {
        forAll(id -> {
            host.vzctl("stop", id, "--fast").run();
            host.vzctl("destroy", id).run();
            Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
        });
    }

    @Test
    void listsTheMemoryOf200() throws Exception {
        Samples hello = new Samples("JVM hello-world, beside the lists of 200");
        Samples memory = new Samples("vzlist of the memory of 200 VEs");
        Samples plain = new Samples("vzlist of 200 VEs, default columns");
        Samples refresh = new Samples("vzproc refresh with 200 VEs");
        for (int i = -2; i < RUNS; i++) {
            Outcome helloRun = Hello.run();
            Outcome memoryRun = host.vzlist("-H", "-o", MEMORY).run();
            Outcome plainRun = host.vzlist("-H").run();
            Outcome refreshRun = host.vzproc("refresh").run();
            assertThat(memoryRun.stdout().lines()).hasSize(VES).noneMatch(line -> line.contains("-"));
            // The first rounds only warm the page cache.
            if (i >= 0) {
                hello.add(helloRun);
                memory.add(memoryRun);
                plain.add(plainRun);
                refresh.add(refreshRun);
            }
        }
        double above = memory.median() - hello.median();
        List<String> lines = new ArrayList<>();
        for (Samples samples : List.of(hello, plain, memory, refresh)) {
            lines.add(samples.row());
        }
        lines.add(String.format(
                Locale.ROOT,
                "%s %s - %s = %.0f ms (at most %d ms)",
                above <= BUDGET_MILLIS ? "ok  " : "OVER",
                memory.name(),
                hello.name(),
                above,
                BUDGET_MILLIS));
        Path table = TestHost.top().resolve("integration-tests/target/bench-accounting.txt");
        Files.write(table, lines);
    }

    /** What is done with a VE. */
    private interface Work {
        void on(int id) throws Exception;
    }

    private void forAll(Work work) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int id : ids) {
                all.add(callers.submit(() -> {
                    work.on(id);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }
}
