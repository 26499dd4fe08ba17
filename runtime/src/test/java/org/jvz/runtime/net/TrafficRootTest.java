package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/** What is counted of the traffic of VEs of host a: the LAN is class 0, the client's networks are 2, and all else is 1. */
@PrivateHost
@Tag("long")
final class TrafficRootTest {
    private static final String CLASSES =
            """
            0 192.0.2.0/24
            1 0.0.0.0/0
            2 198.51.0.0/16
            2 198.51.100.0/24
            1 198.51.100.128/25
            1 ::/0
            0 2001:db8:2::/64
            """;

    @TempDir
    private Path prefix;

    private DataCentre centre;
    private HostPaths paths;

    @BeforeEach
    void build() throws Exception {
        centre = new DataCentre(prefix);
        paths = HostPaths.under(prefix.resolve("a"));
        classes(CLASSES);
        centre.client.run("ip addr add 198.51.100.200/32 dev eth0");
        centre.router.run("ip route add 198.51.100.200/32 dev wan");
    }

    @AfterEach
    void takeDown() throws Exception {
        centre.close();
    }

    private void classes(String text) throws Exception {
        Files.createDirectories(paths.confDir());
        Files.writeString(NetworkClasses.file(paths), text);
    }

    private void account(int id, String... addresses) throws Exception {
        List<NetAddress> own = new ArrayList<>();
        for (String each : addresses) {
            own.add(Translation.address(each));
        }
        centre.a.inside(() -> new TrafficAccounts(centre.linux, paths).set(new CtId(id), own));
    }

    /** Rows of a VE: class, family, received and sent as packets and bytes; only those that counted anything. */
    private List<String> counted(int id) throws Exception {
        Map<CtId, List<Traffic>> all = centre.a.inside(() -> new TrafficAccounts(centre.linux, paths).read());
        List<String> rows = new ArrayList<>();
        for (Traffic each : all.getOrDefault(new CtId(id), List.of())) {
            if (each.received().packets() + each.sent().packets() > 0) {
                rows.add(each.trafficClass() + (each.v6() ? " v6 " : " v4 ")
                        + each.received().packets() + "/" + each.received().bytes() + " "
                        + each.sent().packets() + "/" + each.sent().bytes());
            }
        }
        return rows;
    }

    private static void ping(NetHost from, int count, String target) throws Exception {
        from.run("busybox ping -c " + count + " -W 2 -s 100 " + target);
    }

    private @Nullable Object table() throws Exception {
        return centre.a.inside(() -> {
            try (Nftables nftables = Nftables.open(centre.linux)) {
                return nftables.list(new TrafficTable(paths).name());
            }
        });
    }

    @Test
    @Tag("vm")
    void trafficIsCountedByClassFamilyAndWay() throws Exception {
        account(101, DataCentre.v4(101), DataCentre.v6(101));
        account(102, DataCentre.v4(102));
        NetHost ve = centre.ve(101);
        ping(ve, 2, DataCentre.CLIENT_V4);
        ping(ve, 1, "198.51.100.200");
        ping(ve, 3, DataCentre.CLIENT_V6);
        // Neighbours, near and far, and the host.
        ping(ve, 1, DataCentre.v4(102));
        ping(ve, 1, DataCentre.v4(201));
        ping(ve, 1, DataCentre.v6(201));
        ping(ve, 1, "192.0.2.1");
        assertThat(counted(101)).containsExactly("1 v4 1/128 1/128", "1 v6 3/444 3/444", "2 v4 2/256 2/256");
        assertThat(counted(102)).isEmpty();
        ping(centre.client, 1, DataCentre.v4(102));
        assertThat(counted(102)).containsExactly("2 v4 1/128 1/128");
        // What is lost on the way has been sent.
        centre.client.run("ip addr del 198.51.100.200/32 dev eth0");
        assertThat(ve.attempt("busybox ping -c 1 -W 1 -s 100 198.51.100.200").status())
                .isNotZero();
        assertThat(counted(101)).contains("1 v4 1/128 2/256");
    }

    @Test
    void translatedTrafficIsCountedByTheVesOwnAddress() throws Exception {
        centre.addAddresses(prefix, 101, "10.1.0.1");
        account(101, DataCentre.v4(101), "10.1.0.1");
        centre.a.inside(() -> new Translator(centre.linux, paths)
                .set(
                        new CtId(101),
                        new Translation(
                                List.of(new Translation.Masked(Translation.address("10.1.0.1"), List.of(), null)),
                                List.of())));
        centre.ve(101).run("busybox ping -c 2 -W 2 -s 100 -I 10.1.0.1 " + DataCentre.CLIENT_V4);
        assertThat(counted(101)).containsExactly("2 v4 2/256 2/256");
    }

    @Test
    void countsOutliveChangesOfAddressesAndClasses() throws Exception {
        account(101, DataCentre.v4(101), DataCentre.v6(101));
        account(102, DataCentre.v4(102));
        ping(centre.ve(101), 2, DataCentre.CLIENT_V4);
        account(101, DataCentre.v6(101));
        assertThat(counted(101)).containsExactly("2 v4 2/256 2/256");
        ping(centre.ve(101), 1, DataCentre.CLIENT_V4);
        assertThat(counted(101)).containsExactly("2 v4 2/256 2/256");
        account(101, DataCentre.v4(101));
        ping(centre.ve(101), 1, DataCentre.CLIENT_V4);
        assertThat(counted(101)).containsExactly("2 v4 3/384 3/384");
        account(101);
        assertThat(counted(101)).containsExactly("2 v4 3/384 3/384");
        account(101, DataCentre.v4(101));
        // New classes hold for all with the next change of any VE.
        classes(CLASSES + "3 " + DataCentre.CLIENT_V4 + "\n");
        account(102, DataCentre.v4(102), DataCentre.v6(102));
        ping(centre.ve(101), 1, DataCentre.CLIENT_V4);
        assertThat(counted(101)).containsExactly("2 v4 3/384 3/384", "3 v4 1/128 1/128");
        classes("1 0.0.0.0/0\n9 ten\n");
        assertThatThrownBy(() -> account(102, DataCentre.v4(102))).hasMessageContaining("line 2: '9 ten'");
        classes(CLASSES);
        for (int id : new int[] {101, 102}) {
            centre.a.inside(() -> {
                new TrafficAccounts(centre.linux, paths).remove(new ForwardSteps(StepObserver.NONE), new CtId(id));
                return id;
            });
            assertThat(counted(id)).isEmpty();
        }
        assertThat(table()).isNull();
        assertThat(paths.runDir().resolve("traffic")).doesNotExist();
    }
}
