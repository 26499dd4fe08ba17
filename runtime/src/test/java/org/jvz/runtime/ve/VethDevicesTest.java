package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;
import org.jvz.testing.VmTest;

/** veth devices and devices of the host in a real VE, on a host that is a network namespace with a bridge, 192.0.2.1 on vmbr0. */
class VethDevicesTest {
    private static final String MAC = "00:18:51:00:00:01";
    private static final String ETH0 =
            "ifname=eth0,bridge=vmbr0,mac=" + MAC + ",host_ifname=veth101.0,host_mac=00:18:51:00:00:02";
    private static final String ETH1 = "ifname=eth1,mac=00:18:51:00:00:03,host_mac=00:18:51:00:00:04";

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private NetHost net;

    @BeforeEach
    void makeHost() throws Exception {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        net = NetHost.here();
        net.run("ip link set lo up");
        net.addBridge("vmbr0", "192.0.2.1/24");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
    }

    @AfterEach
    void endVe() throws Exception {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        net.close();
    }

    /** Name, address, bridge and whether it is switched on of every device of the host. */
    private String devices() throws Exception {
        Set<String> devices = new TreeSet<>();
        for (String line : net.run("ip -o link").lines().toList()) {
            devices.add(line.replaceAll("^\\d+: ([^:@]+).*", "$1")
                    + line.replaceAll(".* link/\\w+ (\\S+).*", " $1")
                    + (line.contains(" master ") ? line.replaceAll(".* master (\\S+).*", " in $1") : "")
                    + (line.matches("[^<]*<[^>]*\\bUP\\b.*") ? " up" : " down"));
        }
        return String.join("\n", devices);
    }

    private boolean pings() throws IOException {
        return tiny.sh("/bin/busybox ping -c 1 -W 1 192.0.2.1").contains("1 packets received");
    }

    private void bringUp() throws IOException {
        tiny.sh("/bin/busybox ip addr add 192.0.2.10/24 dev eth0; /bin/busybox ip link set eth0 up");
    }

