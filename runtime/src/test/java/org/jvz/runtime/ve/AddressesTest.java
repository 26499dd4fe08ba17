package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** Addresses of a real VE on a host with a LAN, {@code lan0}, where another machine has 192.0.2.2. */
class AddressesTest {
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
        net.run("ip link add lan0 type veth peer name eth0 address 02:00:00:00:00:02 netns " + resident.pid());
        net.run("ip link set lan0 up");
        net.run("ip addr add 192.0.2.1/24 dev lan0");
        neighbour.run("ip link set eth0 up");
        neighbour.run("ip addr add 192.0.2.2/24 dev eth0");
        net.run("busybox ping -c 1 -W 2 192.0.2.2");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
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

    private void set(VeHost host, boolean save, boolean skipArpDetect, String addresses) throws IOException {
        SetOptions options = new SetOptions(
                conf -> new EditResult(conf, conf.withText("IP_ADDRESS", addresses)),
                List.of(ConfKey.IP_ADDRESS),
                save,
                false,
                SetOptions.WhenRestartNeeded.WARN,
                false,
                skipArpDetect,
                List.of());
        new SetVe(host).run(TinyHost.ID, options, tiny.listener());
    }

    private String network() throws Exception {
        return net.run("ip -o link show")
                + net.run("ip route")
                + net.run("ip neigh show proxy")
                + net.run("ip neigh show dev lan0").replaceAll(" (REACHABLE|STALE|DELAY|PROBE)", "");
    }

    /** By default another owner is a warning. */
    private void refuseAddressesOfOthers() throws IOException {
        Path vzConf = tiny.paths.vzConf();
        String text = Files.readString(vzConf);
        assertThat(text).contains("\nERROR_ON_ARPFAIL=\"no\"\n");
        Files.writeString(vzConf, text.replace("ERROR_ON_ARPFAIL=\"no\"", "ERROR_ON_ARPFAIL=\"yes\""));
    }

    @RootTest
    void anAddressOfAnotherIsToldAndGivenByDefault() throws Exception {
        String told = "WARNING IP address 192.0.2.2 is used by 02:00:00:00:00:02 on lan0";
        set(tiny.host(), true, false, "192.0.2.10 192.0.2.2");
        tiny.start(tiny.host());
        assertThat(tiny.events).contains(told);
        assertThat(net.run("ip route")).contains("192.0.2.2 dev venet101");
        set(tiny.host(), true, false, "192.0.2.10");
        tiny.events.clear();
        set(tiny.host(), true, false, "192.0.2.10 192.0.2.2");
        assertThat(tiny.events).contains(told);
        assertThat(net.run("ip route")).contains("192.0.2.2 dev venet101");
        set(tiny.host(), true, false, "192.0.2.10");
        tiny.events.clear();
        set(tiny.host(), true, true, "192.0.2.10 192.0.2.2");
        assertThat(tiny.events).doesNotContain(told);
        set(tiny.host(), true, false, "192.0.2.10");
    }

    private String routes() throws Exception {
        return net.run("ip route show dev venet101");
    }

    @RootTest
    void whatWasNeverSavedCanBeTakenAndAnotherPrefixTakesNothing() throws Exception {
        set(tiny.host(), true, true, "192.0.2.10");
        tiny.start(tiny.host());
        tiny.set(tiny.host(), false, "ipadd", "192.0.2.11 192.0.2.12");
        assertThat(routes()).contains("192.0.2.10 ", "192.0.2.11 ", "192.0.2.12 ");
        tiny.set(tiny.host(), false, "ipdel", "192.0.2.11");
        assertThat(routes()).contains("192.0.2.10 ", "192.0.2.12 ").doesNotContain("192.0.2.11 ");
        tiny.set(tiny.host(), true, "ipadd", "192.0.2.10/28");
        assertThat(routes()).contains("192.0.2.10 ", "192.0.2.12 ");
        assertThat(tiny.sh("ip -4 -o addr show dev venet0")).contains("inet 192.0.2.10/28 ", "inet 192.0.2.12/");
        tiny.set(tiny.host(), false, "ipdel", "all");
        assertThat(routes()).isEmpty();
    }

    @RootTest
    void theHostsSettingsGoWithAVeThatHadAddressesOnly() throws Exception {
        String before = net.run("cat /proc/sys/net/ipv4/ip_forward");
        tiny.start(tiny.host());
        set(tiny.host(), false, true, "192.0.2.10");
        Path record = tiny.paths.stateDir().resolve("net/settings");
        assertThat(net.run("cat /proc/sys/net/ipv4/ip_forward")).isEqualTo("1\n");
        assertThat(record).exists();
        set(tiny.host(), false, true, "");
        tiny.stop(tiny.host());
        assertThat(record).doesNotExist();
        assertThat(net.run("cat /proc/sys/net/ipv4/ip_forward"))
                .isEqualTo(before)
                .isEqualTo("0\n");
    }

    @RootTest
    void aStartDoesNotTakeAnothersAddress() throws Exception {
        refuseAddressesOfOthers();
        String before = network();
        set(tiny.host(), true, false, "192.0.2.10 192.0.2.2");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> tiny.start(tiny.host()))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.IP_IN_USE))
                .withStackTraceContaining("IP address 192.0.2.2 is used by 02:00:00:00:00:02 on lan0");
        assertThat(network()).isEqualTo(before.replaceAll("192.0.2.2 lladdr .*\\n", ""));
        set(tiny.host(), true, false, "192.0.2.10");
        tiny.start(tiny.host());
        neighbour.run("busybox ping -c 1 -W 1 192.0.2.10");
    }

    @RootTest
    void aRunningVeDoesNotTakeItEitherUnlessItIsToldTo() throws Exception {
        refuseAddressesOfOthers();
        set(tiny.host(), true, false, "192.0.2.10");
        tiny.start(tiny.host());
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> set(tiny.host(), true, false, "192.0.2.10 192.0.2.2"))
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.IP_IN_USE));
        assertThat(net.run("ip route")).doesNotContain("192.0.2.2 ");
        set(tiny.host(), true, true, "192.0.2.10 192.0.2.2");
        assertThat(net.run("ip route")).contains("192.0.2.2 dev venet101");
        set(tiny.host(), true, false, "192.0.2.10");
    }

    @RootTest
    void failureAtAnyStepOfAnAddressLeavesTheHostAsItWas() throws Exception {
        set(tiny.host(), true, false, "192.0.2.10");
        String before = network();
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host((name, object) -> steps.add(name + "|" + object), Faults.NONE));
        tiny.stop(tiny.host());
        assertThat(network()).isEqualTo(before);
        int tried = 0;
        for (String step : steps) {
            if (step.contains("owner|") || step.contains("neighbours|") || step.contains("write state")) {
                StepObserver fail = (name, object) -> {
                    if (step.equals(name + "|" + object)) {
                        throw new IOException("injected");
                    }
                };
                Throwable failure = catchThrowable(() -> tiny.start(tiny.host(fail, Faults.NONE)));
                assertThat(failure).as(step).hasStackTraceContaining("injected");
                assertThat(network()).as(step).isEqualTo(before);
                tried++;
            }
        }
        assertThat(tried).isEqualTo(4);
    }
}
