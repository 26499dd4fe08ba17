package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** Rates of traffic in a real VE, on a host that is a network namespace with a bridge, 192.0.2.1 on vmbr0. */
class ShapingTest {
    private static final String NETIF =
            "ifname=eth0,bridge=vmbr0,mac=00:18:51:00:00:01,host_ifname=veth101.0,host_mac=00:18:51:00:00:02";
    private static final double MBYTE = 1e6;

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
        tiny.setKeys(tiny.host(), true, "IP_ADDRESS", "198.51.100.10");
    }

    @AfterEach
    void endVe() throws Exception {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        net.close();
    }

    /** Everything that shapes: devices, queues and filters. */
    private String shapers() throws Exception {
        Set<String> all = new TreeSet<>();
        for (String line : net.run("ip -o link").lines().toList()) {
            String name = line.replaceAll("^\\d+: ([^:@]+).*", "$1");
            all.add(name);
            net.run("tc qdisc show dev " + name)
                    .lines()
                    .map(qdisc -> name + " " + qdisc.replaceAll("refcnt \\d+", ""))
                    .forEach(all::add);
            for (String way : new String[] {"ingress", "egress"}) {
                net.attempt("tc filter show dev " + name + " " + way)
                        .output()
                        .lines()
                        .filter(line2 -> line2.contains("Redirect"))
                        .map(filter -> name + " " + way + filter.replaceAll("device (\\S+).*", "$1"))
                        .forEach(all::add);
            }
        }
        return String.join("\n", all);
    }

    private interface Exchange {
        void with(Socket peer) throws IOException;
    }

    /** How long an exchange with a client inside takes, from its connection to the client's end, in seconds. */
    private double seconds(String redirection, Exchange exchange) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("192.0.2.1"))) {
            server.setSoTimeout(20_000);
            FutureTask<Long> task = new FutureTask<>(() -> {
                try (Socket peer = server.accept()) {
                    long start = System.nanoTime();
                    exchange.with(peer);
                    return start;
                }
            });
            new Thread(task, "peer").start();
            tiny.sh(String.format(redirection, "/bin/busybox nc 192.0.2.1 " + server.getLocalPort()));
            return (System.nanoTime() - task.get()) / 1e9;
        }
    }

    /** What the VE sends, bytes per second. */
    private double sends(int bytes) throws Exception {
        String command = "dd if=/dev/zero bs=1000 count=" + bytes / 1000 + " 2>/dev/null | %s";
        return bytes
                / seconds(command, peer -> {
                    InputStream in = peer.getInputStream();
                    assertThat(in.readAllBytes()).hasSize(bytes);
                });
    }

    /** What it receives. */
    private double receives(int bytes) throws Exception {
        return bytes
                / seconds(
                        "%s >/dev/null",
                        peer -> {
                            OutputStream out = peer.getOutputStream();
                            out.write(new byte[bytes]);
                            peer.shutdownOutput();
                        });
    }

    @RootTest
    void aStartLimitsBothWaysAndAStopLeavesNothing() throws Exception {
        String before = shapers();
        tiny.setKeys(tiny.host(), true, "RATE", "8000", "RATE_IN", "16000");
        tiny.start(tiny.host());
        // What is read of headers and acknowledgements is not counted here, what goes at once is.
        assertThat(sends(1_500_000)).isBetween(0.5 * MBYTE, 1.1 * MBYTE);
        assertThat(receives(3_000_000)).isBetween(1.0 * MBYTE, 2.2 * MBYTE);
        tiny.stop(tiny.host());
        assertThat(shapers()).isEqualTo(before);
    }

    @RootTest
    void aRunningVeTakesRatesAtOnceOnAllItsDevices() throws Exception {
        tiny.start(tiny.host());
        String before = shapers();
        tiny.setKeys(tiny.host(), true, "RATE", "8000");
        assertThat(sends(1_500_000)).isLessThan(1.1 * MBYTE);
        // A device that comes later, in a bridge, is caught, too.
        tiny.setKeys(tiny.host(), true, "NETIF", NETIF);
        tiny.sh("/bin/busybox ip addr add 192.0.2.10/24 dev eth0; /bin/busybox ip link set eth0 up");
        assertThat(sends(1_500_000)).isLessThan(1.1 * MBYTE);
        assertThat(net.run("tc -s qdisc show dev ifbo101")).contains("rate 8Mbit");
        tiny.setKeys(tiny.host(), true, "RATE", "800000");
        assertThat(sends(4_000_000)).isGreaterThan(2 * MBYTE);
        tiny.setKeys(tiny.host(), true, "NETIF", "", "RATE", "0");
        assertThat(shapers()).isEqualTo(before);
        assertThat(sends(4_000_000)).isGreaterThan(2 * MBYTE);
    }

    @RootTest
    void whatIsNoLimitOfAllTrafficIsTold() throws Exception {
        tiny.start(tiny.host());
        String before = shapers();
        tiny.setKeys(tiny.host(), true, "RATE", "eth0:2:100", "RATEBOUND", "no");
        assertThat(tiny.events).anyMatch(event -> event.startsWith("NOT_ENFORCED") && event.contains("eth0:2:100"));
        tiny.setKeys(tiny.host(), true, "RATE", "8000");
        assertThat(tiny.events).anyMatch(event -> event.startsWith("NOT_ENFORCED") && event.contains("RATEBOUND"));
        assertThat(shapers()).isEqualTo(before);
        Files.writeString(tiny.paths.vzConf(), "TRAFFIC_SHAPING=no\n");
        tiny.setKeys(tiny.host(), true, "RATEBOUND", "yes");
        assertThat(tiny.events).anyMatch(event -> event.contains("TRAFFIC_SHAPING is not yes"));
        assertThat(shapers()).isEqualTo(before);
        tiny.stop(tiny.host());
        tiny.events.clear();
        tiny.start(tiny.host());
        assertThat(tiny.events).anyMatch(event -> event.contains("TRAFFIC_SHAPING is not yes"));
    }

    @RootTest
    void aDeviceOfTheHostsOwnIsNotTaken() throws Exception {
        net.run("ip link add ifbo101 type bridge");
        tiny.start(tiny.host());
        Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(), true, "RATE", "8000"));
        assertThat(TinyHost.messages(failure)).contains("shape ifbo101", "a device ifbo101 of its own, of kind bridge");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.SET_RATE);
        assertThat(net.run("ip -o -d link show ifbo101")).contains("bridge");
        net.run("ip link del ifbo101");
    }

    private record FailAt(String name, String object) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (name.equals(this.name) && object.equals(this.object)) {
                throw new IOException("injected");
            }
        }
    }

    private static StepObserver recording(Set<String> steps) {
        return (name, object) -> steps.add(name + "|" + object);
    }

    private static boolean isOurs(String step) {
        return step.contains("shape") || step.startsWith("redirect") || step.startsWith("write state");
    }

    @RootTest
    void aStartThatFailsAtAnyStepLeavesNothing() throws Exception {
        String before = shapers();
        tiny.setKeys(tiny.host(), true, "RATE", "8000", "RATE_IN", "8000", "NETIF", NETIF);
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host(recording(steps), Faults.NONE));
        tiny.stop(tiny.host());
        steps.removeIf(step -> !isOurs(step));
        assertThat(steps)
                .contains(
                        "shape|ifbo101", "redirect to shaper|venet101 ifbi101", "redirect to shaper|veth101.0 ifbo101")
                .hasSize(8);
        for (String step : steps) {
            String[] parts = step.split("\\|");
            Throwable failure =
                    catchThrowable(() -> tiny.start(tiny.host(new FailAt(parts[0], parts[1]), Faults.NONE)));
            assertThat(TinyHost.messages(failure)).as(step).contains("injected");
            assertThat(shapers()).as(step).isEqualTo(before);
        }
    }

    @RootTest
    void aChangeThatFailsAtAnyStepChangesNothing() throws Exception {
        tiny.setKeys(tiny.host(), true, "RATE", "8000");
        tiny.start(tiny.host());
        String before = shapers();
        String[][] changes = {
            {"RATE", "16000", "RATE_IN", "8000", "NETIF", NETIF}, {"RATE", "0"}, {"RATE", "", "RATE_IN", "99"}
        };
        for (String[] change : changes) {
            Set<String> steps = new LinkedHashSet<>();
            StepObserver last = (name, object) -> {
                steps.add(name + "|" + object);
                if (name.equals("write state")) {
                    throw new IOException("injected");
                }
            };
            assertThat(catchThrowable(() -> tiny.setKeys(tiny.host(last, Faults.NONE), true, change)))
                    .hasStackTraceContaining("injected");
            assertThat(shapers()).isEqualTo(before);
            steps.removeIf(step -> !isOurs(step));
            assertThat(steps.size()).isGreaterThanOrEqualTo(4);
            for (String step : steps) {
                String[] parts = step.split("\\|");
                Throwable failure = catchThrowable(
                        () -> tiny.setKeys(tiny.host(new FailAt(parts[0], parts[1]), Faults.NONE), true, change));
                assertThat(TinyHost.messages(failure)).as(step).contains("injected");
                assertThat(shapers()).as(step).isEqualTo(before);
            }
        }
        assertThat(sends(1_000_000)).isLessThan(1.2 * MBYTE);
    }

    @RootTest
    void theJournalOfAKilledCommandTakesEverythingBack() throws Exception {
        tiny.start(tiny.host());
        String before = shapers();
        Path journal = tiny.host().journal(TinyHost.ID);
        Path copy = prefix.resolve("journal.copy");
        Path state = tiny.paths.state(TinyHost.ID);
        String stateBefore = Files.readString(state);
        tiny.setKeys(
                tiny.host(
                        (name, object) -> {
                            if (name.equals("write state")) {
                                Files.copy(journal, copy);
                            }
                        },
                        Faults.NONE),
                true,
                "RATE",
                "8000");
        assertThat(shapers()).contains("ifbo101");
        // As if the command had died then: the next one finds its journal.
        Files.writeString(state, stateBefore);
        Files.move(copy, journal);
        tiny.setKeys(tiny.host(), false, "DESCRIPTION", "x");
        assertThat(shapers()).isEqualTo(before);
        assertThat(journal).doesNotExist();
    }
}