    @RootTest
    void aStartMakesTheDevicesAndAStopTakesThemAway() throws Exception {
        String before = devices();
        String bridgeMac = net.run("ip -o link show vmbr0").replaceAll("(?s).*link/ether (\\S+).*", "$1");
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ";" + ETH1);
        tiny.start(tiny.host());
        assertThat(tiny.events).contains("CONFIGURING_VETH veth101.0 veth101.1");
        assertThat(net.run("ip -o link show veth101.0")).contains("master vmbr0", "00:18:51:00:00:02", "UP");
        assertThat(net.run("ip -o link show veth101.1")).contains("UP").doesNotContain("master");
        assertThat(net.run("ip -o -6 addr show dev veth101.1")).isEmpty();
        assertThat(tiny.sh("/bin/busybox ip link show eth0")).contains(MAC).doesNotContain("UP");
        bringUp();
        assertThat(pings()).isTrue();
        // A lower address among its ports would have changed the bridge's.
        assertThat(net.run("ip -o link show vmbr0")).contains(bridgeMac);
        tiny.stop(tiny.host());
        assertThat(devices()).isEqualTo(before);
        tiny.start(tiny.host());
        assertThat(net.run("ip -o link show veth101.0")).contains("master vmbr0");
    }

    @RootTest
    void aRunningVeTakesChangesAtOnce() throws Exception {
        tiny.start(tiny.host());
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        bringUp();
        assertThat(pings()).isTrue();
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ";" + ETH1);
        assertThat(net.run("ip -o link show veth101.1")).contains("UP");
        // Out of the bridge, under other names and addresses, and back.
        String other = "ifname=eth0,mac=00:18:51:00:00:11,host_ifname=web.,host_mac=00:18:51:00:00:12";
        tiny.setKeys(tiny.host(), true, "NETIF", other);
        assertThat(net.run("ip -o link show web."))
                .contains("00:18:51:00:00:12", "UP")
                .doesNotContain("master");
        assertThat(tiny.sh("/bin/busybox ip link show eth0")).contains("00:18:51:00:00:11", "UP");
        assertThat(net.run("ip -o link")).doesNotContain("veth101");
        assertThat(tiny.events).contains("DELETING_VETH veth101.1");
        assertThat(pings()).isFalse();
        tiny.setKeys(tiny.host(), true, "NETIF", other + ",bridge=vmbr0");
        assertThat(pings()).isTrue();
        tiny.stop(tiny.host());
        assertThat(net.run("ip -o link")).doesNotContain("web.");
    }

    @RootTest
    void theFilterLetsOnlyTheOwnAddressPass() throws Exception {
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        tiny.start(tiny.host());
        bringUp();
        assertThat(pings()).isTrue();
        forge("00:18:51:00:00:99");
        assertThat(pings()).as("forged, filter on").isFalse();
        forge("00:19:51:00:00:01");
        assertThat(pings()).as("forged, an early byte differs").isFalse();
        forge("00:18:51:00:01:01");
        assertThat(pings()).as("forged, one byte differs").isFalse();
        tiny.setKeys(tiny.host(), false, "NETIF", ETH0 + ",mac_filter=off");
        forge("00:18:51:00:00:99");
        assertThat(pings()).as("forged, filter off").isTrue();
        tiny.setKeys(tiny.host(), false, "NETIF", ETH0 + ",mac_filter=on");
        forge("00:18:51:00:00:99");
        assertThat(pings()).as("forged, filter on again").isFalse();
        forge(MAC);
        assertThat(pings()).as("its own").isTrue();
    }

    /** A machine behind port n0 of vmbr0, 192.0.2.30. */
    private NetHost neighbour() throws Exception {
        NetHost neighbour = NetHost.create();
        Process resident = neighbour.resident();
        try {
            net.run("ip link add n0 type veth peer name eth0 netns " + resident.pid());
        } finally {
            resident.destroyForcibly();
            resident.waitFor();
        }
        net.run("ip link set n0 master vmbr0 up");
        neighbour.run("ip addr add 192.0.2.30/24 dev eth0");
        neighbour.run("ip link set eth0 up");
        return neighbour;
    }

    private boolean reaches(String address) throws IOException {
        return tiny.sh("/bin/busybox ping -c 1 -W 1 " + address).contains("1 packets received");
    }

    private String port(String name) throws Exception {
        return vlans(name) + net.run("ip -d link show " + name).replaceAll("(?s).*(isolated \\w+).*", "$1");
    }

    /** The bridge's VLANs of a port; nothing if the kernel's bridges know none. */
    private String vlans(String name) throws Exception {
        return net.attempt("bridge vlan show dev " + name).output().replaceAll("\\s+", " ");
    }

    @VmTest
    void aPortIsInItsVlanAtStartAndAtOnce() throws Exception {
        net.run("ip link set vmbr0 type bridge vlan_filtering 1");
        try (NetHost neighbour = neighbour()) {
            net.run("bridge vlan add dev n0 vid 12 pvid untagged");
            net.run("bridge vlan del dev n0 vid 1");
            tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ",vlan=12");
            tiny.start(tiny.host());
            bringUp();
            assertThat(vlans("veth101.0")).contains("12 PVID Egress Untagged").doesNotContain(" 1 ");
            assertThat(reaches("192.0.2.30")).as("same VLAN").isTrue();
            assertThat(pings()).as("the bridge is in VLAN 1").isFalse();
            // It cannot choose another one by a tag of its own.
            tiny.sh(
                    "/bin/busybox ip link add link eth0 name tag type vlan id 1; /bin/busybox ip link set tag up; "
                            + "/bin/busybox ip addr del 192.0.2.10/24 dev eth0; /bin/busybox ip addr add 192.0.2.10/24 dev tag");
            assertThat(tiny.sh("/bin/busybox ip addr show tag")).contains("192.0.2.10");
            assertThat(pings()).as("tagged").isFalse();
            tiny.sh("/bin/busybox ip link del tag");
            bringUp();
            tiny.setKeys(tiny.host(), false, "NETIF", ETH0 + ",vlan=13");
            assertThat(vlans("veth101.0"))
                    .contains("13 PVID Egress Untagged")
                    .doesNotContain(" 1 ")
                    .doesNotContain(" 12 ");
            assertThat(reaches("192.0.2.30")).as("other VLAN").isFalse();
            tiny.setKeys(tiny.host(), false, "NETIF", ETH0);
            assertThat(vlans("veth101.0")).contains("1 PVID Egress Untagged").doesNotContain(" 13 ");
            assertThat(pings()).as("default VLAN").isTrue();
            assertThat(neighbour.attempt("busybox ping -c 1 -W 1 192.0.2.1").status())
                    .isNotZero();
        }
    }

    @VmTest
    void aVlanNeedsABridgeThatKeepsVlansApart() throws Exception {
        tiny.start(tiny.host());
        String before = devices();
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ",vlan=12"));
        assertThat(TinyHost.messages(failure))
                .contains("this enables it: ip link set vmbr0 type bridge vlan_filtering 1");
        assertThat(devices()).isEqualTo(before);
        net.run("ip link set vmbr0 type bridge vlan_filtering 1");
        aFailedChangeLeavesThePortAsItWas(ETH0, ETH0 + ",isolated=on,vlan=12", ETH0 + ",vlan=13");
    }

    @RootTest
    void isolatedPortsDoNotReachEachOther() throws Exception {
        try (NetHost neighbour = neighbour()) {
            net.run("ip link set n0 type bridge_slave isolated on");
            tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ",isolated=on");
            tiny.start(tiny.host());
            bringUp();
            assertThat(pings()).as("the host").isTrue();
            assertThat(reaches("192.0.2.30")).as("both isolated").isFalse();
            tiny.setKeys(tiny.host(), false, "NETIF", ETH0);
            assertThat(reaches("192.0.2.30")).as("one isolated").isTrue();
            tiny.setKeys(tiny.host(), false, "NETIF", ETH0 + ",isolated=on");
            assertThat(reaches("192.0.2.30")).as("both again").isFalse();
            assertThat(neighbour.attempt("busybox ping -c 1 -W 1 192.0.2.1").status())
                    .isZero();
        }
    }

    @RootTest
    void aFailedChangeLeavesThePortAsItWas() throws Exception {
        tiny.start(tiny.host());
        aFailedChangeLeavesThePortAsItWas(ETH0, ETH0 + ",isolated=on");
    }

    private void aFailedChangeLeavesThePortAsItWas(String... forms) throws Exception {
        for (String before : forms) {
            tiny.setKeys(tiny.host(), false, "NETIF", before);
            String devices = devices();
            String port = port("veth101.0");
            for (String after : forms) {
                if (!after.equals(before)) {
                    Throwable failure = catchThrowable(() -> tiny.setKeys(
                            tiny.host(
                                    new FailAt(
                                            "write state",
                                            tiny.paths.state(TinyHost.ID).toString()),
                                    Faults.NONE),
                            false,
                            "NETIF",
                            after));
                    assertThat(TinyHost.messages(failure))
                            .as(before + " to " + after)
                            .contains("injected");
                    assertThat(port("veth101.0")).as(before + " to " + after).isEqualTo(port);
                    assertThat(devices()).isEqualTo(devices);
                }
            }
        }
    }

    private void forge(String mac) throws IOException {
        tiny.sh("/bin/busybox ip link set eth0 down; /bin/busybox ip link set eth0 address " + mac
                + "; /bin/busybox ip link set eth0 up");
    }

    private record FailAt(String name, String step) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (name.equals(this.name) && object.equals(step)) {
                throw new IOException("injected");
            }
        }
    }

    private static StepObserver recording(Set<String> steps) {
        return (name, object) -> steps.add(name + "|" + object);
    }

    @RootTest
    void aStartThatFailsAtAnyStepLeavesNoDevice() throws Exception {
        net.run("ip link add given0 type veth peer name given1");
        String before = devices();
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ";" + ETH1, "NETDEV", "given0");
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host(recording(steps), Faults.NONE));
        tiny.stop(tiny.host());
        assertThat(devices()).isEqualTo(before);
        int tried = 0;
        for (String step : steps) {
            String[] parts = step.split("\\|");
            boolean ours = parts[0].contains("veth") || parts[0].contains("device") || parts[0].equals("write state");
            if (ours
                    && catchThrowable(() -> tiny.start(tiny.host(new FailAt(parts[0], parts[1]), Faults.NONE)))
                            != null) {
                tried++;
                assertThat(devices()).as(step).isEqualTo(before);
            }
        }
        assertThat(tried).isGreaterThanOrEqualTo(6);
    }

    @RootTest
    void aChangeThatFailsAtAnyStepChangesNothing() throws Exception {
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        tiny.start(tiny.host());
        net.run("ip link add given0 type veth peer name given1");
        String before = devices();
        String inside = tiny.sh("/bin/busybox ip -o link");
        String[] change = {
            "NETIF",
            "ifname=eth0,mac=00:18:51:00:00:11,host_ifname=other0,host_mac=00:18:51:00:00:12,mac_filter=off;" + ETH1,
            "NETDEV",
            "given0"
        };
        Set<String> steps = new LinkedHashSet<>();
        StepObserver last = (name, object) -> {
            steps.add(name + "|" + object);
            if (name.equals("write state")) {
                throw new IOException("injected");
            }
        };
        assertThat(catchThrowable(() -> tiny.setKeys(tiny.host(last, Faults.NONE), true, change)))
                .hasStackTraceContaining("injected");
        assertThat(steps).contains("change veth|other0", "create veth|veth101.1", "move device|given0 into container");
        assertThat(devices()).isEqualTo(before);
        for (String step : steps) {
            String[] parts = step.split("\\|");
            Throwable failure = catchThrowable(
                    () -> tiny.setKeys(tiny.host(new FailAt(parts[0], parts[1]), Faults.NONE), true, change));
            assertThat(TinyHost.messages(failure)).as(step).contains("injected");
            assertThat(devices()).as(step).isEqualTo(before);
            assertThat(tiny.sh("/bin/busybox ip -o link").replaceAll("@if\\d+", ""))
                    .as(step)
                    .isEqualTo(inside.replaceAll("@if\\d+", ""));
        }
        bringUp();
        assertThat(pings()).as("bridge and filter are as before").isTrue();
    }

    @RootTest
    void aDeviceOfTheHostsOwnIsNeverTaken() throws Exception {
        net.run("ip link add veth101.0 type bridge");
        String before = devices();
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains("create veth", "veth101.0", "EEXIST");
        assertThat(devices()).isEqualTo(before);
        net.run("ip link del veth101.0");
    }

    @RootTest
    void whatAKilledCommandLeftIsFoundAgain() throws Exception {
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        Path journal = tiny.host().journal(TinyHost.ID);
        Path copy = prefix.resolve("journal.copy");
        // A pair with the VE's own name and address, as a start leaves it that died before its VE had a state.
        net.run("ip link add veth101.0 address 00:18:51:00:00:02 type veth peer name left0");
        tiny.start(tiny.host(
                (name, object) -> {
                    if (name.equals("configure veth")) {
                        Files.copy(journal, copy);
                    }
                },
                Faults.NONE));
        assertThat(net.run("ip -o link")).doesNotContain("left0").contains("veth101.0");
        assertThat(Files.readString(copy)).contains("veth-delete\tveth101.0\t00:18:51:00:00:02");
    }

    @RootTest
    void mistakesAreToldInWords() throws Exception {
        tiny.start(tiny.host());
        String before = devices();
        String[][] mistakes = {
            {ETH0.replace("vmbr0", "vmbr7"), "This host has no bridge vmbr7"},
            {ETH0.replace("vmbr0", "lo"), "lo is not a bridge"},
            {ETH0.replace("eth0", "lo"), "EEXIST"},
            {ETH1 + ",isolated=on", "eth1 is in none"},
            {ETH1 + ",vlan=12", "eth1 is in none"},
            // Which of two reasons depends on the kernel.
            {ETH0 + ",vlan=12", "eth0 cannot be in VLAN 12 of bridge vmbr0: "},
        };
        for (String[] mistake : mistakes) {
            Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NETIF", mistake[0]));
            assertThat(TinyHost.messages(failure)).contains(mistake[1]);
            assertThat(((VeException) failure).error()).isEqualTo(VzError.VETH);
            assertThat(devices()).isEqualTo(before);
        }
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NETDEV", "none0"));
        assertThat(TinyHost.messages(failure)).contains("This host has no network device none0");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.NETDEV);
    }

    @RootTest
    void theAdministratorsScriptIsRunForEachDevice() throws Exception {
        Path script = prefix.resolve("vznet");
        Files.writeString(script, "#!/bin/sh\necho $VEID $* >>" + prefix.resolve("ran") + "\nexit ${1#init}0\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(tiny.paths.etc().resolve("vznet.conf"), "EXTERNAL_SCRIPT=\"" + script + "\"\n");
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0);
        tiny.start(tiny.host());
        tiny.setKeys(tiny.host(), true, "NETIF", ETH0 + ";" + ETH1);
        tiny.setKeys(tiny.host(), true, "NETIF", ETH1);
        tiny.stop(tiny.host());
        assertThat(prefix.resolve("ran"))
                .hasContent("101 init veth veth101.0\n101 init veth veth101.1\n101 down veth veth101.0\n"
                        + "101 down veth veth101.1");
        // It says "down0" is no status: that is told, and the device is gone all the same.
        assertThat(tiny.events).anyMatch(event -> event.startsWith("WARNING " + script + " down veth veth101.1"));
        assertThat(net.run("ip -o link")).doesNotContain("veth101");
        Files.writeString(script, "#!/bin/sh\nexit 3\n");
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains("init veth veth101.1 ended with status 3");
        assertThat(net.run("ip -o link")).doesNotContain("veth101");
    }

    @RootTest
    void anotherVesAddressIsRefused() throws Exception {
        Files.writeString(tiny.paths.conf(new CtId(102)), "NETIF=\"ifname=eth0,mac=00:18:51:00:00:01\"\n");
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NETIF", ETH0));
        assertThat(TinyHost.messages(failure)).contains("MAC address 00:18:51:00:00:01 of eth0 is container 102's");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.VETH);
        Files.delete(tiny.paths.conf(new CtId(102)));
    }

    @RootTest
    void aDeviceOfTheHostComesBackWhenTheVeStops() throws Exception {
        net.run("ip link add given0 address 02:00:00:00:00:77 type veth peer name given1");
        tiny.setKeys(tiny.host(), true, "NETDEV", "given0");
        tiny.start(tiny.host());
        assertThat(net.run("ip -o link")).doesNotContain("given0@", "given0:");
        assertThat(tiny.sh("/bin/busybox ip link")).contains("given0");
        tiny.stop(tiny.host());
        assertThat(net.run("ip -o link show given0")).contains("02:00:00:00:00:77");
        tiny.start(tiny.host());
        tiny.setKeys(tiny.host(), true, "NETDEV", "");
        assertThat(net.run("ip -o link show given0")).contains("02:00:00:00:00:77");
        assertThat(tiny.sh("/bin/busybox ip link")).doesNotContain("given0@", "given0:");
    }
}
