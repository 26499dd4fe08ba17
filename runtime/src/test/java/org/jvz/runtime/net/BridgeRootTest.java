package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/**
 * Two VEs in a host's bridge, what they reach, and what root inside the first one cannot do to the second, to the host and to the router. The
 * host's bridge vmbr0 (192.0.2.1, 2001:db8:2::1) has the VEs (.11, ::11 and .12, ::12) and a cable to the router (.254, ::fe), behind which a
 * link with an MTU of 1,400 bytes leads to a client, 198.51.100.2 and 2001:db8:5::2.
 */
@PrivateHost
@Tag("long")
final class BridgeRootTest {
    private static final String CLIENT_V4 = "198.51.100.2";
    private static final String CLIENT_V6 = "2001:db8:5::2";
    private static final Mac EVE = Mac.parse("00:18:51:00:00:11");
    private static final Mac VICTIM = Mac.parse("00:18:51:00:00:12");
    private static final Mac FOREIGN = Mac.parse("00:18:51:00:66:66");
    private static final Mac EVERYBODY = Mac.parse("ff:ff:ff:ff:ff:ff");
    private static final Mac ALL_NODES = Mac.parse("33:33:00:00:00:01");

    @TempDir
    private Path prefix;

    private final Linux linux = new JffiLinux();
    private final List<AutoCloseable> open = new ArrayList<>();
    private NetHost host;
    private NetHost router;
    private NetHost client;
    private NetHost eve;
    private NetHost victim;
    private VeNamespace eveNamespace;
    private VeNamespace victimNamespace;

