package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Two hundred times {@code kill -9} of vzctl at a random moment: in each of fifty lives, once in each of the four commands that it is made
 * of. The next command puts things right, and at the end of each life nothing is left of it.
 */
@EndToEnd
final class KilledCommandsTest {
    private static final int LIVES = 50;
    private static final int CALLERS = 3;
    /** A command takes about this long on an idle machine; a kill may come at any time in it or shortly after. */
    private static final int LONGEST_WAIT_MILLIS = 130;

    private final TestHost host = TestHost.get();

    @Test
    void fiftyLivesWithAKillInEveryCommand() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Integer>> lives = new ArrayList<>();
            for (int i = 0; i < LIVES; i++) {
                SplittableRandom own = random.split();
                lives.add(callers.submit(() -> live(host.newId(), own)));
            }
            int killed = 0;
            for (Future<Integer> life : lives) {
                killed += life.get();
            }
            // Some commands are done before their kill comes; a test that kills none shows nothing.
            assertThat(killed).as("commands killed").isGreaterThan(LIVES);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError("seed " + seed, e.getCause());
        } finally {
            callers.shutdownNow();
        }
    }

    /** One life, each of whose commands is killed and then given again; returns how many were really killed. */
    private int live(int id, SplittableRandom random) throws IOException, InterruptedException {
        int killed = kill(random, "create", id, "--ostemplate", "tiny");
        // 44: it had come to its end before.
        assertThat(host.vzctl("create", id, "--ostemplate", "tiny").run().exit())
                .isIn(0, 44);
        killed += kill(random, "start", id);
        assertThat(host.vzctl("start", id).run().exit()).isIn(0, 32);
        host.vzctl("exec", id, "echo alive").run().succeeds().prints("alive");
        killed += kill(random, "stop", id, "--fast");
        host.vzctl("stop", id, "--fast").run().exits(0);
        host.vzctl("status", id).run().prints("CTID " + id + " exist unmounted down");
        killed += kill(random, "destroy", id);
        // 14: it had come to its end before.
        assertThat(host.vzctl("destroy", id).run().exit()).isIn(0, 14);
        host.vzctl("status", id).run().prints("CTID " + id + " deleted unmounted down");
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
        return killed;
    }

    private int kill(SplittableRandom random, Object... command) throws IOException, InterruptedException {
        VzctlProcess.Running running = host.vzctl(command).start();
        Thread.sleep(random.nextInt(LONGEST_WAIT_MILLIS));
        running.process().destroyForcibly();
        return running.await().exit() == 128 + 9 ? 1 : 0;
    }
}
