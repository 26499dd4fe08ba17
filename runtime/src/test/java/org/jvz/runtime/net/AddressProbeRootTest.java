package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.testing.NetHost;
import org.jvz.testing.PrivateHost;

/** What a host asks and tells its LAN: {@code lan0} of the test's own namespace, with {@code eth0} of {@code neighbour} on the other end. */
@PrivateHost
@Tag("long")
final class AddressProbeRootTest {
    private static final long WAIT = 300;
    private static final String OWNER = "02:00:00:00:00:02";

    private final Linux linux = new JffiLinux();

    @TempDir
    private Path prefix;

    private HostPaths paths;
    private NetHost host;
    private NetHost neighbour;
    private Process resident;

    @BeforeEach
    void makeTheLan() throws Exception {
        paths = HostPaths.under(prefix);
        host = NetHost.here();
        neighbour = NetHost.create();
        resident = neighbour.resident();
        host.run("ip link add lan0 type veth peer name eth0 address " + OWNER + " netns " + resident.pid());
        host.run("ip link set lan0 addrgenmode none");
        host.run("ip link set lan0 up");
        neighbour.run("ip link set eth0 up");
        host.run("ip addr add fe80::1/64 dev lan0 nodad");
        host.run("ip addr add 192.0.2.1/24 dev lan0");
        host.run("ip addr add 10.9.0.1/16 dev lan0");
        host.run("ip addr add 2001:db8:2::1/64 dev lan0 nodad");
        neighbour.run("ip addr add 192.0.2.2/24 dev eth0");
        neighbour.run("ip addr add 2001:db8:2::2/64 dev eth0 nodad");
        // The carrier is there a moment after the devices are up.
        host.run("busybox ping -c 1 -W 2 192.0.2.2");
        host.run("busybox ping -c 3 -W 1 2001:db8:2::2");
    }

    @AfterEach
    void close() throws Exception {
        resident.destroyForcibly();
        resident.waitFor();
        neighbour.close();
        host.close();
    }

    private List<String> probe(StepObserver observer, ConfFile vzConf, String... texts) throws IOException {
        List<VeAddress> addresses = Stream.of(texts).map(VeAddress::parse).toList();
        try (Transaction transaction =
                        Transaction.begin(prefix.resolve("journal"), new NetUndo(linux, paths), observer);
                AddressProbe probe = AddressProbe.begin(linux, VzConf.of(paths, vzConf), transaction, addresses)) {
            List<String> warnings = probe.finish(WAIT);
            transaction.commit();
            return warnings;
        }
    }

    private List<String> probe(String... texts) throws IOException {
        return probe(StepObserver.NONE, strict(), texts);
    }

    private ConfFile vzConf() {
        return ConfFile.empty(paths.vzConf());
    }

    /** With which another owner is an error. */
    private ConfFile strict() {
        return vzConf().with("ERROR_ON_ARPFAIL", "yes");
    }

    private String known(String address) throws Exception {
        return host.run("ip neigh show " + address + " dev lan0");
    }

    private void assertInUse(String address) throws Exception {
        assertThatExceptionOfType(IpInUseException.class)
                .isThrownBy(() -> probe(address))
                .withMessage("IP address " + address + " is used by " + OWNER + " on lan0");
        assertThat(known(address)).isEmpty();
    }

    @Test
    void anotherOwnerIsFound() throws Exception {
        assertInUse("192.0.2.2");
        assertInUse("2001:db8:2::2");
    }

    @Test
    @Tag("vm")
    void anAddressThatAnotherHostAnswersForHasAnOwner() throws Exception {
        neighbour.run("ip link add ve type veth peer name inside");
        neighbour.run("ip link set inside up");
        neighbour.run("ip link set ve up");
        neighbour.run("ip route add 192.0.2.10 dev ve");
        neighbour.run("ip -6 route add 2001:db8:2::10 dev ve");
        for (String setting : List.of(
                "ipv4.ip_forward=1",
                "ipv6.conf.all.forwarding=1",
                "ipv6.conf.eth0.proxy_ndp=1",
                "ipv4.neigh.eth0.proxy_delay=0",
                "ipv6.neigh.eth0.proxy_delay=0")) {
            neighbour.run("busybox sysctl -qw net." + setting);
        }
        neighbour.run("ip neigh add proxy 192.0.2.10 dev eth0");
        neighbour.run("ip neigh add proxy 2001:db8:2::10 dev eth0");
        assertInUse("192.0.2.10");
        assertInUse("2001:db8:2::10");
    }

    @Test
    void freeAddressesAreFreeAndNothingIsLeftOfTheQuestions() throws Exception {
        assertThat(probe("192.0.2.10", "198.51.100.1", "2001:db8:2::10")).isEmpty();
        assertThat(known("192.0.2.10") + known("2001:db8:2::10") + known("198.51.100.1"))
                .isEmpty();
    }

