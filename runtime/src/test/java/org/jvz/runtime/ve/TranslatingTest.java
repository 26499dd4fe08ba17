package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.linux.nft.Ruleset;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** NAT and forwards of a real VE, 10.0.0.10, on a host with an uplink, 192.0.2.1 on lan0, where another machine has 192.0.2.2. */
class TranslatingTest {
    private static final String MASKED = "masked4[10.0.0.10]";
    private static final String OWN = "own4[10.0.0.10, 10.0.0.10]";

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private NetHost net;
    private NetHost neighbour;
    private Process resident;

    @BeforeEach
    void makeHost() throws Exception {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        net = NetHost.here();
        neighbour = NetHost.create();
        resident = neighbour.resident();
        net.run("ip link set lo up");
        net.run("ip link add lan0 type veth peer name eth0 netns " + resident.pid());
        net.run("ip link set lan0 up");
        net.run("ip addr add 192.0.2.1/24 dev lan0");
        neighbour.run("ip link set eth0 up");
        neighbour.run("ip addr add 192.0.2.2/24 dev eth0");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
        tiny.setKeys(tiny.host(), true, "IP_ADDRESS", "10.0.0.10");
    }

    @AfterEach
    void endVe() throws Exception {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        resident.destroyForcibly();
        resident.waitFor();
        neighbour.close();
        net.close();
    }

    private String tableName() {
        return "jvz-" + Integer.toHexString(prefix.toString().hashCode());
    }

    /** What the VE has in the table; nothing if there is no table. */
    private Set<String> elements() throws IOException {
        Set<String> all = new TreeSet<>();
        try (Nftables nftables = Nftables.open(tiny.host().linux())) {
            Ruleset table = nftables.list(tableName());
            if (table != null) {
                assertThat(table.elements()).as("a table is there for elements").isNotEmpty();
                for (Ruleset.Element each : table.elements()) {
                    assertThat(each.comment()).isEqualTo("101");
                    all.add(each.set() + each.key());
                }
            }
        }
        return all;
    }

    /** Whom the neighbour sees if the VE connects to it. */
    private String seen() throws Exception {
        try (ServerSocket server = neighbour.inside(() -> new ServerSocket(0))) {
            FutureTask<String> task = new FutureTask<>(() -> {
                try (var peer = server.accept()) {
                    return ((InetSocketAddress) peer.getRemoteSocketAddress())
                            .getAddress()
                            .getHostAddress();
                }
            });
            new Thread(task, "peer").start();
            // It ends when the connection is closed: whoever accepts waits as long as that takes.
            tiny.sh("echo x | /bin/busybox nc -w 1 192.0.2.2 " + server.getLocalPort());
            return task.get(10, TimeUnit.SECONDS);
        }
    }

    @RootTest
    void aStartTranslatesAndAStopLeavesNothing() throws Exception {
        tiny.setKeys(tiny.host(), true, "NAT", "yes", "PORTFORWARD", "8080-8081:80 192.0.2.1:53/udp:53");
        tiny.start(tiny.host());
        assertThat(elements())
                .containsExactly(
                        "addressed4[192.0.2.1, 17, 53]", "forwards4[6, 8080]", "forwards4[6, 8081]", MASKED, OWN);
        assertThat(seen()).isEqualTo("192.0.2.1");
        tiny.sh("(echo from inside | /bin/busybox nc -l -p 81 >/dev/null) >/dev/null 2>&1 &");
        NetHost.Result answer = neighbour.attempt("busybox nc -w 2 192.0.2.1 8081");
        for (int i = 0; i < 50 && answer.status() != 0; i++) {
            // The server inside may not listen yet.
            Thread.sleep(50);
            answer = neighbour.attempt("busybox nc -w 2 192.0.2.1 8081");
        }
        assertThat(answer.output()).isEqualTo("from inside\n");
        tiny.stop(tiny.host());
        assertThat(elements()).isEmpty();
    }

