package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/**
 * VEs' networks on a host with a LAN: the test's own namespace is the host, 192.0.2.1 and 2001:db8:2::1 on {@code lan0}; {@code neighbour}
 * is another machine on that LAN, 192.0.2.2 and 2001:db8:2::2.
 */
@PrivateHost
final class VenetRootTest {
    private static final CtId ID = new CtId(101);
    private static final CtId OTHER = new CtId(CtId.MAX);
    private static final List<VeAddress> BOTH = addresses("192.0.2.10", "2001:db8:2::10");

    private final Linux linux = new JffiLinux();
    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    private Path prefix;

    private HostPaths paths;
    private Venet venet;
    private NetHost host;
    private NetHost neighbour;
    private NetHost ve;
    private VeNamespace namespace;

    @BeforeEach
    void makeTheLan() throws Exception {
        paths = HostPaths.under(prefix);
        venet = new Venet(linux, conf(ConfFile.empty(paths.vzConf())));
        host = keep(NetHost.here());
        neighbour = keep(NetHost.create());
        host.run("ip link set lo up");
        host.run("ip link add lan0 type veth peer name eth0");
        host.run("ip link set eth0 netns " + pidIn(neighbour));
        // A link-local address at once, for neighbour discovery, not when the kernel made sure that it is the only one.
        host.run("ip link set lan0 addrgenmode none");
        host.run("ip link set lan0 up");
        host.run("ip addr add fe80::1/64 dev lan0 nodad");
        host.run("ip addr add 192.0.2.1/24 dev lan0");
        host.run("ip addr add 2001:db8:2::1/64 dev lan0 nodad");
        neighbour.run("ip link set eth0 up");
        neighbour.run("ip addr add 192.0.2.2/24 dev eth0");
        neighbour.run("ip addr add 2001:db8:2::2/64 dev eth0 nodad");
        ve = keep(NetHost.create());
        namespace = keep(VeNamespace.ofInit(linux, pidIn(ve)));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private VzConf conf(ConfFile file) {
        return VzConf.of(paths, file);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(0, resource);
        return resource;
    }

    private int pidIn(NetHost somewhere) throws Exception {
        Process resident = somewhere.resident();
        keep(() -> {
            resident.destroyForcibly();
            resident.waitFor();
        });
        return (int) resident.pid();
    }

    private static List<VeAddress> addresses(String... texts) {
        List<VeAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(VeAddress.parse(text));
        }
        return addresses;
    }

    private interface Change {
        List<String> run(Transaction transaction) throws IOException;
    }

    private List<String> change(StepObserver observer, Change change) throws IOException {
        try (Transaction transaction =
                Transaction.begin(prefix.resolve("journal"), new NetUndo(linux, paths), observer)) {
            List<String> result = change.run(transaction);
            transaction.commit();
            return result;
        }
    }

    private List<String> up(List<VeAddress> addresses) throws IOException {
        return change(StepObserver.NONE, transaction -> venet.up(transaction, ID, namespace, addresses));
    }

    private void down(CtId id) throws IOException {
        venet.down(new ForwardSteps(StepObserver.NONE), id);
    }

    /** Everything of the host that a VE's network may change. */
    private String hostState() throws Exception {
        StringBuilder state = new StringBuilder();
        for (String command : List.of(
                "ip -o link show",
                "ip -4 route show table all",
                "ip -6 route show table all",
                "ip -4 neigh show proxy",
                "ip -6 neigh show proxy")) {
            // The kernel tells of a carrier a moment after it is there.
            state.append(command)
                    .append('\n')
                    .append(host.run(command).replaceAll("NO-CARRIER,|state (UP|DOWN|LOWERLAYERDOWN)", ""));
        }
        for (String key : List.of(
                "ipv4/ip_forward",
                "ipv6/conf/all/forwarding",
                "ipv6/conf/lan0/proxy_ndp",
                "ipv4/neigh/lan0/proxy_delay",
                "ipv6/neigh/lan0/proxy_delay",
                "ipv6/conf/lan0/accept_ra",
                "ipv6/conf/lan0/forwarding",
                "ipv4/conf/lan0/forwarding")) {
            state.append(key).append(' ').append(sysctl(key)).append('\n');
        }
        return state.append(veips()).toString();
    }

