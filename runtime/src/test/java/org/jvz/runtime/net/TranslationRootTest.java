package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.PortForward;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/** What leaves VEs with private addresses behind a router, and what reaches them through ports of their host. VE 101 has 10.1.0.1 and fd00:1::1 besides. */
@PrivateHost
@Tag("long")
final class TranslationRootTest {
    private static final String PRIVATE_V4 = "10.1.0.1";
    private static final String PRIVATE_V6 = "fd00:1::1";
    private static final int PORT = 4000;

    @TempDir
    private Path prefix;

    private DataCentre centre;

    @BeforeEach
    void build() throws Exception {
        centre = new DataCentre(prefix);
        centre.addAddresses(prefix, 101, PRIVATE_V4, PRIVATE_V6);
        // A new IPv6 address is put to use by a worker of the kernel some milliseconds later.
        centre.a.run("busybox ping -c 3 -W 1 " + PRIVATE_V6);
    }

    @AfterEach
    void takeDown() throws Exception {
        centre.close();
    }

    private HostPaths paths() {
        return HostPaths.under(prefix.resolve("a"));
    }

    private VzConf conf(String... keysAndValues) {
        ConfFile file = ConfFile.empty(paths().vzConf());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            file = file.with(keysAndValues[i], keysAndValues[i + 1]);
        }
        return VzConf.of(paths(), file);
    }

    private void translate(int id, VzConf conf, boolean nat, String forwards, String... addresses) throws Exception {
        List<PortForward> parsed = new ArrayList<>();
        for (String each : forwards.isEmpty() ? new String[0] : forwards.split(" ")) {
            parsed.add(PortForward.parse(each));
        }
        List<NetAddress> own = new ArrayList<>();
        for (String each : addresses) {
            own.add(Translation.address(each));
        }
        centre.a.inside(() -> {
            Translator translator = new Translator(centre.linux, paths());
            return translator.set(new CtId(id), translator.wanted(conf, nat, parsed, own));
        });
    }

    private @Nullable Object table() throws Exception {
        return centre.a.inside(() -> {
            try (Nftables nftables = Nftables.open(centre.linux)) {
                return nftables.list(new TranslationTable(paths()).name());
            }
        });
    }

    /** Connects by TCP, from an address of its own if one is given; returns whom the server sees. */
    private String seen(NetHost from, @Nullable String own, String target, int port, NetHost server, int serverPort)
            throws Exception {
        InetAddress bound = own == null ? null : InetAddress.getByName(own);
        try (ServerSocket listening = server.inside(() -> new ServerSocket(serverPort))) {
            listening.setSoTimeout(5000);
            try (Socket socket = from.inside(() -> {
                Socket made = new Socket();
                if (bound != null) {
                    made.bind(new InetSocketAddress(bound, 0));
                }
                made.connect(new InetSocketAddress(InetAddress.getByName(target), port), 2000);
                return made;
            })) {
                try (Socket accepted = listening.accept()) {
                    accepted.getOutputStream().write('x');
                    assertThat(socket.getInputStream().read()).isEqualTo('x');
                    return NetAddress.of(accepted.getInetAddress().getAddress()).toString();
                }
            }
        }
    }

    @Test
    @Tag("vm")
    void privateAddressesAreMaskedWhereTheyAreNotKnown() throws Exception {
        translate(101, conf(), true, "", DataCentre.v4(101), PRIVATE_V4, PRIVATE_V6);
        NetHost ve = centre.ve(101);
        assertThat(seen(ve, PRIVATE_V4, DataCentre.CLIENT_V4, PORT, centre.client, PORT))
                .isEqualTo("192.0.2.1");
        assertThat(seen(ve, PRIVATE_V6, DataCentre.CLIENT_V6, PORT, centre.client, PORT))
                .isEqualTo("2001:db8:2::1");
        // Its public address stays, and so does the private one between VEs and to the host.
        assertThat(seen(ve, DataCentre.v4(101), DataCentre.CLIENT_V4, PORT, centre.client, PORT))
                .isEqualTo(DataCentre.v4(101));
        assertThat(seen(ve, PRIVATE_V4, DataCentre.v4(102), PORT, centre.ve(102), PORT))
                .isEqualTo(PRIVATE_V4);
        assertThat(seen(ve, PRIVATE_V4, "192.0.2.1", PORT, centre.a, PORT)).isEqualTo(PRIVATE_V4);
        assertThat(seen(ve, PRIVATE_V4, "192.0.2.2", PORT, centre.b, PORT)).isEqualTo("192.0.2.1");
        translate(101, conf(), false, "", PRIVATE_V4);
        assertThatThrownBy(() -> seen(ve, PRIVATE_V4, DataCentre.CLIENT_V4, PORT, centre.client, PORT))
                .isInstanceOf(IOException.class);
        assertThat(table()).isNull();
    }

    @Test
    void networksAndSourcesAreConfigured() throws Exception {
        centre.a.run("ip addr add 192.0.2.7/32 dev eth0");
        VzConf conf = conf("NAT_NETWORKS", "192.0.2.0/24 10.1.0.0/16", "NAT_SOURCE", "192.0.2.7");
        translate(101, conf, true, "", DataCentre.v4(101), PRIVATE_V4, PRIVATE_V6);
        NetHost ve = centre.ve(101);
        assertThat(seen(ve, PRIVATE_V4, DataCentre.CLIENT_V4, PORT, centre.client, PORT))
                .isEqualTo("192.0.2.7");
        // The host answers for it behind the device it leaves by: there it is known.
        assertThat(seen(ve, DataCentre.v4(101), DataCentre.CLIENT_V4, PORT, centre.client, PORT))
                .isEqualTo(DataCentre.v4(101));
        assertThatThrownBy(() -> seen(ve, PRIVATE_V6, DataCentre.CLIENT_V6, PORT, centre.client, PORT))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> translate(101, conf("NAT_NETWORKS", "10.0.0.0/8 ten"), true, "", PRIVATE_V4))
                .hasMessageContaining("NAT_NETWORKS: 'ten': not an IP address");
    }

    @Test
    void portsLeadFromEverywhereToTheVe() throws Exception {
        translate(
                101,
                conf(),
                false,
                "8080:80 9000-9002/tcp:90 5000/udp:53 [2001:db8:2::1]:81:80",
                PRIVATE_V4,
                PRIVATE_V6);
        NetHost ve = centre.ve(101);
        assertThat(seen(centre.client, null, "192.0.2.1", 8080, ve, 80)).isEqualTo(DataCentre.CLIENT_V4);
        assertThat(seen(centre.client, null, "2001:db8:2::1", 8080, ve, 80)).isEqualTo(DataCentre.CLIENT_V6);
        assertThat(seen(centre.client, null, "2001:db8:2::1", 81, ve, 80)).isEqualTo(DataCentre.CLIENT_V6);
        assertThat(seen(centre.client, null, "192.0.2.1", 9002, ve, 92)).isEqualTo(DataCentre.CLIENT_V4);
        assertThat(seen(centre.ve(102), null, "192.0.2.1", 8080, ve, 80)).isEqualTo(DataCentre.v4(102));
        assertThat(seen(centre.ve(201), null, "192.0.2.1", 8080, ve, 80)).isEqualTo(DataCentre.v4(201));
        assertThat(seen(centre.a, null, "192.0.2.1", 8080, ve, 80)).isEqualTo("192.0.2.1");
        // From itself: it would take its own address as a source for a forgery.
        assertThat(seen(ve, PRIVATE_V4, "192.0.2.1", 8080, ve, 80)).isEqualTo("192.0.2.1");
        assertThat(seen(ve, PRIVATE_V6, "2001:db8:2::1", 8080, ve, 80)).isEqualTo("2001:db8:2::1");
        assertThat(datagram(centre.client, "192.0.2.1", 5000, ve, PRIVATE_V4, 53))
                .isEqualTo("to and fro");
        // Other ports, and the loopback, are the host's.
        for (int port : new int[] {81, 9003, 80}) {
            assertThatThrownBy(() -> seen(centre.client, null, "192.0.2.1", port, ve, 80))
                    .isInstanceOf(IOException.class);
        }
        assertThat(seen(centre.a, null, "127.0.0.1", 8080, centre.a, 8080)).isEqualTo("127.0.0.1");
        // What only passes through the host is not changed.
        assertThat(seen(ve, DataCentre.v4(101), DataCentre.CLIENT_V4, 8080, centre.client, 8080))
                .isEqualTo(DataCentre.v4(101));
        translate(101, conf(), false, "", PRIVATE_V4);
        assertThat(table()).isNull();
        assertThatThrownBy(() -> seen(centre.client, null, "192.0.2.1", 8080, ve, 80))
                .isInstanceOf(IOException.class);
    }

    /** To a server on one address: one on all would answer from another of them. */
    private static String datagram(
            NetHost from, String target, int port, NetHost server, String serverAddress, int serverPort)
            throws Exception {
        InetSocketAddress own = new InetSocketAddress(InetAddress.getByName(serverAddress), serverPort);
        try (DatagramSocket listening = server.inside(() -> new DatagramSocket(own));
                DatagramSocket sender = from.inside(() -> new DatagramSocket())) {
            listening.setSoTimeout(5000);
            sender.setSoTimeout(5000);
            byte[] text = "to and fro".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            sender.connect(InetAddress.getByName(target), port);
            sender.send(new DatagramPacket(text, text.length));
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            listening.receive(packet);
            listening.send(new DatagramPacket(packet.getData(), packet.getLength(), packet.getSocketAddress()));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            sender.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), java.nio.charset.StandardCharsets.US_ASCII);
        }
    }

    @Test
    @Tag("vm")
    void onePortLeadsToOneVe() throws Exception {
        translate(101, conf(), true, "8080:80 192.0.2.1:8081:81", PRIVATE_V4);
        assertThatThrownBy(() -> translate(102, conf(), false, "443:443 8000-8100:80", DataCentre.v4(102)))
                .isInstanceOf(PortInUseException.class)
                .hasMessage("Port 8080/tcp of the host is forwarded to container 101");
        assertThatThrownBy(() -> translate(102, conf(), false, "192.0.2.1:8081:80", DataCentre.v4(102)))
                .hasMessage("Port 192.0.2.1 8081/tcp of the host is forwarded to container 101");
        assertThatThrownBy(() -> seen(centre.client, null, "192.0.2.1", 443, centre.ve(102), 443))
                .isInstanceOf(IOException.class);
        // Another protocol, another address or no other port are no clash.
        translate(102, conf(), false, "8080/udp:80 192.0.2.1:8080:80 8081:80", DataCentre.v4(102));
        assertThat(seen(centre.client, null, "192.0.2.1", 8080, centre.ve(102), 80))
                .isEqualTo(DataCentre.CLIENT_V4);
        assertThat(seen(centre.client, null, "192.0.2.1", 8081, centre.ve(101), 81))
                .isEqualTo(DataCentre.CLIENT_V4);
        // Each one's own go alone.
        translate(102, conf(), false, "", DataCentre.v4(102));
        assertThat(Objects.requireNonNull(table()).toString())
                .contains("comment=101")
                .doesNotContain("comment=102");
        // What a VE without a device left is no hindrance.
        centre.a.run("ip link del venet101");
        translate(102, conf(), false, "8080:80", DataCentre.v4(102));
        assertThat(seen(centre.client, null, "192.0.2.1", 8080, centre.ve(102), 80))
                .isEqualTo(DataCentre.CLIENT_V4);
        centre.a.inside(() -> {
            new Translator(centre.linux, paths()).remove(new ForwardSteps(StepObserver.NONE), new CtId(101));
            return 101;
        });
        translate(102, conf(), false, "", DataCentre.v4(102));
        assertThat(table()).isNull();
    }

    @Test
    void whatSomebodyFlushedIsThereAgainWithTheNextChange() throws Exception {
        translate(101, conf(), false, "8080:80", PRIVATE_V4);
        centre.a.inside(() -> {
            try (Nftables nftables = Nftables.open(centre.linux)) {
                nftables.run("flush ruleset");
                return nftables;
            }
        });
        translate(101, conf(), false, "8080:80", PRIVATE_V4);
        assertThat(seen(centre.client, null, "192.0.2.1", 8080, centre.ve(101), 80))
                .isEqualTo(DataCentre.CLIENT_V4);
    }
}
