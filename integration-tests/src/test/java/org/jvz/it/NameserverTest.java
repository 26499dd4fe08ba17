package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.testing.NetHost;

/**
 * Names resolve inside a VE by the name servers that it was given: on the host's LAN two that give one name different addresses, and one that
 * does not know it.
 */
@EndToEnd
final class NameserverTest {
    private static final String NAME = "www.example.org";
    private static final String VE = "203.0.113.10";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();
    private NetHost lan;
    private Process inLan;
    private NameServer first;
    private NameServer second;
    private NameServer ignorant;

    @TempDir
    Path dir;

    @BeforeEach
    void serve() throws Exception {
        lan = NetHost.create();
        inLan = lan.resident();
        lan.run("ip link set lo up");
        lan.run("ip addr add 192.0.2.53/32 dev lo");
        lan.run("ip addr add 192.0.2.54/32 dev lo");
        lan.run("ip addr add 192.0.2.55/32 dev lo");
        first = new NameServer(lan, "192.0.2.53", NAME, "198.51.100.153");
        second = new NameServer(lan, "192.0.2.54", NAME, "198.51.100.154");
        ignorant = new NameServer(lan, "192.0.2.55", "ftp.example.org", "198.51.100.155");
    }

    @AfterEach
    void end() throws Exception {
        first.close();
        second.close();
        ignorant.close();
        inLan.destroy();
        inLan.waitFor();
        lan.close();
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    /** The host's one name server is the first. */
    private String onTheLan(String template, String resolve) throws Exception {
        String text = PrivateNetwork.run(
                host,
                dir,
                """
                ip link add lan0 type veth peer name eth0 netns %1$d
                ip addr add 192.0.2.1/24 dev lan0
                ip link set lan0 up
                nsenter -t %1$d -n ip addr add 192.0.2.2/24 dev eth0
                nsenter -t %1$d -n ip link set eth0 up
                nsenter -t %1$d -n ip route add 203.0.113.0/24 via 192.0.2.1
                echo 'nameserver 192.0.2.53' >%2$s/host
                mount --bind %2$s/host /etc/resolv.conf
                resolve() {
                    echo "$1": $(vzctl exec %3$d '%4$s' 2>&1)
                }
                vzctl create %3$d --ostemplate %5$s
                vzctl set %3$d --ipadd %6$s --nameserver inherit --save
                vzctl start %3$d --wait
                resolve inherited
                vzctl set %3$d --nameserver 192.0.2.54 --save
                resolve changed
                vzctl set %3$d --nameserver 192.0.2.55 --save
                resolve unknown
                vzctl set %3$d --nameserver inherit --save
                resolve again
                vzctl stop %3$d --fast
                vzctl destroy %3$d
                """
                        .formatted(inLan.pid(), dir, id, resolve, template, VE));
        assertThat(text).doesNotContain("Unable to", "could not be applied", "NAMESERVER");
        return text;
    }

    private static String line(String text, String when) {
        return text.lines()
                .filter(line -> line.startsWith(when + ":"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(text));
    }

    private void resolvedByTheServersItHad(String text) {
        assertThat(line(text, "inherited")).contains("198.51.100.153").doesNotContain("198.51.100.154");
        assertThat(line(text, "changed")).contains("198.51.100.154").doesNotContain("198.51.100.153");
        assertThat(line(text, "unknown")).doesNotContain("198.51.100.");
        assertThat(line(text, "again")).contains("198.51.100.153").doesNotContain("198.51.100.154");
        assertThat(first.askers()).isNotEmpty().containsOnly(VE);
        assertThat(second.askers()).isNotEmpty().containsOnly(VE);
    }

    @Test
    void byBusybox() throws Exception {
        resolvedByTheServersItHad(onTheLan("tiny", "nslookup -type=a " + NAME));
    }

    @Test
    void byTheLibraryOfDebian() throws Exception {
        assumeTrue(host.hasTemplate("debian-12-standard"), "no template debian-12-standard; ./verify builds it");
        resolvedByTheServersItHad(onTheLan("debian-12-standard", "getent ahostsv4 " + NAME));
    }
}