    private static String sysctl(String key) throws IOException {
        return Files.readString(Path.of("/proc/sys/net", key)).strip();
    }

    private List<String> veips() throws IOException {
        List<String> files = new ArrayList<>();
        if (Files.exists(paths.veipDir())) {
            try (var all = Files.list(paths.veipDir())) {
                all.forEach(file -> files.add(file.getFileName().toString()));
            }
        }
        files.sort(null);
        return files;
    }

    @Test
    void theGuestSeesWhatTheContractSays() throws Exception {
        up(addresses("192.0.2.10", "198.51.100.7/24", "198.51.100.8/24", "2001:db8:2::10"));
        assertThat(ve.run("ip -o addr show dev venet0"))
                .contains(
                        "inet 127.0.0.2/32 scope host venet0",
                        "inet 192.0.2.10/32 scope global venet0:0",
                        "inet 198.51.100.7/24 scope global venet0:1",
                        "inet 198.51.100.8/24 scope global secondary venet0:2",
                        "inet6 2001:db8:2::10/128 scope global")
                .doesNotContain("fe80");
        assertThat(ve.run("ip route")).contains("default dev venet0 scope link");
        assertThat(ve.run("ip -6 route")).contains("default dev venet0");
        assertThat(ve.run("ip -o link")).contains("venet0", "NOARP", "lo: <LOOPBACK,UP");
        assertThat(host.run("ip route show proto 118")).contains("192.0.2.10 dev venet101 scope link");
        assertThat(Files.readString(paths.veipDir().resolve("2001:db8:2::10"))).isEqualTo("101\n");
    }

    // IPv4 works from the first packet on; a worker of the kernel puts a new IPv6 address to use, and ping has three
    // tries for it.
    @Test
    @Tag("vm")
    @Tag("long")
    void everyAllowedPathWorks() throws Exception {
        String delay = sysctl("ipv4/neigh/lan0/proxy_delay");
        List<String> changed = up(BOTH);
        assertThat(changed)
                .contains(
                        "net.ipv4.ip_forward = 1 (was 0)",
                        "net.ipv6.conf.all.forwarding = 1 (was 0)",
                        "net.ipv4.neigh.lan0.proxy_delay = 0 (was " + delay + ")",
                        "net.ipv6.conf.lan0.proxy_ndp = 1 (was 0)",
                        "net.ipv6.neigh.lan0.proxy_delay = 0 (was " + delay + ")");
        host.run("busybox ping -c 1 -W 2 192.0.2.10");
        host.run("busybox ping -c 3 -W 1 2001:db8:2::10");
        ve.run("busybox ping -c 1 -W 2 192.0.2.1");
        // The neighbour asks its LAN for the addresses; the host answers.
        neighbour.run("busybox ping -c 1 -W 3 192.0.2.10");
        neighbour.run("busybox ping -c 3 -W 1 2001:db8:2::10");
        ve.run("busybox ping -c 1 -W 2 192.0.2.2");
        ve.run("busybox ping -c 3 -W 1 2001:db8:2::2");
        for (String address : List.of("192.0.2.10", "2001:db8:2::10")) {
            try (ServerSocket server = ve.inside(() -> listen(address))) {
                talk(host, server, address);
                talk(neighbour, server, address);
            }
        }
    }

    private static ServerSocket listen(String address) throws IOException {
        return new ServerSocket(7, 5, InetAddress.getByName(address));
    }

