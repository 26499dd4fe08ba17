package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The life of a VE in the words of the contract, on the tiny template. */
@EndToEnd
final class TinyLifeTest {
    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        // What destroy keeps on purpose.
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @Test
    @Tag("vm")
    void fromCreationToDestruction() throws Exception {
        status("deleted unmounted down");

        host.vzctl("create", id, "--ostemplate", "tiny", "--hostname", "first.example")
                .run()
                .succeeds()
                .prints(
                        "Creating container private area (tiny)",
                        "Performing postcreate actions",
                        "CT configuration saved to " + host.path("etc/vz/conf", id + ".conf"),
                        "Container private area was created");
        status("exist unmounted down");

        host.vzctl("start", id)
                .run()
                .succeeds()
                .printsAmongOthers("Starting container...", "Container is mounted", "Container start in progress...");
        status("exist mounted running");

        host.vzctl("exec", id, "hostname; id -u; cat /proc/1/comm")
                .run()
                .succeeds()
                .prints("first.example", "0", "init");

        host.vzctl("stop", id)
                .run()
                .succeeds()
                .prints("Stopping container ...", "Container was stopped", "Container is unmounted");
        status("exist unmounted down");

        host.vzctl("destroy", id)
                .run()
                .succeeds()
                .prints(
                        "Destroying container private area: " + host.path("vz/private", String.valueOf(id)),
                        "Container private area was destroyed");
        status("deleted unmounted down");
        assertThat(host.path("etc/vz/conf", id + ".conf.destroyed")).exists();
    }

    @Test
    void whatIsDoneAlreadyIsSaidAndHarmless() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("stop", id).run().exits(0).complains("Unable to stop: container is not running");
        host.vzctl("umount", id).run().exits(40).complains("CT is not mounted");
        host.vzctl("exec", id, "true").run().exits(8).complains("Container is not running");
        host.vzctl("exec2", id, "true").run().exits(31).complains("Container is not running");

        host.vzctl("mount", id).run().succeeds().prints("Container is mounted");
        host.vzctl("mount", id).run().exits(0).complains("Container is already mounted");
        status("exist mounted down");
        host.vzctl("destroy", id).run().exits(41);
        host.vzctl("umount", id).run().succeeds().prints("Container is unmounted");

        host.vzctl("start", id).run().succeeds();
        host.vzctl("start", id).run().exits(32).complains("Container is already running");
        host.vzctl("umount", id).run().exits(32);
        host.vzctl("destroy", id).run().exits(32).prints("Container is currently running. Stop it first.");
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
        host.vzctl("destroy", id).run().exits(14).complains("Container config file does not exist");
    }

    @Test
    @Tag("vm")
    void execHandsOnStreamsAndStatus() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("start", id).run().succeeds();

        host.vzctl("exec2", id, "exit 3").run().exits(3);
        host.vzctl("exec", id, "exit 3").run().exits(8);
        host.vzctl("exec", id, "cat").input("through\n").run().succeeds().prints("through");
        host.vzctl("exec", id, "-").input("echo from stdin\n").run().succeeds().prints("from stdin");
        Outcome both = host.vzctl("exec2", id, "echo out; echo err >&2").run().exits(0);
        assertThat(both.stdout()).isEqualTo("out\n");
        assertThat(both.stderr()).isEqualTo("err\n");

        host.vzctl("stop", id, "--fast")
                .run()
                .succeeds()
                .printsAmongOthers("Killing container ...", "Container was stopped", "Container is unmounted");
        host.vzctl("destroy", id).run().succeeds();
    }

    private void status(String words) throws Exception {
        host.vzctl("status", id).run().succeeds().prints("CTID " + id + " " + words);
    }
}
