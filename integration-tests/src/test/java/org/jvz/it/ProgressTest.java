package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes longer than a second tells a person how far it is, and a program nothing. */
@EndToEnd
final class ProgressTest {
    private final TestHost host = TestHost.get();

    @TempDir
    Path dir;

    private TestVe slow() throws Exception {
        TestVe ve = TestVe.started(host);
        ve.run("printf '#!/bin/sh\\nsleep 3\\n' >/etc/rc.d/K00slow; chmod 755 /etc/rc.d/K00slow")
                .exits(0);
        return ve;
    }

    @Test
    void aSlowStopCountsItsSeconds() throws Exception {
        TestVe ve = slow();
        PtySession terminal =
                new PtySession(dir, host.path("usr/local/sbin/vzctl") + " stop " + ve.id() + " 2>&1; echo status $?");
        terminal.awaitText("status 0");
        terminal.close();
        assertThat(terminal.screen())
                .contains("Waiting for its init to end ... 2 s of 120 s", "\r\033[KContainer was stopped");
        ve.start();
        Outcome piped = host.vzctl("stop", ve.id()).run();
        assertThat(piped.stdout()).isEqualTo("Stopping container ...\nContainer was stopped\nContainer is unmounted\n");
        host.vzctl("destroy", ve.id()).run().exits(0);
        java.nio.file.Files.delete(host.path("etc/vz/conf", ve.id() + ".conf.destroyed"));
    }
}
