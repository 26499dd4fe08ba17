package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/** What VEs of two hosts behind a router can reach, and what root inside one of them cannot do to the others, with raw sockets either. */
@PrivateHost
@Tag("long")
final class DataCentreRootTest {
    private static final int PORT = Talk.PORT;
    private static final int BIG = 400_000;

    @TempDir
    private Path prefix;

    private DataCentre centre;

    @BeforeEach
    void build() throws Exception {
        centre = new DataCentre(prefix);
    }

    @AfterEach
    void takeDown() throws Exception {
        centre.close();
    }

    @Test
    @Tag("vm")
    void everybodyReachesEverybody() throws Exception {
        List<String> targets = new ArrayList<>(List.of(
                DataCentre.CLIENT_V4,
                DataCentre.CLIENT_V6,
                "192.0.2.1",
                "2001:db8:2::1",
                "192.0.2.2",
                "2001:db8:2::2",
                "192.0.2.254"));
        for (int id : centre.ves.keySet()) {
            targets.add(DataCentre.v4(id));
            targets.add(DataCentre.v6(id));
        }
        List<String> unreachable = new ArrayList<>();
        List<NetHost> all = new ArrayList<>(centre.ves.values());
        all.addAll(List.of(centre.client, centre.a, centre.b, centre.router));
        for (NetHost from : all) {
            for (String target : targets) {
                // A new IPv6 address is put to use by a worker of the kernel some milliseconds later.
                if (from.attempt("busybox ping -c 1 -W 1 " + target).status() != 0
                        && from.attempt("busybox ping -c 3 -W 1 " + target).status() != 0) {
                    unreachable.add(all.indexOf(from) + " to " + target);
                }
            }
        }
        assertThat(unreachable).isEmpty();
    }

    @Test
    void tcpFindsTheMtuOfThePathAndUdpPasses() throws Exception {
        int[][] pairs = {{101, 102}, {101, 201}, {203, 0}};
        for (int[] pair : pairs) {
            NetHost from = centre.ve(pair[0]);
            NetHost to = pair[1] == 0 ? centre.client : centre.ve(pair[1]);
            for (String target : pair[1] == 0
                    ? List.of(DataCentre.CLIENT_V4, DataCentre.CLIENT_V6)
                    : List.of(DataCentre.v4(pair[1]), DataCentre.v6(pair[1]))) {
                assertThat(Talk.sendMuch(from, to, target, BIG))
                        .as(pair[0] + " to " + target)
                        .isEqualTo(BIG);
                assertThat(Talk.sendDatagram(from, to, target)).isEqualTo("datagram");
                if (pair[1] == 0) {
                    assertThat(from.run("ip route get " + target)).contains("mtu 1400");
                }
            }
        }
    }

    /** Sends frames from VE 101; the last one is honest. Returns the text of the first datagram that arrives. */
    private String firstHeard(NetHost receiver, String target, List<String> sources) throws Exception {
        InetAddress own = InetAddress.getByName(target);
        try (DatagramSocket socket = receiver.inside(() -> new DatagramSocket(new InetSocketAddress(own, PORT)))) {
            centre.ve(101).inside(() -> {
                Link device = Frames.device(centre.linux, "venet0");
                Mac mac = java.util.Objects.requireNonNull(device.mac());
                for (String source : sources) {
                    byte[] frame = Frames.udp(mac, mac, Talk.address(source), Talk.address(target), PORT);
                    Frames.send(centre.linux, device, frame);
                }
                return device;
            });
            return Talk.heard(socket);
        }
    }

    @Test
    void rawSocketsSendFromOwnAddressesOnly() throws Exception {
        // Of a VE beside it, of one elsewhere, of its host, of the router, of everybody, of nobody.
        List<String> v4 = List.of(
                DataCentre.v4(102),
                DataCentre.v4(201),
                "192.0.2.1",
                "192.0.2.254",
                "127.0.0.1",
                "0.0.0.0",
                DataCentre.v4(101));
        List<String> v6 = List.of(
                DataCentre.v6(102),
                DataCentre.v6(201),
                "2001:db8:2::1",
                "2001:db8:2::fe",
                "fe80::1",
                "::1",
                DataCentre.v6(101));
        for (NetHost receiver : List.of(centre.client, centre.a, centre.ve(102), centre.ve(201))) {
            boolean client = receiver == centre.client;
            String to4 = client ? DataCentre.CLIENT_V4 : own(receiver, false);
            String to6 = client ? DataCentre.CLIENT_V6 : own(receiver, true);
            assertThat(firstHeard(receiver, to4, v4)).as(to4).isEqualTo(DataCentre.v4(101));
            assertThat(firstHeard(receiver, to6, v6)).as(to6).isEqualTo(DataCentre.v6(101));
        }
        // It is the filter: without it the first one is heard.
        centre.a.run("tc qdisc del dev venet101 clsact");
        assertThat(firstHeard(centre.client, DataCentre.CLIENT_V4, v4)).isEqualTo(DataCentre.v4(102));
        assertThat(firstHeard(centre.client, DataCentre.CLIENT_V6, v6)).isEqualTo(DataCentre.v6(102));
    }

