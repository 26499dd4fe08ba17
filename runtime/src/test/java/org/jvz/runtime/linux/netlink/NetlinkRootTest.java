package org.jvz.runtime.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jvz.runtime.linux.netlink.Ips.ip;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/** The codec against the kernel, with ip(8) as the witness. */
@PrivateHost
final class NetlinkRootTest {
    private static final Mac MAC = new Mac(0x021851000001L);

    private final Linux linux = new JffiLinux();
    private NetHost host;
    private NetHost other;
    private NetlinkSocket socket;
    private Links links;

    @BeforeEach
    void open() throws Exception {
        host = NetHost.here();
        other = NetHost.create();
        socket = NetlinkSocket.open(linux);
        links = new Links(socket);
    }

    @AfterEach
    void close() {
        socket.close();
        other.close();
        host.close();
    }

    private Link vethIntoOther() throws IOException {
        links.createVeth(
                new Links.VethEnd("v101", MAC, false), new Links.VethEnd("venet0", MAC, false), other.namespace());
        return links.get("v101");
    }

    @Test
    void aVethPairIsBornInTwoNamespaces() throws Exception {
        Link here = vethIntoOther();
        assertThat(here.kind()).isEqualTo("veth");
        assertThat(here.mac()).isEqualTo(MAC);
        assertThat(here.isUp()).isFalse();
        assertThat(here.asksForNeighbours()).isFalse();
        assertThat(host.run("ip -d link show v101")).contains("NOARP", "02:18:51:00:00:01", "veth");
        assertThat(other.run("ip -o link show venet0")).contains("NOARP", "02:18:51:00:00:01");
        assertThat(host.run("ip -o link")).doesNotContain("venet0");
        try (NetlinkSocket inside = NetlinkSocket.openIn(linux, other.namespace())) {
            assertThat(new Links(inside).list()).extracting(Link::name).containsExactlyInAnyOrder("lo", "venet0");
        }
        // The thread that asked is where it was.
        assertThat(links.find("venet0")).isNull();
        assertThat(links.delete("v101")).isTrue();
        assertThat(links.delete("v101")).isFalse();
        assertThat(other.run("ip -o link")).doesNotContain("venet0");
    }

    @Test
    void linksAreChanged() throws Exception {
        Link here = vethIntoOther();
        links.change(here.index(), "v101", new LinkChange().noLinkLocal().promoteSecondaries());
        links.change(here.index(), "v101", new LinkChange().name("w7").mtu(1400).mac(new Mac(0x021851000002L)));
        links.change(here.index(), "w7", new LinkChange().up().arp(true));
        assertThat(host.run("ip -d link show w7"))
                .contains("mtu 1400", "02:18:51:00:00:02", ",UP", "addrgenmode none")
                .doesNotContain("NOARP");
        assertThat(host.run("ip addr show w7")).doesNotContain("inet6");
        assertThat(host.run("cat /proc/thread-self/net/dev")).contains("w7");
        links.change(here.index(), "w7", new LinkChange().down());
        assertThat(links.get("w7").isUp()).isFalse();
        links.change(here.index(), "w7", new LinkChange().namespace(other.namespace()));
        assertThat(other.run("ip -o link show w7")).contains("mtu 1400");
        assertThat(links.find("w7")).isNull();
    }

    @Test
    void bridgesTakePorts() throws Exception {
        Link here = vethIntoOther();
        links.createBridge("br7");
        Link bridge = links.get("br7");
        assertThat(bridge.kind()).isEqualTo("bridge");
        links.change(here.index(), "v101", new LinkChange().master(bridge.index()));
        assertThat(links.get(here.index()).master()).isEqualTo(bridge.index());
        assertThat(host.run("ip link show v101")).contains("master br7");
        links.change(here.index(), "v101", new LinkChange().master(0));
        assertThat(host.run("ip link show v101")).doesNotContain("master");
    }

