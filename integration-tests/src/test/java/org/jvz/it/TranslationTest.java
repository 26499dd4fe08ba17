package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NAT, a forwarded port and counted traffic by the installed commands, on a host with an uplink behind which nobody knows the VE's address. */
@EndToEnd
final class TranslationTest {
    private final TestHost host = TestHost.get();
    private final int id = host.newId();
    private final Path classes = host.path("etc/vz/conf", "networks_classes");

    @TempDir
    Path dir;

    @AfterEach
    void forget() throws Exception {
        Files.deleteIfExists(classes);
    }

    @Test
    void aPrivateAddressReachesOutAndAPortReachesIn() throws Exception {
        Files.writeString(classes, "1 0.0.0.0/0\n2 192.0.2.0/24\n");
        String text = PrivateNetwork.run(
                host,
                dir,
                """
                unshare -n sleep 300 &
                outside=$!
                trap "kill $outside" EXIT
                while [ "$(readlink /proc/$outside/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
                ip link add lan0 type veth peer name eth0 netns $outside
                ip addr add 192.0.2.1/24 dev lan0
                ip link set lan0 up
                nsenter -t $outside -n ip addr add 192.0.2.2/24 dev eth0
                nsenter -t $outside -n ip link set eth0 up
                vzctl create %1$d --ostemplate tiny
                vzctl set %1$d --ipadd 10.0.0.10 --nat yes --portforward 8080:80 --save
                vzctl start %1$d --wait
                vzctl exec %1$d 'while true; do echo hello | nc -l -p 80; done' >/dev/null 2>&1 &
                vzctl exec %1$d 'while ! netstat -ltn | grep -q :80; do sleep 0.1; done'
                vzctl exec2 %1$d ping -c 2 -W 5 192.0.2.2 >/dev/null && echo out by NAT
                vznetstat -v %1$d
                echo in $(nsenter -t $outside -n busybox nc -w 5 192.0.2.1 8080 </dev/null)
                echo shown $(vzlist -H -o nat,portforward %1$d)
                vzctl set %1$d --nat no --portforward_del 8080 --save
                vzctl exec2 %1$d ping -c 1 -W 1 192.0.2.2 >/dev/null || echo no way out
                nsenter -t $outside -n busybox nc -w 5 192.0.2.1 8080 </dev/null 2>&1 || echo no way in
                vzctl stop %1$d --fast
                vzctl destroy %1$d
                """
                        .formatted(id));
        Files.delete(host.path("etc/vz/conf", id + ".conf.destroyed"));
        assertThat(text).contains("out by NAT", "in hello", "shown yes 8080/tcp:80", "no way out", "no way in");
        // Two questions and answers of 84 bytes.
        assertThat(text.lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains(id + " 1 0 0 0 0", id + " 2 168 2 168 2");
    }
}