    private String own(NetHost host, boolean v6) {
        for (var each : centre.ves.entrySet()) {
            if (each.getValue() == host) {
                return v6 ? DataCentre.v6(each.getKey()) : DataCentre.v4(each.getKey());
            }
        }
        return v6 ? "2001:db8:2::1" : "192.0.2.1";
    }

    @Test
    @Tag("vm")
    void nobodyBelievesAVeThatClaimsOthersAddressesOrToBeARouter() throws Exception {
        for (String target : List.of(DataCentre.v4(102), DataCentre.v4(201), DataCentre.v6(102), DataCentre.v6(201))) {
            centre.client.run("busybox ping -c 3 -W 1 " + target);
        }
        centre.a.run("busybox sysctl -qw net.ipv6.conf.all.accept_ra=2 net.ipv6.conf.venet101.accept_ra=2");
        String known = neighbours();
        Mac forged = Mac.parse("02:00:00:00:66:66");
        centre.ve(101).inside(() -> {
            Link device = Frames.device(centre.linux, "venet0");
            NetAddress self = Talk.address(DataCentre.v6(101));
            for (String victim : List.of(DataCentre.v4(102), DataCentre.v4(201), "192.0.2.1", "192.0.2.254")) {
                Frames.send(centre.linux, device, Announcement.arp(Talk.address(victim), forged));
            }
            for (String victim : List.of(DataCentre.v6(102), DataCentre.v6(201), "2001:db8:2::1", "2001:db8:2::fe")) {
                Frames.send(centre.linux, device, Announcement.advertisement(Talk.address(victim), forged, self));
                Frames.send(
                        centre.linux,
                        device,
                        Announcement.advertisement(Talk.address(victim), forged, Talk.address("fe80::1")));
            }
            Mac all = Mac.parse("33:33:00:00:00:01");
            Frames.send(
                    centre.linux,
                    device,
                    Frames.routerAdvertisement(all, forged, Talk.address("fe80::66"), Talk.address("ff02::1")));
            return device;
        });
        // The same way, later: once this has arrived, so has everything before.
        assertThat(firstHeard(centre.a, "192.0.2.1", List.of(DataCentre.v4(101))))
                .isEqualTo(DataCentre.v4(101));
        assertThat(neighbours()).isEqualTo(known).doesNotContain("66:66");
        assertThat(centre.a.run("ip -6 route")).doesNotContain("fe80::66");
        for (String target : List.of(DataCentre.v4(102), DataCentre.v4(201), DataCentre.v6(102), DataCentre.v6(201))) {
            centre.client.run("busybox ping -c 1 -W 2 " + target);
        }
    }

    /** Who is known where, without how long ago. */
    private String neighbours() throws Exception {
        StringBuilder all = new StringBuilder();
        for (NetHost host : List.of(centre.a, centre.b, centre.router, centre.ve(102))) {
            List<String> lines = new ArrayList<>();
            for (String line : host.run("ip neigh show").lines().toList()) {
                lines.add(line.replaceAll(" router| [A-Z]+ *$", ""));
            }
            lines.sort(null);
            all.append(lines).append('\n');
        }
        return all.toString();
    }

    @Test
    void aForeignMacGainsNothing() throws Exception {
        // venet has no use for hardware addresses: what is sent to the router's or from a foreign one goes to the host,
        // filtered.
        assertThat(firstHeardWithMacs("02:00:00:00:00:fe", "02:00:00:00:66:66")).isEqualTo(DataCentre.v4(101));
        assertThat(centre.router.run("ip neigh show")).doesNotContain("66:66");
        assertThat(centre.router.run("busybox ping -c 1 -W 1 " + DataCentre.v4(101)))
                .contains("1 packets received");
    }

