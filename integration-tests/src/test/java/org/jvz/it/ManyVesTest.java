package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Fifty VEs that eight callers create, start, use, stop and destroy at the same time. */
@EndToEnd
final class ManyVesTest {
    private static final int VES = 50;
    private static final int CALLERS = 8;

    private final TestHost host = TestHost.get();
    private final Set<String> idRanges = ConcurrentHashMap.newKeySet();

    @Test
    void fiftyLivesByEightCallers() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> lives = new ArrayList<>();
            for (int i = 0; i < VES; i++) {
                lives.add(callers.submit(() -> {
                    live(host.newId());
                    return null;
                }));
            }
            for (Future<?> life : lives) {
                life.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private void live(int id) throws IOException, InterruptedException {
        host.vzctl("create", id, "--ostemplate", "tiny", "--hostname", "ve" + id)
                .run()
                .succeeds();
        String conf = Files.readString(host.path("etc/vz/conf", id + ".conf"));
        String range = conf.lines()
                .filter(line -> line.startsWith("LOCAL_UID="))
                .findFirst()
                .orElseThrow();
        assertThat(idRanges.add(range)).as(range + " of " + id).isTrue();
        host.vzctl("start", id, "--wait").run().succeeds();
        host.vzctl("exec", id, "hostname").run().succeeds().prints("ve" + id);
        host.vzctl("status", id).run().succeeds().prints("CTID " + id + " exist mounted running");
        host.vzctl("stop", id).run().succeeds();
        // The range is another VE's from the moment this one is gone.
        idRanges.remove(range);
        host.vzctl("destroy", id).run().succeeds();
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }
}
