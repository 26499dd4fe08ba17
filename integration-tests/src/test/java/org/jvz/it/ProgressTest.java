package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes longer than a second tells a person how far it is, and a program nothing. */
@EndToEnd
final class ProgressTest {
    /** Enough that neither unpacking nor copying them is done in a second. */
    private static final int FILES = 80_000;

    private final TestHost host = TestHost.get();

    @TempDir
    Path dir;

    /** A VE with a script that its init runs and waits for. */
    private TestVe slow(String script) throws Exception {
        TestVe ve = TestVe.started(host);
        ve.run("printf '#!/bin/sh\nsleep 3\n' >/etc/rc.d/" + script + "; chmod 755 /etc/rc.d/" + script)
                .exits(0);
        return ve;
    }

    @AfterEach
    void noTemplateIsLeft() throws Exception {
        if (host.hasTemplate("many")) {
            host.vztmpl("remove", "many").run().exits(0);
        }
    }

    @Test
    void aSlowStopCountsItsSeconds() throws Exception {
        TestVe ve = slow("K00slow");
        assertThat(PtySession.screenOf(dir, host.path("usr/local/sbin/vzctl") + " stop " + ve.id()))
                .contains("Waiting for its init to end ... 2 s of 120 s", "\r\033[KContainer was stopped");
        ve.start();
        Outcome piped = host.vzctl("stop", ve.id()).run();
        assertThat(piped.stdout()).isEqualTo("Stopping container ...\nContainer was stopped\nContainer is unmounted\n");
        ve.destroy();
    }

    @Test
    void aSlowStartCountsItsSeconds() throws Exception {
        TestVe ve = slow("S00slow");
        ve.stop();
        assertThat(PtySession.screenOf(dir, host.path("usr/local/sbin/vzctl") + " start " + ve.id() + " --wait"))
                .contains("Waiting until it is up ... 2 s of 300 s", "\r\033[KContainer started successfully");
        ve.stop();
        Outcome piped = host.vzctl("start", ve.id(), "--wait").run().succeeds();
        piped.printsAmongOthers("Container start in progress, waiting ...", "Container started successfully");
        assertThat(piped.stdout()).doesNotContain("Waiting", "\r", "\033");
        ve.stop();
        ve.destroy();
    }

    @Test
    void aLargeTemplateIsSeenUnpackedAndCopied() throws Exception {
        makeLargeTemplate();
        int id = host.newId();
        String create = host.path("usr/local/sbin/vzctl") + " create " + id + " --ostemplate many --layout simfs";
        assertThat(PtySession.screenOf(dir, create))
                .containsPattern("\r\033\\[KUnpacking \\S*/many.tar \\.\\.\\. [1-9][0-9]?%")
                .contains("\r\033[KCreating container private area (many)\r\n")
                .containsPattern("\r\033\\[KCopying the template \\.\\.\\. [1-9][0-9]?%")
                .contains("\r\033[KPerforming postcreate actions\r\n");
        TestVe.of(host, id).destroy();

        // It is unpacked by now; the copying takes its time again.
        host.vzctl("create", id, "--ostemplate", "many", "--layout", "simfs")
                .run()
                .succeeds()
                .prints(
                        "Creating container private area (many)",
                        "Performing postcreate actions",
                        "CT configuration saved to " + host.path("etc/vz/conf", id + ".conf"),
                        "Container private area was created");
        TestVe.of(host, id).destroy();
    }

    private void makeLargeTemplate() throws Exception {
        String command = "zcat \"$0/tiny.tar.gz\" >many.tar && mkdir many && seq -f many/%.0f " + FILES
                + " | xargs touch && tar -rf many.tar many && mv many.tar \"$0\"";
        new VzctlProcess(
                        Path.of("/bin/sh"),
                        List.of(
                                "-c",
                                "cd " + dir + " && " + command,
                                host.path("vz/template/cache").toString()))
                .run()
                .succeeds();
    }
}