    @BeforeEach
    void build() throws Exception {
        host = machine();
        router = machine();
        client = machine();
        eve = machine();
        victim = machine();
        host.run("ip link add vmbr0 type bridge");
        host.run("ip link set vmbr0 addrgenmode none");
        host.run("ip link set vmbr0 up");
        cable(router, "lan", host, "eth0");
        cable(client, "eth0", router, "wan");
        host.run("ip link set eth0 master vmbr0");
        router.run("ip link set wan mtu 1400");
        router.run("busybox sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        addresses(host, "vmbr0", "192.0.2.1/24", "2001:db8:2::1/64", "fe80::1");
        addresses(router, "lan", "192.0.2.254/24", "2001:db8:2::fe/64", "fe80::fe");
        addresses(router, "wan", "198.51.100.1/24", "2001:db8:5::1/64", "fe80::1");
        addresses(client, "eth0", CLIENT_V4 + "/24", CLIENT_V6 + "/64", "fe80::2");
        client.run("ip route add default via 198.51.100.1");
        client.run("ip route add default via 2001:db8:5::1");
        host.run("ip route add default via 192.0.2.254");
        host.run("ip route add default via 2001:db8:2::fe");
        eveNamespace = namespace(eve);
        victimNamespace = namespace(victim);
        addVe(eve, eveNamespace, device("11", EVE, true));
        addVe(victim, victimNamespace, device("12", VICTIM, true));
    }

    private NetHost machine() throws Exception {
        NetHost machine = NetHost.create();
        open.add(0, machine);
        machine.run("ip link set lo up");
        return machine;
    }

    private VeNamespace namespace(NetHost machine) throws Exception {
        Process process = machine.resident();
        open.add(0, () -> {
            process.destroyForcibly();
            process.waitFor();
        });
        VeNamespace namespace = VeNamespace.ofInit(linux, (int) process.pid());
        open.add(0, namespace);
        return namespace;
    }

    private void cable(NetHost machine, String device, NetHost other, String port) throws Exception {
        other.run("ip link add " + port + " type veth peer name " + device + " netns "
                + namespace(machine).pid());
        for (String each : List.of(port, device)) {
            NetHost at = each.equals(port) ? other : machine;
            at.run("ip link set " + each + " addrgenmode none");
            at.run("ip link set " + each + " up");
        }
    }

    private static void addresses(NetHost machine, String device, String v4, String v6, String linkLocal)
            throws Exception {
        machine.run("ip addr add " + v4 + " dev " + device);
        machine.run("ip addr add " + v6 + " dev " + device + " nodad");
        machine.run("ip addr add " + linkLocal + "/64 dev " + device + " nodad");
    }

    /** @param guarded whether its frames are filtered, or none of them */
    private static VethConfig device(String number, Mac mac, boolean guarded) {
        return new VethConfig(
                "eth0",
                mac,
                "veth" + number + ".0",
                new Mac(mac.value() + 0x100),
                "vmbr0",
                guarded,
                false,
                0,
                guarded ? NetIf.addresses("192.0.2." + number + ",2001:db8:2::" + number) : List.of());
    }

    private void addVe(NetHost ve, VeNamespace namespace, VethConfig device) throws Exception {
        host.inside(() -> {
            try (Transaction transaction = Transaction.begin(
                    prefix.resolve("journal"), new NetUndo(linux, HostPaths.under(prefix)), StepObserver.NONE)) {
                new Veths(linux).create(transaction, namespace, List.of(device));
                transaction.commit();
                return device;
            }
        });
        String number = device.hostName().replaceAll("veth|\\.0", "");
        ve.run("ip link set eth0 addrgenmode none");
        ve.run("ip link set eth0 up");
        String linkLocal = VethFilter.linkLocal(device.mac()).toString();
        addresses(ve, "eth0", "192.0.2." + number + "/24", "2001:db8:2::" + number + "/64", linkLocal);
        ve.run("ip route add default via 192.0.2.254");
        ve.run("ip route add default via 2001:db8:2::fe");
    }

    @AfterEach
    void takeDown() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void whatIsAllowedWorks() throws Exception {
        Map<String, NetHost> targets = new LinkedHashMap<>();
        targets.put("192.0.2.1", host);
        targets.put("2001:db8:2::1", host);
        targets.put("192.0.2.254", router);
        targets.put("2001:db8:2::fe", router);
        targets.put("192.0.2.12", victim);
        targets.put("2001:db8:2::12", victim);
        targets.put(CLIENT_V4, client);
        targets.put(CLIENT_V6, client);
        for (Map.Entry<String, NetHost> each : targets.entrySet()) {
            String target = each.getKey();
            String own = target.contains(":") ? "2001:db8:2::11" : "192.0.2.11";
            assertThat(reaches(eve, target)).as(target).isTrue();
            // Asked for it: neighbours find it, too.
            each.getValue().run("ip neigh flush all");
            assertThat(reaches(each.getValue(), own)).as("from " + target).isTrue();
            assertThat(Talk.sendDatagram(eve, each.getValue(), target))
                    .as(target)
                    .isEqualTo("datagram");
            assertThat(Talk.sendMuch(eve, each.getValue(), target, 400_000))
                    .as(target)
                    .isEqualTo(400_000);
        }
        for (String target : List.of(CLIENT_V4, CLIENT_V6)) {
            assertThat(eve.run("ip route get " + target)).contains("mtu 1400");
        }
        try (DatagramSocket server = router.inside(() -> new DatagramSocket(67))) {
            send(Frames.udp(EVERYBODY, EVE, Talk.address("0.0.0.0"), Talk.address("255.255.255.255"), 68, 67));
            assertThat(Talk.heard(server)).as("a client of DHCP").isEqualTo("0.0.0.0");
        }
        // An address is put to use after nobody has claimed it.
        eve.run("ip addr del 2001:db8:2::11/64 dev eth0");
        eve.run("ip addr add 2001:db8:2::11/64 dev eth0");
        assertThat(reaches(router, "2001:db8:2::11")).isTrue();
    }

    /** Tries it for some seconds: a new IPv6 address is put to use later. */
    private static boolean reaches(NetHost from, String address) throws Exception {
        return from.attempt("busybox ping -c 1 -W 1 " + address).status() == 0
                || from.attempt("busybox ping -c 5 -W 1 " + address).status() == 0;
    }

    /** What it says, and how one sees that it was believed. */
    private static final class Attack {
        final String name;
        final byte[] frame;
        final Belief belief;

        Attack(String name, byte[] frame, Belief belief) {
            this.name = name;
            this.frame = frame;
            this.belief = belief;
        }
    }

    private interface Belief {
        boolean isThere() throws Exception;
    }

    private void send(byte[] frame) throws Exception {
        eve.inside(() -> {
            Link device = Frames.device(linux, "eth0");
            Frames.send(linux, device, frame);
            return device;
        });
    }

    private Attack claimV4(NetHost whom, String address, Mac mac) {
        return new Attack(
                "ARP: " + address + " is at " + mac,
                Announcement.arp(Talk.address(address), mac),
                () -> whom.run("ip neigh show " + address).contains(mac.toString()));
    }

    private Attack claimV6(NetHost whom, String address, String source, Mac mac) {
        return new Attack(
                "NDP: " + address + " is at " + mac,
                Announcement.advertisement(Talk.address(address), mac, Talk.address(source)),
                () -> whom.run("ip neigh show " + address).contains(mac.toString()));
    }

    private Attack heard(String name, DatagramSocket socket, byte[] frame) throws IOException {
        socket.setSoTimeout(200);
        return new Attack(name, frame, () -> {
            try {
                Talk.heard(socket);
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            }
        });
    }

    /** @return a socket that is closed at the end */
    private DatagramSocket listen(NetHost machine, InetAddress address, int port) throws Exception {
        DatagramSocket socket = machine.inside(() -> new DatagramSocket(new InetSocketAddress(address, port)));
        open.add(0, socket);
        return socket;
    }

    private List<Attack> attacks() throws Exception {
        InetAddress any = InetAddress.getByName("::");
        DatagramSocket said = listen(victim, any, Talk.PORT + 1);
        DatagramSocket dhcp = listen(victim, any, 68);
        DatagramSocket dhcp6 = listen(victim, any, 546);
        List<Attack> attacks = new ArrayList<>();
        for (String source : List.of("192.0.2.254", "192.0.2.1", "203.0.113.1")) {
            byte[] frame = Frames.udp(VICTIM, EVE, Talk.address(source), Talk.address("192.0.2.12"), Talk.PORT + 1);
            attacks.add(heard("from " + source, said, frame));
        }
        for (String source : List.of("2001:db8:2::fe", "fe80::fe", "2001:db8:7::7")) {
            byte[] frame = Frames.udp(VICTIM, EVE, Talk.address(source), Talk.address("2001:db8:2::12"), Talk.PORT + 1);
            attacks.add(heard("from " + source, said, frame));
        }
        byte[] foreign =
                Frames.udp(VICTIM, FOREIGN, Talk.address("192.0.2.11"), Talk.address("192.0.2.12"), Talk.PORT + 1);
        attacks.add(heard("from a foreign MAC", said, foreign));
        attacks.add(claimV4(victim, "192.0.2.254", EVE));
        attacks.add(claimV4(victim, "192.0.2.1", FOREIGN));
        attacks.add(claimV4(router, "192.0.2.12", EVE));
        attacks.add(claimV4(host, "192.0.2.12", EVE));
        attacks.add(claimV6(victim, "2001:db8:2::fe", "2001:db8:2::11", EVE));
        attacks.add(claimV6(victim, "2001:db8:2::1", "2001:db8:2::11", FOREIGN));
        attacks.add(claimV6(victim, "fe80::fe", "fe80::fe", EVE));
        attacks.add(claimV6(router, "2001:db8:2::12", "2001:db8:2::11", EVE));
        attacks.add(claimV6(host, "2001:db8:2::12", "2001:db8:2::12", EVE));
        byte[] offer = Frames.udp(EVERYBODY, EVE, Talk.address("192.0.2.11"), Talk.address("255.255.255.255"), 67, 68);
        attacks.add(heard("DHCP of a server", dhcp, offer));
        byte[] reply =
                Frames.udp(VICTIM, EVE, Talk.address("2001:db8:2::11"), Talk.address("2001:db8:2::12"), 547, 546);
        attacks.add(heard("DHCPv6 of a server", dhcp6, reply));
        attacks.add(heard("that behind options", dhcp6, Frames.behindOptions(reply)));
        String own = VethFilter.linkLocal(EVE).toString();
        byte[] advertisement = Frames.routerAdvertisement(ALL_NODES, EVE, Talk.address(own), Talk.address("ff02::1"));
        for (byte[] frame : List.of(advertisement, Frames.behindOptions(advertisement))) {
            attacks.add(new Attack("router advertisement of " + frame.length + " bytes", frame, () -> {
                boolean believed = victim.run("ip -6 route show default").contains(own);
                victim.attempt("ip -6 route del default via " + own + " dev eth0");
                return believed;
            }));
        }
        return attacks;
    }

    /** Sends all of it, one by one; returns what was believed. */
    private List<String> believed(List<Attack> attacks) throws Exception {
        List<String> believed = new ArrayList<>();
        // All know their neighbours: what may change is what they are told.
        for (String target : List.of("192.0.2.254", "192.0.2.1", "2001:db8:2::fe", "2001:db8:2::1", "fe80::fe")) {
            victim.run("busybox ping -c 1 -W 2 -I eth0 " + target);
        }
        for (Attack attack : attacks) {
            send(attack.frame);
            // The same way, later: once this has arrived, so has everything before.
            for (NetHost each : List.of(victim, host, router)) {
                String at = each == victim ? "192.0.2.12" : each == host ? "192.0.2.1" : "192.0.2.254";
                assertThat(Talk.sendDatagram(eve, each, at)).isEqualTo("datagram");
            }
            if (attack.belief.isThere()) {
                believed.add(attack.name);
            }
        }
        return believed;
    }

    @Test
    @Tag("vm")
    void nobodyBelievesWhatAVeForges() throws Exception {
        List<Attack> attacks = attacks();
        assertThat(believed(attacks)).isEmpty();
        // It is the filter: without it all of that works.
        host.inside(() -> {
            new Veths(linux).apply(eveNamespace, "veth11.0", device("11", EVE, false), false);
            return host;
        });
        List<String> all = attacks.stream().map(each -> each.name).toList();
        assertThat(believed(attacks)).isEqualTo(all);
    }

    @Test
    void whatTheHostListensToOnLoopbackIsNotReached() throws Exception {
        DatagramSocket secret = listen(host, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), Talk.PORT + 1);
        Link bridge = host.inside(() -> Frames.device(linux, "vmbr0"));
        Mac to = java.util.Objects.requireNonNull(bridge.mac());
        byte[] frame = Frames.udp(to, EVE, Talk.address("192.0.2.11"), Talk.address("127.0.0.1"), Talk.PORT + 1);
        List<Attack> attacks = List.of(heard("to loopback", secret, frame));
        assertThat(believed(attacks)).isEmpty();
        // With this the kernel would let it in.
        host.run("busybox sysctl -qw net.ipv4.conf.vmbr0.route_localnet=1");
        assertThat(believed(attacks)).containsExactly("to loopback");
    }
}
