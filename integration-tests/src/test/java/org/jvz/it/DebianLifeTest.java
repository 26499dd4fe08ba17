package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real Debian 12 with systemd as its init, unprivileged, on both layouts. {@code ./verify} builds its template. */
@EndToEnd
@Order(2)
final class DebianLifeTest {
    private static final String TEMPLATE = "debian-12-standard";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @BeforeEach
    void needTemplate() throws Exception {
        assumeTrue(host.hasTemplate(TEMPLATE), "no template " + TEMPLATE + "; ./verify builds it");
    }

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @Test
    @Tag("vm")
    void systemdRunsWithoutAFailedUnitOnAnOverlay() throws Exception {
        systemdRunsWithoutAFailedUnit("overlay");
    }

    @Test
    void systemdRunsWithoutAFailedUnitInATreeOfItsOwn() throws Exception {
        systemdRunsWithoutAFailedUnit("simfs");
    }

    private void systemdRunsWithoutAFailedUnit(String layout) throws Exception {
        host.vzctl("create", id, "--ostemplate", TEMPLATE, "--layout", layout, "--hostname", "web1.example")
                .run()
                .succeeds();
        host.vzctl("start", id, "--wait")
                .run()
                .succeeds()
                .printsAmongOthers("Container start in progress, waiting ...", "Container started successfully");
        host.vzctl("exec", id, "systemctl is-system-running").run().succeeds().prints("running");
        host.vzctl("exec", id, "systemctl --failed --no-legend")
                .run()
                .succeeds()
                .prints();
        host.vzctl("exec", id, "hostname; cat /etc/hostname; readlink /proc/1/exe; id -u")
                .run()
                .succeeds()
                .prints("web1.example", "web1.example", "/usr/lib/systemd/systemd", "0");
        // What a VPS is for: users, packages' own users, a service, and files with capabilities.
        host.vzctl("exec2", id, "useradd -m joe && su joe -c 'id -un' && getcap /usr/bin/ping")
                .run()
                .succeeds();
        host.vzctl("exec", id, "systemctl restart cron && systemctl is-active cron ssh")
                .run()
                .succeeds()
                .prints("active", "active");
        host.vzctl("stop", id)
                .run()
                .succeeds()
                .prints("Stopping container ...", "Container was stopped", "Container is unmounted");
        // What was done inside is there after the next start.
        host.vzctl("start", id, "--wait").run().succeeds();
        host.vzctl("exec2", id, "id -un joe").run().succeeds().prints("joe");
        Outcome fast = host.vzctl("stop", id, "--fast").run().succeeds();
        assertThat(fast.stdout()).contains("Killing container ...");
        host.vzctl("destroy", id).run().succeeds();
    }
}
