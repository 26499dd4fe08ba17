package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Devices, capabilities, features and privileged VEs through the installed commands. What a VE may not is {@code EscapesTest}'s. */
@EndToEnd
@Tag("long")
final class IsolationTest {
    private static final String DEBIAN = "debian-12-standard";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    /** The filter of privileged VEs is compiled once and kept. */
    @BeforeAll
    static void compileFilter() throws Exception {
        TestHost host = TestHost.get();
        int id = host.newId();
        host.vzctl("create", id, "--ostemplate", "tiny", "--local_uid", 0).run().exits(0);
        host.vzctl("start", id).run().exits(0);
        host.vzctl("stop", id, "--fast").run().exits(0);
        host.vzctl("destroy", id).run().exits(0);
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    @Test
    @Tag("vm")
    void systemdRunsInAConfinedPrivilegedVe() throws Exception {
        assumeTrue(host.hasTemplate(DEBIAN), "no template " + DEBIAN + "; ./verify builds it");
        host.vzctl("create", id, "--ostemplate", DEBIAN, "--local_uid", 0).run().exits(0);
        Outcome start = host.vzctl("start", id, "--wait").run().exits(0);
        assertThat(start.stdout() + start.stderr())
                .contains("Container started successfully")
                .doesNotContain("LOCAL_UID");
        host.vzctl("exec", id, "systemctl is-system-running; systemctl --failed --no-legend; cat /proc/self/uid_map")
                .run()
                .exits(0)
                .printsAmongOthers("running", "         0          0 4294967295");
        host.vzctl("exec2", id, "systemd-run -q --wait -p PrivateTmp=yes -p ProtectSystem=strict true")
                .run()
                .exits(0);
        host.vzctl("exec2", id, "mount -t tmpfs none /mnt").run().exits(32);
        host.vzctl("exec2", id, "echo x >/proc/sys/kernel/core_pattern").run().exits(1);
        host.vzctl("stop", id).run().exits(0);
        host.vzctl("destroy", id).run().exits(0);
    }

    @Test
    void devicesAndRightsByTheirOptions() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "no /dev/net/tun (modprobe tun)");
        host.vzctl("create", id, "--ostemplate", "tiny").run().exits(0);
        host.vzctl(
                        "set",
                        id,
                        "--devnodes",
                        "net/tun:r",
                        "--capability",
                        "net_admin:off",
                        "--features",
                        "fuse:on",
                        "--save")
                .run()
                .exits(0);
        host.vzctl("start", id, "--wait").run().exits(0);
        host.vzctl("exec2", id, ": </dev/net/tun").run().exits(0);
        assertThat(host.vzctl("exec2", id, ": >/dev/net/tun").run().stderr()).contains("Operation not permitted");
        host.vzctl("exec2", id, "test -c /dev/fuse").run().exits(0);
        assertThat(host.vzctl("exec2", id, "ip link set lo down").run().stderr())
                .contains("Operation not permitted");
        // At once, whole or not at all.
        host.vzctl("set", id, "--devnodes", "net/tun:rw").run().exits(0);
        host.vzctl("exec2", id, ": >/dev/net/tun").run().exits(0);
        Outcome wrong = host.vzctl("set", id, "--devnodes", "net/tun:none", "--devnodes", "no/such:rw", "--save")
                .run()
                .exits(86);
        assertThat(wrong.stderr()).contains("Incorrect device name /dev/no/such");
        host.vzctl("exec2", id, ": >/dev/net/tun").run().exits(0);
        host.vzctl("set", id, "--devices", "b:7:0:rw", "--save").run().exits(21);
        host.vzctl("set", id, "--devnodes", "net/tun:none", "--save").run().exits(0);
        host.vzctl("exec2", id, "test -e /dev/net/tun").run().exits(1);
        host.vzctl("stop", id, "--fast").run().exits(0);
        host.vzctl("destroy", id).run().exits(0);
    }
}