    @Test
    void vlansLieOnALink() throws Exception {
        Link here = vethIntoOther();
        if (known(() -> links.createVlan("v101.5", here.index(), 5))) {
            assertThat(host.run("ip -d link show v101.5")).contains("vlan protocol 802.1Q id 5");
            assertThat(links.get("v101.5").below()).isEqualTo(here.index());
        }
    }

    @Test
    void dummiesStandAlone() throws Exception {
        if (known(() -> links.createDummy("dummy7"))) {
            assertThat(host.run("ip -d link show dummy7")).contains("dummy");
        }
    }

    private interface Creation {
        void run() throws IOException;
    }

    /** False if this kernel was built without that kind of link, and says so. */
    private static boolean known(Creation creation) throws IOException {
        try {
            creation.run();
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.EOPNOTSUPP)) {
                assertThat(e).hasMessageContaining("Unknown device type");
                return false;
            }
            throw e;
        }
    }

    @Test
    void addresses() throws Exception {
        Link here = vethIntoOther();
        Addresses addresses = new Addresses(socket);
        NetAddress v4 = ip("10.0.0.2");
        NetAddress v6 = ip("2001:db8::2");
        addresses.add(here, ip("127.0.0.2"), 32, Scope.HOST, null);
        addresses.add(here, v4, 24, Scope.UNIVERSE, "v101:0");
        addresses.add(here, ip("10.0.0.3"), 24, Scope.UNIVERSE, "v101:1");
        addresses.add(here, v6, 128, Scope.UNIVERSE, null);
        assertThat(host.run("ip -o addr show v101"))
                .contains(
                        "inet 127.0.0.2/32 scope host v101",
                        "inet 10.0.0.2/24 scope global v101:0",
                        "inet 10.0.0.3/24 scope global secondary v101:1",
                        "inet6 2001:db8::2/128 scope global nodad");
        assertThat(addresses.list(here.index()))
                .contains(
                        new IfAddress(here.index(), v4, 24, 0, "v101:0", false),
                        new IfAddress(here.index(), ip("10.0.0.3"), 24, 0, "v101:1", true),
                        new IfAddress(here.index(), v6, 128, 0, "", false))
                .hasSize(4);
        links.change(links.get("lo").index(), "lo", new LinkChange().up());
        assertThat(addresses.list()).hasSize(6);
        assertThat(addresses.list(here.index())).hasSize(4);
        assertThat(addresses.delete(here.index(), v6, 128)).isTrue();
        assertThat(addresses.delete(here.index(), v6, 128)).isFalse();
        assertThat(addresses.delete(here.index(), v4, 24)).isTrue();
        assertThat(host.run("ip -o addr show v101")).doesNotContain("10.0.0.2", "2001");
    }

    @Test
    void routesAndProxies() throws Exception {
        Link here = vethIntoOther();
        other.run("ip link set venet0 up");
        links.change(here.index(), "v101", new LinkChange().up());
        Addresses addresses = new Addresses(socket);
        NetAddress own = ip("192.0.2.1");
        addresses.add(here, own, 32, Scope.UNIVERSE, null);
        Routes routes = new Routes(socket);
        NetAddress v4 = ip("10.9.0.2");
        NetAddress v6 = ip("2001:db8::2");
        List<Route> all = List.of(
                Route.toHost(v4, here.index(), own, 118),
                Route.everything(NetAddress.AF_INET, here.index(), 118),
                new Route(NetAddress.AF_INET, ip("198.51.100.0"), 24, here.index(), v4, null, 1000, 118),
                Route.toHost(v6, here.index(), null, 118),
                Route.everything(NetAddress.AF_INET6, here.index(), 118));
        for (Route route : all) {
            routes.add(route, "v101");
        }
        assertThat(host.run("ip -4 route show table all proto 118"))
                .contains(
                        "10.9.0.2 dev v101 scope link src 192.0.2.1",
                        "default dev v101 scope link",
                        "198.51.100.0/24 via 10.9.0.2 dev v101 table 1000");
        assertThat(host.run("ip -6 route show proto 118")).contains("2001:db8::2 dev v101", "default dev v101");
        assertThat(routes.list(NetAddress.AF_INET, here.index(), 118))
                .containsExactlyInAnyOrder(all.get(0), all.get(1));
        assertThat(routes.list(NetAddress.AF_INET6, here.index(), 118))
                .containsExactlyInAnyOrder(all.get(3), all.get(4));
        for (Route route : all) {
            assertThat(routes.delete(route, "v101")).isTrue();
            assertThat(routes.delete(route, "v101")).isFalse();
        }
        assertThat(host.run("ip -4 route show table all proto 118")).isEmpty();

        Neighbours neighbours = new Neighbours(socket);
        for (NetAddress address : List.of(v4, v6)) {
            Proxy proxy = new Proxy(address, here.index(), 118);
            neighbours.addProxy(proxy, "v101");
            neighbours.addProxy(proxy, "v101");
            assertThat(host.run("ip -" + (address.isV6() ? 6 : 4) + " neigh show proxy"))
                    .contains(address + " dev v101 proxy", "proto 118");
            assertThat(neighbours.proxies(address.family())).containsExactly(proxy);
            assertThat(neighbours.deleteProxy(proxy, "v101")).isTrue();
            assertThat(neighbours.deleteProxy(proxy, "v101")).isFalse();
        }
        neighbours.setPermanent(v4, here, MAC);
        assertThat(host.run("ip neigh show dev v101")).contains("10.9.0.2 lladdr 02:18:51:00:00:01 PERMANENT");
        assertThat(neighbours.list(NetAddress.AF_INET)).contains(new Neighbours.Neighbour(v4, here.index(), MAC, true));
        assertThat(neighbours.delete(v4, here)).isTrue();
        assertThat(neighbours.delete(v4, here)).isFalse();
    }

    @Test
    void rules() throws Exception {
        Rules rules = new Rules(socket);
        List<Rule> all = List.of(
                new Rule(NetAddress.AF_INET, ip("10.9.0.2"), 32, ip("198.51.100.0"), 24, "lo", 1000, 118),
                new Rule(NetAddress.AF_INET6, ip("2001:db8::"), 64, null, 0, "", 1001, 300));
        for (Rule rule : all) {
            rules.add(rule);
            assertThatExceptionOfType(NetlinkException.class)
                    .isThrownBy(() -> rules.add(rule))
                    .withMessageContaining("add rule " + rule);
        }
        assertThat(host.run("ip -4 rule")).contains("1000:\tfrom 10.9.0.2 to 198.51.100.0/24 iif lo lookup 118");
        assertThat(host.run("ip -6 rule")).contains("1001:\tfrom 2001:db8::/64 lookup 300");
        // The kernel's own: local, main and default.
        assertThat(rules.list(NetAddress.AF_INET))
                .contains(all.get(0))
                .extracting(Rule::table)
                .containsExactly(255, 118, 254, 253);
        assertThat(rules.list(NetAddress.AF_INET6)).contains(all.get(1));
        for (Rule rule : all) {
            assertThat(rules.delete(rule)).isTrue();
            assertThat(rules.delete(rule)).isFalse();
        }
    }

    @Test
    void classesShareTheRateOfAQdisc() throws Exception {
        Link here = vethIntoOther();
        Qdiscs qdiscs = new Qdiscs(socket);
        HtbClasses classes = new HtbClasses(socket);
        HtbClass top = new HtbClass(0x10001, Qdisc.ROOT, 1_250_000, 5_000_000_000L, 0);
        HtbClass slow = new HtbClass(0x10010, 0x10001, 125_000, 250_000, 3);
        assertThat(classes.list(here)).isEmpty();
        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> classes.add(here, top))
                .withMessageStartingWith("add class " + top + " of v101: ENOENT");
        qdiscs.addHtb(here, 0x10000, 0x10);
        Qdisc htb = new Qdisc(here.index(), "htb", 0x10000, Qdisc.ROOT);
        assertThat(qdiscs.list(here)).containsExactly(htb);
        assertThat(qdiscs.list(links.get("lo"))).doesNotContain(htb);
        assertThat(host.run("tc qdisc show dev v101")).contains("htb 1: root", "default 0x10");

        classes.add(here, top);
        classes.add(here, slow);
        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> classes.add(here, slow))
                .withMessageStartingWith("add class " + slow + " of v101: EEXIST");
        assertThat(classes.list(here)).containsExactlyInAnyOrder(top, slow);
        assertThat(host.run("tc class show dev v101"))
                .contains(
                        "class htb 1:1 root rate 10Mbit ceil 40Gbit",
                        "class htb 1:10 parent 1:1 prio 3 rate 1Mbit ceil 2Mbit burst 16Kb cburst 16Kb");
        HtbClass fast = new HtbClass(slow.handle(), slow.parent(), 1_250_000, 125_000_000, 3);
        classes.set(here, fast);
        assertThat(classes.list(here)).containsExactlyInAnyOrder(top, fast);
        assertThat(host.run("tc class show dev v101")).contains("rate 10Mbit ceil 1Gbit burst 16Kb cburst 1250000b");

        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> classes.delete(here, top.handle()))
                .withMessageStartingWith("delete class 1:1 of v101: EBUSY");
        for (HtbClass each : List.of(slow, top)) {
            assertThat(classes.delete(here, each.handle())).isTrue();
            assertThat(classes.delete(here, each.handle())).isFalse();
        }
        assertThat(classes.list(here)).isEmpty();
        assertThat(qdiscs.delete(here, htb)).isTrue();
        assertThat(qdiscs.delete(here, htb)).isFalse();
        assertThat(host.run("tc qdisc show dev v101")).doesNotContain("htb");
    }

    @Test
    void errorsNameTheRequestAndCarryTheKernelsWords() throws Exception {
        Link here = vethIntoOther();
        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> new Routes(socket).add(Route.toHost(ip("10.9.0.2"), here.index(), null, 118), "v101"))
                .withMessage("add route 10.9.0.2/32 dev v101: ENETDOWN (Network is down): Device for nexthop is not up")
                .matches(e -> e.is(new Errno(100)));
        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> links.createBridge("v101"))
                .withMessageStartingWith("create bridge v101: EEXIST (File exists)");
        assertThatExceptionOfType(NetlinkException.class)
                .isThrownBy(() -> links.get("nothing"))
                .withMessageStartingWith("get nothing: ENODEV (No such device)");
        // A socket goes on after errors.
        assertThat(links.get("v101").index()).isEqualTo(here.index());
    }

    @Test
    void aDumpMayTakeManyMessages() throws Exception {
        Link here = vethIntoOther();
        Addresses addresses = new Addresses(socket);
        for (int i = 0; i < 1000; i++) {
            addresses.add(
                    here,
                    NetAddress.of(new byte[] {10, 1, (byte) (i / 250), (byte) (i % 250)}),
                    32,
                    Scope.UNIVERSE,
                    null);
        }
        assertThat(addresses.list(here.index())).hasSize(1000).doesNotHaveDuplicates();
        assertThat(host.run("ip -o addr show v101").lines()).hasSize(1000);
    }

    @Test
    void aProgramDropsWhatIsReceived() throws Exception {
        Link here = vethIntoOther();
        TrafficControl control = new TrafficControl(socket);
        control.prepare(here);
        control.prepare(here);
        byte[] drop = {6, 0, 0, 0, 2, 0, 0, 0};
        byte[] pass = {6, 0, 0, 0, 0, 0, 0, 0};
        control.filterReceived(here, pass);
        control.filterReceived(here, drop);
        assertThat(host.run("tc filter show dev v101 ingress").lines().filter(l -> l.contains("direct-action")))
                .hasSize(1)
                .allMatch(line -> line.contains("6 0 0 2"));
    }

    @Test
    void twoNamespacesAtOnce() throws Exception {
        Link here = vethIntoOther();
        try (NetlinkSocket inside = NetlinkSocket.openIn(linux, other.namespace())) {
            links.change(here.index(), "v101", new LinkChange().up());
            assertThat(new Links(inside).get("venet0").isUp()).isFalse();
            assertThat(links.get("v101").isUp()).isTrue();
        }
    }
}
