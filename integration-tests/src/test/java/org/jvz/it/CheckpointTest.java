package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Freezing and thawing as backup tools do it, and what is said of checkpoints that are not possible. */
@EndToEnd
final class CheckpointTest {
    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @Test
    void aBackupFreezesCopiesAndThaws() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("chkpnt", id, "--suspend")
                .run()
                .exits(31)
                .complains("Unable to setup checkpointing: container is not running");
        host.vzctl("start", id, "--wait").run().succeeds();

        host.vzctl("--skiplock", "chkpnt", id, "--suspend")
                .run()
                .succeeds()
                .prints("Setting up checkpoint...", "\tsuspend...");
        host.vzctl("status", id).run().succeeds().prints("CTID " + id + " exist mounted running");
        host.vzlist("-H", "-o", "status", id).run().succeeds().prints("running");
        Outcome hangs = host.vzctl("exec2", id, "true").run().exits(3);
        assertThat(hangs.stderr()).contains("Container is suspended").contains("chkpnt " + id + " --resume");
        assertThat(hangs.time()).isLessThan(Duration.ofSeconds(30));
        host.vzctl("exec", id, "true").run().exits(8);
        host.vzctl("destroy", id).run().exits(32);
        host.vzctl("--skiplock", "chkpnt", id, "--resume").run().succeeds().prints("Resuming...");
        host.vzctl("exec2", id, "exit 5").run().exits(5);

        host.vzctl("suspend", id, "--suspend").run().succeeds();
        host.vzctl("resume", id, "--resume").run().succeeds().prints("Resuming...");
        Outcome whole = host.vzctl("chkpnt", id).run().exits(16);
        assertThat(whole.stdout()).isEqualTo("Setting up checkpoint...\n");
        assertThat(whole.stderr()).startsWith("Checkpointing failed\n").contains("it goes on as it was");
        host.vzctl("restore", id).run().exits(32).complains("Unable to perform restore: container already running");
        host.vzctl("exec2", id, "exit 6").run().exits(6);

        host.vzctl("chkpnt", id, "--suspend").run().succeeds();
        host.vzctl("stop", id)
                .run()
                .succeeds()
                .prints("Stopping container ...", "Container was stopped", "Container is unmounted");
        Outcome nothing = host.vzctl("restore", id).run().exits(17);
        assertThat(nothing.stdout()).isEqualTo("Restoring container ...\n");
        assertThat(nothing.stderr()).startsWith("Unable to open ").contains("Dump." + id);
        host.vzctl("destroy", id).run().succeeds();
    }
}