    @Test
    void whatWasKnownBeforeDoesNotCount() throws Exception {
        neighbour.run("ip addr del 192.0.2.2/24 dev eth0");
        assertThat(known("192.0.2.2")).contains(OWNER);
        assertThat(probe("192.0.2.2")).isEmpty();
    }

    @Test
    void whatTheAdministratorToldTheKernelCountsAndStays() throws Exception {
        host.run("ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev lan0");
        assertThatExceptionOfType(IpInUseException.class)
                .isThrownBy(() -> probe("192.0.2.77"))
                .withMessage("IP address 192.0.2.77 is used by 02:00:00:00:00:77 on lan0");
        assertThat(known("192.0.2.77")).contains("PERMANENT");
    }

    @Test
    void vzConfDecidesWhetherItIsAskedAndWhatFollows() throws Exception {
        for (ConfFile lenient : List.of(vzConf(), vzConf().with("ERROR_ON_ARPFAIL", "no"))) {
            assertThat(probe(StepObserver.NONE, lenient, "192.0.2.2", "192.0.2.10", "2001:db8:2::2"))
                    .containsExactlyInAnyOrder(
                            "IP address 192.0.2.2 is used by " + OWNER + " on lan0",
                            "IP address 2001:db8:2::2 is used by " + OWNER + " on lan0");
            assertThat(known("192.0.2.2")).isEmpty();
        }
        List<String> steps = new ArrayList<>();
        StepObserver all = (name, object) -> steps.add(name);
        assertThat(probe(all, vzConf().with("SKIP_ARPDETECT", "yes"), "192.0.2.2"))
                .isEmpty();
        assertThat(steps).isEmpty();
    }

    @Test
    void theLastOfManyIsFound() throws Exception {
        String[] many = new String[600];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.9.1." + i % 250;
            if (i >= 250) {
                many[i] = "10.9." + (i / 250 + 1) + "." + i % 250;
            }
        }
        assertThat(probe(many)).isEmpty();
        neighbour.run("ip addr add " + many[599] + "/16 dev eth0");
        assertThatExceptionOfType(IpInUseException.class)
                .isThrownBy(() -> probe(many))
                .withMessageContaining(many[599]);
        assertThat(host.run("ip neigh show dev lan0")).doesNotContain("10.9.");
    }

    @Test
    @Tag("vm")
    void failureAtAnyStepForgetsTheQuestions() throws Exception {
        List<String> steps = new ArrayList<>();
        String[] addresses = {"192.0.2.10", "192.0.2.11", "2001:db8:2::10"};
        probe((name, object) -> steps.add(name + " " + object), vzConf(), addresses);
        assertThat(steps).startsWith("ask for owner 192.0.2.10 on lan0").hasSize(6);
        for (int failing = 0; failing < steps.size(); failing++) {
            String step = steps.get(failing);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> probe(
                            (name, object) -> {
                                if (step.equals(name + " " + object)) {
                                    throw new IOException("injected");
                                }
                            },
                            vzConf(),
                            addresses))
                    .withMessage(step);
            assertThat(host.run("ip neigh show dev lan0")).as(step).doesNotContain("192.0.2.1", "2001:db8:2::10");
        }
    }

    @Test
    void neighboursThatKnewTheAddressElsewhereAreTold() throws Exception {
        for (String address : List.of("192.0.2.10", "2001:db8:2::10")) {
            neighbour.run("ip neigh add " + address + " lladdr 02:00:00:00:00:99 dev eth0 nud stale");
        }
        List<String> failures = announce("192.0.2.10", "2001:db8:2::10", "198.51.100.9");
        assertThat(failures).isEmpty();
        String mac = host.run("ip -o link show lan0").replaceAll("(?s).*link/ether (\\S+) .*", "$1");
        for (String address : List.of("192.0.2.10", "2001:db8:2::10")) {
            String entry = "";
            for (int i = 0; i < 100 && !entry.contains(mac); i++) {
                Thread.sleep(20);
                entry = neighbour.run("ip neigh show " + address + " dev eth0");
            }
            assertThat(entry).contains(mac);
        }
    }

    @Test
    void whatCannotBeToldIsAWarning() throws Exception {
        host.run("ip addr del fe80::1/64 dev lan0");
        assertThat(announce("2001:db8:2::10"))
                .containsExactly("2001:db8:2::10 is not announced on lan0: it has no IPv6 address to send from");
    }

    private List<String> announce(String... texts) throws IOException {
        List<VeAddress> addresses = Stream.of(texts).map(VeAddress::parse).toList();
        try (Transaction transaction =
                Transaction.begin(prefix.resolve("journal"), new NetUndo(linux, paths), StepObserver.NONE)) {
            return Announcement.send(linux, VzConf.of(paths, vzConf()), transaction, addresses);
        }
    }
}