    private String firstHeardWithMacs(String to, String from) throws Exception {
        InetAddress own = InetAddress.getByName(DataCentre.CLIENT_V4);
        try (DatagramSocket socket = centre.client.inside(() -> new DatagramSocket(new InetSocketAddress(own, PORT)))) {
            centre.ve(101).inside(() -> {
                Link device = Frames.device(centre.linux, "venet0");
                Mac venet = java.util.Objects.requireNonNull(device.mac());
                NetAddress client = Talk.address(DataCentre.CLIENT_V4);
                NetAddress self = Talk.address(DataCentre.v4(101));
                NetAddress other = Talk.address(DataCentre.v4(102));
                Frames.send(centre.linux, device, Frames.udp(Mac.parse(to), Mac.parse(from), self, client, PORT));
                Frames.send(centre.linux, device, Frames.udp(venet, Mac.parse(from), other, client, PORT));
                Frames.send(centre.linux, device, Frames.udp(venet, Mac.parse(from), self, client, PORT));
                return device;
            });
            return Talk.heard(socket);
        }
    }

    @Test
    void whatTheHostListensToOnLoopbackIsNotReached() throws Exception {
        assertThat(heardOnLoopback()).isEqualTo("host");
        // With this the kernel would let it in.
        centre.a.run("busybox sysctl -qw net.ipv4.conf.venet101.route_localnet=1");
        assertThat(heardOnLoopback()).isEqualTo(DataCentre.v4(101));
    }

    private String heardOnLoopback() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (DatagramSocket secret = centre.a.inside(() -> new DatagramSocket(new InetSocketAddress(loopback, PORT)))) {
            centre.ve(101).inside(() -> {
                Link device = Frames.device(centre.linux, "venet0");
                Mac mac = java.util.Objects.requireNonNull(device.mac());
                byte[] frame = Frames.udp(mac, mac, Talk.address(DataCentre.v4(101)), Talk.address("127.0.0.1"), PORT);
                Frames.send(centre.linux, device, frame);
                return device;
            });
            Talk.say(centre.a, "host", new InetSocketAddress(loopback, PORT));
            return Talk.heard(secret);
        }
    }

    @Test
    void oneMoreVeCostsWhatTheFirstDid() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        Linux counting = counting(calls, received);
        List<Integer> callsEach = new ArrayList<>();
        List<Integer> bytesEach = new ArrayList<>();
        List<AutoCloseable> open = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                NetHost ve = NetHost.create();
                Process resident = ve.resident();
                VeNamespace namespace = VeNamespace.ofInit(centre.linux, (int) resident.pid());
                open.addAll(
                        List.of(namespace, ve, () -> resident.destroyForcibly().waitFor()));
                calls.set(0);
                received.set(0);
                DataCentre.up(
                        counting,
                        centre.a,
                        prefix.resolve("a"),
                        1001 + i,
                        namespace,
                        List.of(VeAddress.parse("192.0.2." + (101 + i))));
                callsEach.add(calls.get());
                bytesEach.add(received.get());
            }
        } finally {
            for (AutoCloseable each : open) {
                each.close();
            }
        }
        // Waiting for the carrier takes a look more or less.
        int least = Collections.min(callsEach);
        assertThat(least).isGreaterThan(20);
        assertThat(Collections.min(callsEach.subList(30, 40)))
                .as("calls of %s", callsEach)
                .isLessThanOrEqualTo(least + 4);
        int fewest = Collections.min(bytesEach);
        assertThat(Collections.min(bytesEach.subList(30, 40)))
                .as("bytes of %s", bytesEach)
                .isLessThanOrEqualTo(fewest + fewest / 10);
    }

    /** The kernel, with its calls and the bytes it sends by sockets counted. */
    private Linux counting(AtomicInteger calls, AtomicInteger received) {
        return (Linux) Proxy.newProxyInstance(
                Linux.class.getClassLoader(), new Class<?>[] {Linux.class}, (proxy, method, args) -> {
                    calls.incrementAndGet();
                    try {
                        Object result = method.invoke(centre.linux, args);
                        if (method.getName().equals("receive") && result instanceof Integer length) {
                            received.addAndGet(length);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