    @RootTest
    void aRunningVeTakesChangesAtOnce() throws Exception {
        tiny.start(tiny.host());
        assertThat(elements()).isEmpty();
        tiny.set(tiny.host(), true, "nat", "yes", "portforward", "80:80");
        assertThat(elements()).containsExactly("forwards4[6, 80]", MASKED, OWN);
        assertThat(seen()).isEqualTo("192.0.2.1");
        // What is not saved counts, too, and a later change knows of it.
        tiny.set(tiny.host(), false, "ipadd", "10.0.0.11");
        assertThat(elements()).contains(MASKED, "masked4[10.0.0.11]");
        tiny.set(tiny.host(), true, "portforward", "81:81");
        assertThat(elements())
                .containsExactly("forwards4[6, 80]", "forwards4[6, 81]", MASKED, "masked4[10.0.0.11]", OWN);
        tiny.set(tiny.host(), true, "ipadd", "10.0.0.12", "ipdel", "10.0.0.10");
        assertThat(elements())
                .containsExactly(
                        "forwards4[6, 80]",
                        "forwards4[6, 81]",
                        "masked4[10.0.0.11]",
                        "masked4[10.0.0.12]",
                        "own4[10.0.0.12, 10.0.0.12]");
        tiny.set(tiny.host(), true, "portforward_del", "80", "nat", "no");
        assertThat(elements()).containsExactly("forwards4[6, 81]", "own4[10.0.0.12, 10.0.0.12]");
        tiny.set(tiny.host(), true, "portforward_del", "all");
        assertThat(elements()).isEmpty();
    }

    @RootTest
    void anAddressThatWasNeverSavedGoesWithItsTranslations() throws Exception {
        tiny.setKeys(tiny.host(), true, "NAT", "yes", "PORTFORWARD", "80:80", "IP_ADDRESS", "");
        tiny.start(tiny.host());
        tiny.set(tiny.host(), false, "ipadd", "10.0.0.10 10.0.0.11");
        assertThat(elements()).containsExactly("forwards4[6, 80]", MASKED, "masked4[10.0.0.11]", OWN);
        tiny.set(tiny.host(), false, "ipdel", "10.0.0.10");
        assertThat(elements()).containsExactly("forwards4[6, 80]", "masked4[10.0.0.11]", "own4[10.0.0.11, 10.0.0.11]");
        tiny.set(tiny.host(), false, "ipdel", "all");
        assertThat(elements()).isEmpty();
    }

    @RootTest
    void anAddressWithAnotherPrefixKeepsItsTranslations() throws Exception {
        tiny.setKeys(tiny.host(), true, "NAT", "yes");
        tiny.start(tiny.host());
        tiny.set(tiny.host(), true, "ipadd", "10.0.0.10/24");
        assertThat(elements()).containsExactly(MASKED);
        assertThat(seen()).isEqualTo("192.0.2.1");
    }

    @RootTest
    void aForwardWithoutAnAddressToLeadToIsTold() throws Exception {
        tiny.setKeys(tiny.host(), true, "PORTFORWARD", "80:80 [2001:db8::1]:81:81");
        tiny.start(tiny.host());
        assertThat(tiny.events)
                .anyMatch(event -> event.startsWith("NOT_ENFORCED")
                        && event.contains(
                                "[2001:db8::1]:81/tcp:81: the container has no address on venet0 of the family")
                        && !event.contains("80/tcp"));
        tiny.events.clear();
        tiny.set(tiny.host(), true, "ipdel", "all");
        assertThat(tiny.events).anyMatch(event -> event.contains("80/tcp:80: the container has no address on venet0"));
        assertThat(elements()).isEmpty();
    }

