package org.jvz.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.Mac;

/** What an entry of NETIF means, and the text in which a running VE's devices are kept. */
final class VethConfigTest {
    private static final CtId ID = new CtId(101);

    private static List<VethConfig> of(String netif) {
        return ConfKey.NETIF.parse(netif).stream()
                .map(each -> VethConfig.of(ID, each))
                .toList();
    }

    @Test
    void takesEveryAttribute() {
        VethConfig device = of("ifname=eth0,bridge=vmbr0,mac=00:18:51:AA:00:01,host_ifname=veth101.,"
                        + "host_mac=00:18:51:AA:00:02,mac_filter=off,isolated=on,vlan=12,ips=192.0.2.10+2001:DB8::/64")
                .get(0);
        assertThat(device)
                .isEqualTo(new VethConfig(
                        "eth0",
                        Mac.parse("00:18:51:aa:00:01"),
                        "veth101.",
                        Mac.parse("00:18:51:aa:00:02"),
                        "vmbr0",
                        false,
                        true,
                        12,
                        List.of(VeAddress.parse("192.0.2.10"), VeAddress.parse("2001:db8::/64"))));
    }

    @Test
    void whatIsLeftOpenIsTheSameEveryTime() {
        VethConfig device = of("ifname=eth3").get(0);
        assertThat(device).isEqualTo(of("ifname=eth3").get(0));
        assertThat(device.hostName()).isEqualTo("veth101.3");
        assertThat(device.mac().toString()).startsWith("00:18:51:");
        assertThat(device.hostMac().toString()).startsWith("00:18:51:");
        assertThat(device.mac()).isNotEqualTo(device.hostMac());
        assertThat(device.mac()).isNotEqualTo(of("ifname=eth4").get(0).mac());
        assertThat(device.macFilter()).isTrue();
        assertThat(device.bridge()).isNull();
        assertThat(device.ips()).isEmpty();
    }

    @Test
    void textIsReadAsItWasWritten() {
        List<VethConfig> devices = of(
                "ifname=eth0,bridge=br-1,mac_filter=off,isolated=on,vlan=4094;ifname=eth1,host_ifname=x.y@z,ips=192.0.2.16/28+fe80::1");
        assertThat(VethConfig.parseAll(VethConfig.textOf(devices))).isEqualTo(devices);
        assertThat(VethConfig.parseAll("")).isEmpty();
        assertThat(VethConfig.hostNames(devices)).isEqualTo("veth101.0 x.y@z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bridge=a               | bridge=b               | false
                    bridge=a               | bridge=a,mac_filter=on | false
                    bridge=a,vlan=12       | bridge=a,vlan=12       | false
                    bridge=a,vlan=12       | bridge=a,vlan=13       | true
                    bridge=a,vlan=12       | bridge=a               | true
                    bridge=a,vlan=12       | bridge=b,vlan=12       | true
                    bridge=a,isolated=on   | bridge=b,isolated=on   | true
                    """)
    void knowsWhatABridgeHasToForget(String before, String after, boolean other) {
        VethConfig was = of("ifname=eth0," + before).get(0);
        assertThat(of("ifname=eth0," + after).get(0).isOtherPortThan(was)).isEqualTo(other);
    }

    @Test
    void whatAnEarlierVersionKeptIsRead() {
        String kept =
                "eth0,00:18:51:aa:00:01,veth101.,00:18:51:aa:00:02,,on eth1,00:18:51:aa:00:03,x,00:18:51:aa:00:04,br,off";
        List<VethConfig> devices = VethConfig.parseAll(kept);
        assertThat(devices)
                .isEqualTo(
                        of(
                                "ifname=eth0,mac=00:18:51:aa:00:01,host_ifname=veth101.,host_mac=00:18:51:aa:00:02;"
                                        + "ifname=eth1,mac=00:18:51:aa:00:03,host_ifname=x,host_mac=00:18:51:aa:00:04,bridge=br,mac_filter=off"));
        assertThatIllegalArgumentException().isThrownBy(() -> VethConfig.parseAll("eth0,00:18:51:aa:00:01,veth101."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00:18:51:00:00",
                "00:18:51:00:00:00:00",
                "0:18:51:00:00:001",
                "00:18:51:00:00:0g",
                "-1:18:51:00:00:00"
            })
    void refusesWhatIsNoMac(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Mac.parse(text));
    }
}
