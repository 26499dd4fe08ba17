package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.testing.NetHost;

/**
 * Machines made of network namespaces. A router, 192.0.2.254 and 2001:db8:2::fe, has a LAN with the hosts a (.1, ::1) and b (.2, ::2), each
 * with three VEs (a: 101 to 103 at .11 to .13, b: 201 to 203 at .21 to .23, and IPv6 likewise), and behind a link with an MTU of 1,400 bytes a
 * client, 198.51.100.2 and 2001:db8:5::2.
 */
final class DataCentre {
    static final String CLIENT_V4 = "198.51.100.2";
    static final String CLIENT_V6 = "2001:db8:5::2";

    final Linux linux = new JffiLinux();
    final NetHost router;
    final NetHost client;
    final NetHost a;
    final NetHost b;
    final Map<Integer, NetHost> ves = new LinkedHashMap<>();
    private final Map<Integer, VeNamespace> namespaces = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    DataCentre(Path prefix) throws Exception {
        router = machine();
        client = machine();
        a = machine();
        b = machine();
        router.run("ip link add lan type bridge");
        router.run("ip link set lan addrgenmode none");
        router.run("ip link set lan up");
        link(client, "wan");
        router.run("ip link set wan mtu 1400");
        link(a, "port-a");
        link(b, "port-b");
        router.run("ip link set port-a master lan");
        router.run("ip link set port-b master lan");
        address(router, "lan", "192.0.2.254/24", "2001:db8:2::fe/64");
        address(router, "wan", "198.51.100.1/24", "2001:db8:5::1/64");
        router.run("busybox sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        address(client, "eth0", CLIENT_V4 + "/24", CLIENT_V6 + "/64");
        address(a, "eth0", "192.0.2.1/24", "2001:db8:2::1/64");
        address(b, "eth0", "192.0.2.2/24", "2001:db8:2::2/64");
        client.run("ip route add default via 198.51.100.1");
        client.run("ip route add default via 2001:db8:5::1");
        for (NetHost host : List.of(a, b)) {
            host.run("ip route add default via 192.0.2.254");
            host.run("ip route add default via 2001:db8:2::fe");
        }
        a.run("busybox ping -c 3 -W 1 " + CLIENT_V4);
        b.run("busybox ping -c 3 -W 1 " + CLIENT_V6);
        for (int i = 1; i <= 3; i++) {
            addVe(a, prefix.resolve("a"), 100 + i, "192.0.2.1" + i, "2001:db8:2::1" + i);
            addVe(b, prefix.resolve("b"), 200 + i, "192.0.2.2" + i, "2001:db8:2::2" + i);
        }
    }

    private NetHost machine() throws Exception {
        NetHost host = NetHost.create();
        open.add(0, host);
        host.run("ip link set lo up");
        return host;
    }

    /** A cable from the router's {@code port} to the machine's {@code eth0}. */
    private void link(NetHost machine, String port) throws Exception {
        router.run("ip link add " + port + " type veth peer name eth0 netns " + resident(machine));
        router.run("ip link set " + port + " addrgenmode none");
        router.run("ip link set " + port + " up");
        machine.run("ip link set eth0 addrgenmode none");
        machine.run("ip link set eth0 up");
    }

    private long resident(NetHost machine) throws Exception {
        Process process = machine.resident();
        open.add(0, () -> {
            process.destroyForcibly();
            process.waitFor();
        });
        return process.pid();
    }

    private static void address(NetHost machine, String device, String v4, String v6) throws Exception {
        machine.run("ip addr add " + v4 + " dev " + device);
        machine.run("ip addr add " + v6 + " dev " + device + " nodad");
        // For neighbour discovery, at once and not when the kernel has made sure that it is the only one.
        machine.run("ip addr add fe80::" + v6.replaceAll(".*::|/.*", "") + "/64 dev " + device + " nodad");
    }

    private void addVe(NetHost host, Path prefix, int id, String v4, String v6) throws Exception {
        NetHost ve = NetHost.create();
        open.add(0, ve);
        ves.put(id, ve);
        VeNamespace namespace = VeNamespace.ofInit(linux, (int) resident(ve));
        open.add(0, namespace);
        namespaces.put(id, namespace);
        up(linux, host, prefix, id, namespace, List.of(VeAddress.parse(v4), VeAddress.parse(v6)));
    }

    static void up(Linux linux, NetHost host, Path prefix, int id, VeNamespace namespace, List<VeAddress> addresses)
            throws Exception {
        HostPaths paths = HostPaths.under(prefix);
        VzConf conf = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        java.nio.file.Files.createDirectories(prefix);
        host.inside(() -> {
            try (Transaction transaction =
                    Transaction.begin(prefix.resolve("journal"), new NetUndo(linux, paths), StepObserver.NONE)) {
                new Venet(linux, conf).up(transaction, new CtId(id), namespace, addresses);
                transaction.commit();
                return id;
            }
        });
    }

    /** Gives a VE of host a more addresses. */
    void addAddresses(Path prefix, int id, String... addresses) throws Exception {
        HostPaths paths = HostPaths.under(prefix.resolve("a"));
        VzConf conf = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        List<VeAddress> all = new ArrayList<>();
        for (String each : addresses) {
            all.add(VeAddress.parse(each));
        }
        VeNamespace namespace = java.util.Objects.requireNonNull(namespaces.get(id));
        a.inside(() -> {
            try (Transaction transaction =
                    Transaction.begin(prefix.resolve("a/journal"), new NetUndo(linux, paths), StepObserver.NONE)) {
                new Venet(linux, conf).add(transaction, new CtId(id), namespace, all);
                transaction.commit();
                return id;
            }
        });
    }

    NetHost ve(int id) throws IOException {
        NetHost ve = ves.get(id);
        if (ve == null) {
            throw new IOException("no VE " + id);
        }
        return ve;
    }

    static String v4(int id) {
        return "192.0.2." + lastPart(id);
    }

    static String v6(int id) {
        return "2001:db8:2::" + lastPart(id);
    }

    private static String lastPart(int id) {
        return id / 100 + Integer.toString(id % 100);
    }

    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }
}