    @RootTest
    void whatAnotherVeForwardsIsRefused() throws Exception {
        tiny.start(tiny.host());
        tiny.set(tiny.host(), true, "portforward", "80:80");
        try (Nftables nftables = Nftables.open(tiny.host().linux())) {
            nftables.run("delete element inet " + tableName() + " forwards4 { 6 . 80 }\nadd element inet " + tableName()
                    + " forwards4 { 6 . 81 comment \"102\" : 10.0.0.99 . 81 }");
        }
        net.run("ip link add venet102 type bridge");
        Throwable refused = catchThrowable(() -> tiny.set(tiny.host(), true, "portforward", "81:81"));
        assertThat(TinyHost.messages(refused)).contains("Port 81/tcp of the host is forwarded to container 102");
        assertThat(((VeException) refused).error()).isEqualTo(VzError.IP_IN_USE);
        assertThat(Files.readString(tiny.paths.conf(TinyHost.ID))).contains("PORTFORWARD=\"80/tcp:80\"");
        tiny.stop(tiny.host());
        tiny.setKeys(tiny.host(), true, "PORTFORWARD", "81:81");
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains("Port 81/tcp of the host is forwarded to container 102");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.IP_IN_USE);
        // Once that VE is gone its port is free.
        net.run("ip link del venet102");
        tiny.start(tiny.host());
        assertThat(elements()).containsExactly("forwards4[6, 81]", OWN);
    }

    private record FailAt(String step) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (step.equals(name)) {
                throw new IOException("injected");
            }
        }
    }

    @RootTest
    void aStartThatFailsAtAnyStepLeavesNothing() throws Exception {
        tiny.setKeys(tiny.host(), true, "NAT", "yes", "PORTFORWARD", "80:80");
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host((name, object) -> steps.add(name), Faults.NONE));
        tiny.stop(tiny.host());
        assertThat(steps).contains("translate", "write state");
        boolean after = false;
        int tried = 0;
        for (String step : steps) {
            after |= step.equals("translate");
            if (after) {
                Throwable failure = catchThrowable(() -> tiny.start(tiny.host(new FailAt(step), Faults.NONE)));
                assertThat(TinyHost.messages(failure)).as(step).contains("injected");
                assertThat(elements()).as(step).isEmpty();
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(3);
    }

    @RootTest
    void aChangeThatFailsChangesNothing() throws Exception {
        tiny.setKeys(tiny.host(), true, "PORTFORWARD", "80:80");
        tiny.start(tiny.host());
        Set<String> before = elements();
        String[][] changes = {{"nat", "yes", "portforward", "81:81"}, {"portforward_del", "all"}, {"nat", "yes"}};
        for (String[] change : changes) {
            for (String step : new String[] {"translate", "write state"}) {
                Throwable failure =
                        catchThrowable(() -> tiny.set(tiny.host(new FailAt(step), Faults.NONE), true, change));
                assertThat(TinyHost.messages(failure)).as(step).contains("injected");
                assertThat(elements()).as(step).isEqualTo(before);
            }
        }
    }

    @RootTest
    void theJournalOfAKilledCommandTakesEverythingBack() throws Exception {
        tiny.start(tiny.host());
        Path journal = tiny.host().journal(TinyHost.ID);
        Path copy = prefix.resolve("journal.copy");
        Path state = tiny.paths.state(TinyHost.ID);
        String stateBefore = Files.readString(state);
        StepObserver copying = (name, object) -> {
            if (name.equals("write state")) {
                Files.copy(journal, copy);
            }
        };
        tiny.set(tiny.host(copying, Faults.NONE), false, "nat", "yes", "portforward", "80:80");
        assertThat(elements()).contains(MASKED);
        // As if the command had died then: the next one finds its journal.
        Files.writeString(state, stateBefore);
        Files.move(copy, journal);
        tiny.setKeys(tiny.host(), false, "DESCRIPTION", "x");
        assertThat(elements()).isEmpty();
        assertThat(journal).doesNotExist();
    }

    @RootTest
    void whatAVeThatEndedByItselfHadIsTakenByTheNextCommand() throws Exception {
        tiny.setKeys(tiny.host(), true, "NAT", "yes", "PORTFORWARD", "80:80");
        tiny.start(tiny.host());
        VeState state = Objects.requireNonNull(VeState.read(tiny.paths.state(TinyHost.ID)));
        ProcessHandle.of(state.initPid()).ifPresent(ProcessHandle::destroyForcibly);
        while (state.initAlive()) {
            Thread.sleep(10);
        }
        tiny.setKeys(tiny.host(), true, "NAT", "");
        assertThat(elements()).isEmpty();
    }
}