    private static void talk(NetHost from, ServerSocket server, String address) throws Exception {
        try (Socket client = from.inside(() -> {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(InetAddress.getByName(address), 7), 5000);
                    return socket;
                });
                Socket accepted = server.accept()) {
            client.getOutputStream().write(42);
            assertThat(accepted.getInputStream().read()).isEqualTo(42);
        }
    }

    @Test
    void twoVesReachEachOther() throws Exception {
        up(BOTH);
        NetHost second = secondVe(addresses("192.0.2.11", "2001:db8:2::11"));
        second.run("busybox ping -c 1 -W 2 192.0.2.10");
        ve.run("busybox ping -c 3 -W 1 2001:db8:2::11");
        assertThat(host.run("ip -o link")).contains("venet2147483644@");
    }

    private NetHost secondVe(List<VeAddress> its) throws Exception {
        NetHost second = keep(NetHost.create());
        VeNamespace inside = keep(VeNamespace.ofInit(linux, pidIn(second)));
        change(StepObserver.NONE, transaction -> venet.up(transaction, OTHER, inside, its));
        return second;
    }

    @Test
    @Tag("vm")
    @Tag("long")
    void aForeignSourceIsDropped() throws Exception {
        up(BOTH);
        ve.run("ip addr add 192.0.2.99/32 dev venet0");
        ve.run("ip addr add 2001:db8:2::99/128 dev venet0 nodad");
        assertThat(firstHeard("192.0.2.2", "192.0.2.99", "192.0.2.10")).isEqualTo("192.0.2.10");
        assertThat(firstHeard("2001:db8:2::2", "2001:db8:2::99", "2001:db8:2::10"))
                .isEqualTo("2001:db8:2:0:0:0:0:10");
        // To the host itself, too.
        assertThat(firstHeard(null, "192.0.2.99", "192.0.2.10")).isEqualTo("192.0.2.10");
        // It is the filter that drops them.
        host.run("tc qdisc del dev venet101 clsact");
        assertThat(firstHeard("192.0.2.2", "192.0.2.99", "192.0.2.10")).isEqualTo("192.0.2.99");
    }

    /** Sends one datagram from the first source, then one from the second; returns the source of the one that arrives first. */
    private String firstHeard(@Nullable String neighbourAddress, String first, String second) throws Exception {
        String to = neighbourAddress == null ? "192.0.2.1" : neighbourAddress;
        NetHost listener = neighbourAddress == null ? host : neighbour;
        try (DatagramSocket receiver =
                listener.inside(() -> new DatagramSocket(new InetSocketAddress(InetAddress.getByName(to), 9)))) {
            receiver.setSoTimeout(5000);
            for (String source : List.of(first, second)) {
                ve.inside(() -> {
                    try (DatagramSocket sender =
                            new DatagramSocket(new InetSocketAddress(InetAddress.getByName(source), 9))) {
                        byte[] text = source.getBytes(StandardCharsets.US_ASCII);
                        sender.send(new DatagramPacket(text, text.length, InetAddress.getByName(to), 9));
                    }
                    return source;
                });
            }
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            receiver.receive(packet);
            return packet.getAddress().getHostAddress();
        }
    }

    @Test
    void forgedArpHasNoReader() throws Exception {
        up(BOTH);
        ve.run("ip link set venet0 arp on");
        ve.run("ip addr add 192.0.2.2/32 dev venet0");
        // As the neighbour it asks the host, which would learn from the question.
        String forge = "busybox arping -c 1 -w 1 -I venet0 -s 192.0.2.2 192.0.2.1";
        assertThat(ve.attempt(forge).output()).contains("Received 0 re");
        assertThat(host.run("ip neigh show dev venet101")).doesNotContain("192.0.2.2 ");
        // Neither device nor filter lets it through: without both it is answered.
        host.run("ip link set venet101 arp on");
        assertThat(ve.attempt(forge).output()).contains("Received 0 re");
        host.run("tc qdisc del dev venet101 clsact");
        assertThat(ve.attempt(forge).output()).contains("Received 1 re");
        assertThat(host.run("ip neigh show dev venet101")).contains("192.0.2.2 ");
    }

    @Test
    void failureAtAnyStepLeavesTheHostAsItWas() throws Exception {
        List<String> steps = new ArrayList<>();
        String before = hostState();
        change(
                (name, object) -> steps.add(name + " " + object),
                transaction -> venet.up(transaction, ID, namespace, BOTH));
        assertThat(steps).hasSizeGreaterThan(10);
        down(ID);
        assertThat(hostState()).isEqualTo(before);
        for (int i = 0; i < steps.size(); i++) {
            List<String> seen = new ArrayList<>();
            int failing = i;
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> change(
                            (name, object) -> {
                                if (seen.size() == failing) {
                                    throw new IOException("injected");
                                }
                                seen.add(name);
                            },
                            transaction -> venet.up(transaction, ID, namespace, BOTH)))
                    .withMessage(steps.get(failing));
            assertThat(hostState()).as(steps.get(failing)).isEqualTo(before);
            assertThat(ve.run("ip -o link")).as(steps.get(failing)).doesNotContain("venet0");
        }
    }

    @Test
    void failureOfALiveChangeLeavesTheVeAsItWas() throws Exception {
        up(addresses("192.0.2.10"));
        String before = hostState() + ve.run("ip -o addr") + ve.run("ip route") + filter();
        List<VeAddress> more = addresses("192.0.2.20", "198.51.100.20");
        List<String> steps = new ArrayList<>();
        change(
                (name, object) -> steps.add(name + " " + object),
                transaction -> venet.add(transaction, ID, namespace, more));
        venet.remove(new ForwardSteps(StepObserver.NONE), ID, namespace, more);
        assertThat(hostState() + ve.run("ip -o addr") + ve.run("ip route") + filter())
                .isEqualTo(before);
        for (int i = 0; i < steps.size(); i++) {
            List<String> seen = new ArrayList<>();
            int failing = i;
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> change(
                            (name, object) -> {
                                if (seen.size() == failing) {
                                    throw new IOException("injected");
                                }
                                seen.add(name);
                            },
                            transaction -> venet.add(transaction, ID, namespace, more)))
                    .withMessage(steps.get(failing));
            assertThat(hostState() + ve.run("ip -o addr") + ve.run("ip route") + filter())
                    .as(steps.get(failing))
                    .isEqualTo(before);
        }
    }

    /** The program that filters, without the number the kernel gives it. */
    private String filter() throws Exception {
        return host.run("tc filter show dev venet101 ingress").replaceAll("id \\d+|tag \\w+|jited", "");
    }

    @Test
    void whatAKilledCommandLeftIsUndoneFromItsJournal() throws Exception {
        String before = hostState();
        Path journal = prefix.resolve("journal");
        Transaction abandoned = Transaction.begin(journal, step -> {}, StepObserver.NONE);
        venet.up(abandoned, ID, namespace, BOTH);
        assertThat(hostState()).isNotEqualTo(before);
        NetUndo undo = new NetUndo(linux, paths);
        assertThat(Transaction.recover(journal, step -> {
                    assertThat(NetUndo.knows(step.kind())).isTrue();
                    // Everything may be asked for twice.
                    undo.undo(step);
                    undo.undo(step);
                }))
                .isTrue();
        assertThat(hostState()).isEqualTo(before);
    }

    @Test
    @Tag("vm")
    @Tag("long")
    void settingsArePutBackWithTheLastVe() throws Exception {
        host.run("ip link add up1 type veth peer name up2");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf/up1/forwarding"), "1");
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/up2/accept_ra"), "0");
        String delay = sysctl("ipv4/neigh/lan0/proxy_delay");
        up(BOTH);
        assertThat(sysctl("ipv6/conf/lan0/accept_ra")).isEqualTo("2");
        assertThat(sysctl("ipv6/conf/up2/accept_ra")).isEqualTo("0");
        secondVe(addresses("192.0.2.11"));
        down(ID);
        assertThat(sysctl("ipv4/ip_forward")).isEqualTo("1");
        down(OTHER);
        assertThat(sysctl("ipv4/ip_forward")).isEqualTo("0");
        assertThat(sysctl("ipv6/conf/all/forwarding")).isEqualTo("0");
        assertThat(sysctl("ipv6/conf/lan0/proxy_ndp")).isEqualTo("0");
        assertThat(sysctl("ipv4/neigh/lan0/proxy_delay")).isNotEqualTo("0").isEqualTo(delay);
        assertThat(sysctl("ipv6/conf/lan0/accept_ra")).isEqualTo("1");
        assertThat(sysctl("ipv4/conf/up1/forwarding")).isEqualTo("1");
        assertThat(sysctl("ipv4/conf/lan0/forwarding")).isEqualTo("0");
        down(OTHER);
    }

    @Test
    void aSettingThatTheAdministratorMadeStays() throws Exception {
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        Files.writeString(Path.of("/proc/sys/net/ipv4/neigh/lan0/proxy_delay"), "0");
        assertThat(up(addresses("192.0.2.10"))).isEmpty();
        down(ID);
        assertThat(sysctl("ipv4/ip_forward")).isEqualTo("1");
    }

    @Test
    void anAddressHasOneOwner() throws Exception {
        up(addresses("192.0.2.10"));
        String before = hostState();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> secondVe(addresses("192.0.2.11", "192.0.2.10")))
                .havingCause()
                .isInstanceOf(IpInUseException.class)
                .withMessage("IP address 192.0.2.10 is used by container 101");
        assertThat(hostState()).isEqualTo(before);
        assertThatExceptionOfType(IpInUseException.class)
                .isThrownBy(() -> secondVe(addresses("192.0.2.1")))
                .withMessage("IP address 192.0.2.1 is used by the host on lan0");
        // A VE may be given what it has; nobody can take it by asking for its removal elsewhere.
        change(StepObserver.NONE, transaction -> venet.add(transaction, ID, namespace, addresses("192.0.2.10")));
        down(ID);
        Files.writeString(paths.veipDir().resolve("192.0.2.10"), "101\n");
        secondVe(addresses("192.0.2.10")).run("busybox ping -c 1 -W 2 192.0.2.1");
        assertThat(Files.readString(paths.veipDir().resolve("192.0.2.10"))).isEqualTo("2147483644\n");
        venet.remove(new ForwardSteps(StepObserver.NONE), ID, namespace, addresses("192.0.2.10"));
        assertThat(veips()).containsExactly("192.0.2.10");
    }

    @Test
    void addressesComeAndGoOnARunningVe() throws Exception {
        up(addresses("192.0.2.10/24", "192.0.2.12/24"));
        try (ServerSocket server = ve.inside(() -> listen("192.0.2.12"));
                Socket client = neighbour.inside(() -> new Socket("192.0.2.12", 7));
                Socket accepted = server.accept()) {
            change(
                    StepObserver.NONE,
                    transaction -> venet.add(transaction, ID, namespace, addresses("192.0.2.13", "2001:db8:2::10")));
            host.run("busybox ping -c 1 -W 2 192.0.2.13");
            neighbour.run("busybox ping -c 3 -W 1 2001:db8:2::10");
            assertThat(ve.run("ip -o addr")).contains("192.0.2.13/32 scope global venet0:2");
            // The first of its subnet: the others must not go with it.
            venet.remove(new ForwardSteps(StepObserver.NONE), ID, namespace, addresses("192.0.2.10", "2001:db8:2::10"));
            client.getOutputStream().write(7);
            assertThat(accepted.getInputStream().read()).isEqualTo(7);
        }
        assertThat(veips()).containsExactly("192.0.2.12", "192.0.2.13");
        assertThat(ve.run("ip -o addr")).doesNotContain("192.0.2.10/", "2001:").contains("192.0.2.12/24");
        assertThat(ve.run("ip -6 route")).doesNotContain("default");
        assertThat(host.run("ip neigh show proxy"))
                .doesNotContain("192.0.2.10 ")
                .contains("192.0.2.13 ");
        change(StepObserver.NONE, transaction -> venet.add(transaction, ID, namespace, addresses("192.0.2.13/28")));
        assertThat(ve.run("ip -o addr")).contains("192.0.2.13/28").doesNotContain("192.0.2.13/32");
        ve.run("ip addr add 192.0.2.10/32 dev venet0");
        assertThat(firstHeard("192.0.2.2", "192.0.2.10", "192.0.2.12")).isEqualTo("192.0.2.12");
    }

    @Test
    void aVeWithoutADeviceGetsItWithItsFirstAddress() throws Exception {
        change(StepObserver.NONE, transaction -> venet.add(transaction, ID, namespace, addresses("192.0.2.10")));
        neighbour.run("busybox ping -c 1 -W 3 192.0.2.10");
    }

    @Test
    void fiveHundredAddresses() throws Exception {
        List<VeAddress> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(VeAddress.parse("10.9." + i / 250 + "." + (i % 250 + 1)));
        }
        up(many);
        host.run("busybox ping -c 1 -W 2 10.9.0.1");
        host.run("busybox ping -c 1 -W 2 10.9.1.250");
        assertThat(ve.run("ip -o addr show venet0")).contains("10.9.1.250/32 scope global venet0:499");
        assertThat(host.run("ip route show proto 118").lines()).hasSize(500);
        String before = host.run("ip -o link");
        venet.remove(new ForwardSteps(StepObserver.NONE), ID, namespace, many.subList(0, 499));
        assertThat(host.run("ip route show proto 118").lines()).hasSize(1);
        host.run("busybox ping -c 1 -W 2 10.9.1.250");
        assertThat(host.run("ip -o link")).isEqualTo(before);
        down(ID);
        assertThat(veips()).isEmpty();
    }

    @Test
    void aDeadVeIsForgotten() throws Exception {
        String before = hostState();
        up(BOTH);
        host.run("ip link del venet101"); // as when its namespace ends
        down(ID);
        assertThat(hostState()).isEqualTo(before);
        down(ID);
        // A device left over does not hinder the next start.
        up(BOTH);
        up(BOTH);
        neighbour.run("busybox ping -c 1 -W 3 192.0.2.10");
    }

    @Test
    void neighbourDevicesAndTheSourceCanBeNamed() throws Exception {
        host.run("ip addr add 203.0.113.1/32 dev lo");
        ConfFile file = ConfFile.empty(paths.vzConf())
                .with("NEIGHBOUR_DEVS", "list:lan0")
                .with("VE_ROUTE_SRC_DEV", "lo");
        venet = new Venet(linux, conf(file));
        up(addresses("198.51.100.7"));
        assertThat(host.run("ip neigh show proxy")).contains("198.51.100.7 dev lan0");
        assertThat(host.run("ip route get 198.51.100.7")).contains("src 203.0.113.1");
        down(ID);
        venet = new Venet(linux, conf(ConfFile.empty(paths.vzConf()).with("NEIGHBOUR_DEVS", "all")));
        up(addresses("198.51.100.7"));
        assertThat(host.run("ip neigh show proxy").strip())
                .startsWith("198.51.100.7 dev lan0")
                .hasLineCount(1);
        down(ID);
        venet = new Venet(linux, conf(ConfFile.empty(paths.vzConf()).with("NEIGHBOUR_DEVS", "some")));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> up(addresses("198.51.100.7")))
                .withMessageStartingWith("NEIGHBOUR_DEVS: 'some'");
        venet = new Venet(linux, conf(ConfFile.empty(paths.vzConf()).with("IPV6", "no")));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> up(BOTH))
                .withMessage("IP address 2001:db8:2::10 is refused: vz.conf has IPV6=no");
    }
}
