package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHostExtension;

/** Two hundred VEs with an address each, and one that gets five hundred more while it runs, all reached by another machine of their LAN. */
@EndToEnd
@ExtendWith(PrivateHostExtension.class)
final class ManyAddressesTest {
    private static final int VES = 200;

    private final TestHost host = TestHost.get();

    @TempDir
    Path dir;

    @Test
    void allAreReachedAndNothingStays() throws Exception {
        WarmVes ves = new WarmVes(host);
        List<Integer> ids = new ArrayList<>();
        NetHost neighbour = NetHost.create();
        Process resident = neighbour.resident();
        try (NetHost net = NetHost.here()) {
            net.run("ip link set lo up");
            net.run("ip link add lan0 type veth peer name eth0 netns " + resident.pid());
            net.run("ip link set lan0 up");
            net.run("ip addr add 10.9.255.254/16 dev lan0");
            neighbour.run("ip link set eth0 up");
            neighbour.run("ip addr add 10.9.255.253/16 dev eth0");
            for (int i = 0; i < VES; i++) {
                ids.add(ves.create("IP_ADDRESS", "10.9.0." + (i + 1)));
                ves.start(ids.get(i));
            }
            assertThat(net.run("ip route show proto 118").lines()).hasSize(VES);
            List<String> more = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                more.add("10.9." + (1 + i / 250) + "." + (i % 250 + 1));
            }
            ves.set(ids.get(0), "ipadd", String.join(" ", more));
            assertThat(silent(neighbour, more)).isEmpty();
            ves.set(ids.get(0), "ipdel", String.join(" ", more));
            assertThat(net.run("ip route show proto 118").lines()).hasSize(VES);
            assertThat(silent(neighbour, List.of())).isEmpty();
            Collections.reverse(ids);
            for (int id : ids) {
                ves.end(id);
            }
            assertThat(net.run("ip -o link")).doesNotContain("venet");
            assertThat(net.run("ip route show proto 118") + net.run("ip neigh show proxy"))
                    .isEmpty();
        } finally {
            resident.destroyForcibly();
            resident.waitFor();
            neighbour.close();
        }
    }

    /** Asks every address, many at a time; returns what says nothing. */
    private String silent(NetHost neighbour, List<String> more) throws Exception {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < VES + more.size(); i++) {
            String address = i < VES ? "10.9.0." + (i + 1) : more.get(i - VES);
            script.append("(busybox ping -c 1 -W 5 ")
                    .append(address)
                    .append(" >/dev/null || echo ")
                    .append(address)
                    .append(") &\n")
                    // All namespaces of a kernel have one table of neighbours, of 1024 places (gc_thresh3 of arp(7)).
                    .append(i % 50 == 49 ? "wait\nip neigh flush dev eth0\n" : "");
        }
        return neighbour.run("sh " + Files.writeString(dir.resolve("ask"), script + "wait\n"));
    }
}
