package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.linux.nft.Ruleset;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.net.Traffic;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** Traffic of a real VE, 10.0.0.10, with its host, 192.0.2.1. */
class AccountingTest {
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
        tiny.setKeys(tiny.host(), true, "IP_ADDRESS", "10.0.0.10");
    }

    @AfterEach
    void endVe() throws Exception {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        net.close();
    }

    private void classes(String text) throws IOException {
        Files.writeString(NetworkClasses.file(tiny.paths), text);
    }

    private Set<String> counters() throws IOException {
        Set<String> all = new TreeSet<>();
        try (Nftables nftables = Nftables.open(tiny.host().linux())) {
            Ruleset table = nftables.list(
                    "jvz-traffic-" + Integer.toHexString(prefix.toString().hashCode()));
            if (table != null) {
                assertThat(table.elements()).as("a table is there for elements").isNotEmpty();
                for (Ruleset.Element each : table.elements()) {
                    all.add(each.set() + each.key() + each.comment());
                }
            }
        }
        return all;
    }

    private List<Traffic> traffic() throws IOException {
        return new ReadTraffic(tiny.host()).run().getOrDefault(TinyHost.ID, List.of());
    }

    @RootTest
    void aStartCountsAndAStopForgets() throws Exception {
        classes("1 0.0.0.0/0\n2 192.0.2.0/24\n");
        tiny.start(tiny.host());
        assertThat(counters())
                .containsExactly(
                        "received4_1[10.0.0.10]101",
                        "received4_2[10.0.0.10]101",
                        "sent4_1[10.0.0.10]101",
                        "sent4_2[10.0.0.10]101");
        tiny.sh("/bin/busybox ping -c 2 -s 100 192.0.2.1");
        Traffic.Count two = new Traffic.Count(2, 256);
        assertThat(traffic())
                .containsExactly(
                        new Traffic(1, false, Traffic.Count.NONE, Traffic.Count.NONE), new Traffic(2, false, two, two));
        // Through the intermediate devices of a limited VE a packet passes once, too.
        tiny.setKeys(tiny.host(), true, "RATE", "8000", "RATE_IN", "8000");
        tiny.sh("/bin/busybox ping -c 1 -s 100 192.0.2.1");
        assertThat(traffic().get(1))
                .isEqualTo(new Traffic(2, false, new Traffic.Count(3, 384), new Traffic.Count(3, 384)));
        // Another address in the place of the first: what was counted stays.
        tiny.set(tiny.host(), true, "ipadd", "10.0.0.11", "ipdel", "10.0.0.10");
        assertThat(counters()).hasSize(4).allMatch(each -> each.endsWith("[10.0.0.11]101"));
        tiny.sh("/bin/busybox ping -c 1 -s 100 192.0.2.1");
        assertThat(traffic().get(1).sent()).isEqualTo(new Traffic.Count(4, 512));
        tiny.set(tiny.host(), true, "ipdel", "all");
        assertThat(counters()).isEmpty();
        assertThat(traffic().get(0).sent()).isEqualTo(new Traffic.Count(4, 512));
        tiny.stop(tiny.host());
        assertThat(traffic()).isEmpty();
        assertThat(tiny.paths.runDir().resolve("traffic")).doesNotExist();
    }

    @RootTest
    void anAddressThatWasNeverSavedGoesWithItsCounters() throws Exception {
        classes("1 0.0.0.0/0\n");
        tiny.start(tiny.host());
        tiny.set(tiny.host(), false, "ipadd", "10.0.0.11");
        assertThat(counters()).hasSize(4);
        tiny.set(tiny.host(), false, "ipdel", "10.0.0.11");
        assertThat(counters()).containsExactly("received4_1[10.0.0.10]101", "sent4_1[10.0.0.10]101");
        // Another prefix is no other address.
        tiny.set(tiny.host(), false, "ipadd", "10.0.0.10/24");
        assertThat(counters()).containsExactly("received4_1[10.0.0.10]101", "sent4_1[10.0.0.10]101");
    }

    @RootTest
    void withoutClassesDevicesTell() throws Exception {
        tiny.start(tiny.host());
        assertThat(counters()).isEmpty();
        tiny.sh("/bin/busybox ping -c 2 -s 100 192.0.2.1");
        assertThat(traffic()).singleElement().satisfies(all -> {
            assertThat(all.trafficClass()).isEqualTo(1);
            assertThat(all.sent().packets()).isGreaterThanOrEqualTo(2);
            assertThat(all.received()).isEqualTo(new Traffic.Count(2, 256));
        });
    }

    @RootTest
    void aStartWithAFileThatMakesNoSenseSaysWhichLine() throws Exception {
        classes("1 0.0.0.0/0\n2 192.0.2.0/240\n");
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains("networks_classes, line 2: '2 192.0.2.0/240'");
        assertThat(counters()).isEmpty();
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
    void whatFailsAtAnyStepLeavesNothing() throws Exception {
        classes("1 0.0.0.0/0\n");
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host((name, object) -> steps.add(name), Faults.NONE));
        Set<String> running = counters();
        for (String step : new String[] {"count traffic", "write state"}) {
            Throwable failure = catchThrowable(
                    () -> tiny.set(tiny.host(new FailAt(step), Faults.NONE), true, "ipadd", "10.0.0.11"));
            assertThat(TinyHost.messages(failure)).as(step).contains("injected");
            assertThat(counters()).as(step).isEqualTo(running);
        }
        tiny.stop(tiny.host());
        assertThat(steps).contains("count traffic", "write state");
        boolean after = false;
        for (String step : steps) {
            after |= step.equals("count traffic");
            if (after) {
                Throwable failure = catchThrowable(() -> tiny.start(tiny.host(new FailAt(step), Faults.NONE)));
                assertThat(TinyHost.messages(failure)).as(step).contains("injected");
                assertThat(counters()).as(step).isEmpty();
            }
        }
    }
}
