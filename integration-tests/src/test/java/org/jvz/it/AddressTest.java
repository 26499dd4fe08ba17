package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Addresses and live limits by the installed commands, in network and mount namespaces of the test's own, so that nothing
 * of the machine's network is touched.
 */
@EndToEnd
final class AddressTest {
    private static final String ADDRESS = "203.0.113.10";
    private static final String OTHER = "203.0.113.11";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @TempDir
    Path dir;

    private String onPrivateNetwork(String script) throws Exception {
        return PrivateNetwork.run(host, dir, script);
    }

    @Test
    @Tag("vm")
    @Tag("long")
    void aVeIsReachedAtItsAddressesAndTheyGoWithIt() throws Exception {
        String text = onPrivateNetwork(
                """
                vzctl create %1$d --ostemplate tiny
                vzctl set %1$d --ipadd %2$s --save
                vzctl start %1$d --wait
                vzctl exec %1$d 'while true; do echo hello | nc -l -p 7777; done' >/dev/null 2>&1 &
                # An exec of an emulated machine may take seconds.
                vzctl exec %1$d 'while ! netstat -ltn | grep -q :7777; do sleep 0.1; done'
                echo first $(busybox nc -w 5 %2$s 7777 </dev/null)
                vzctl set %1$d --ipadd %3$s --save
                echo second $(busybox nc -w 5 %3$s 7777 </dev/null)
                vzctl set %1$d --ipdel %2$s --save
                echo routes $(ip route | grep -c venet)
                vzctl stop %1$d --fast
                vzctl destroy %1$d
                echo left $(ip -o link | grep -c venet) $(ip route | grep -c 203.0.113)
                """
                        .formatted(id, ADDRESS, OTHER));
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
        assertThat(text)
                .contains(
                        "Adding IP address(es): " + ADDRESS,
                        "first hello",
                        "Adding IP address(es): " + OTHER,
                        "second hello",
                        "Deleting IP address(es): " + ADDRESS,
                        "routes 1",
                        "left 0 0");
    }

    @Test
    void limitsChangeWhileTheVeRuns() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny", "--numproc", "50")
                .run()
                .succeeds();
        host.vzctl("start", id, "--wait").run().succeeds();
        assertThat(limit("pids", "pids.max")).isEqualTo("50");
        host.vzctl("set", id, "--numproc", "60", "--save").run().succeeds();
        assertThat(limit("pids", "pids.max")).isEqualTo("60");
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("start", id).run().succeeds();
        assertThat(limit("pids", "pids.max")).isEqualTo("60");
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    /** The value in force, where this machine has the controller: a v1 hierarchy of its own, or the unified one. */
    private String limit(String controller, String file) throws Exception {
        Path v1 = Path.of("/sys/fs/cgroup", controller);
        Path base = Files.isDirectory(v1) ? v1 : Path.of("/sys/fs/cgroup");
        return Files.readString(base.resolve(host.cgroupName())
                        .resolve(Integer.toString(id))
                        .resolve(file))
                .strip();
    }
}
