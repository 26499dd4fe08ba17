package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest knows of its name, its name servers and its addresses, and that it still does when it restarts its own network. */
@EndToEnd
final class GuestNetworkTest {
    private static final String DEBIAN = "debian-12-standard";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @TempDir
    Path dir;

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    private String onPrivateNetwork(String script) throws Exception {
        return PrivateNetwork.run(host, dir, script.replace("VE", Integer.toString(id)));
    }

    @Test
    void aRunningVeTakesNameAndNameServersAtOnceAndAStoppedOneAtItsStart() throws Exception {
        String text = onPrivateNetwork(
                """
                vzctl create VE --ostemplate tiny --hostname first.example
                vzctl start VE --wait
                vzctl set VE --nameserver 8.8.8.8 --searchdomain example.org --hostname web1 --save
                echo live: $(vzctl exec VE 'hostname; cat /etc/hostname /etc/resolv.conf; grep 127.0.1.1 /etc/hosts')
                vzctl stop VE --fast
                vzctl set VE --hostname web2.example.org --nameserver inherit --save
                echo 'nameserver 192.0.2.53' >%1$s/host
                mount --bind %1$s/host /etc/resolv.conf
                vzctl start VE --wait
                echo started: $(vzctl exec VE 'hostname; cat /etc/hostname /etc/resolv.conf; grep 127.0.1.1 /etc/hosts')
                vzctl stop VE --fast
                vzctl destroy VE
                """
                        .formatted(dir));
        assertThat(text)
                .contains(
                        "live: web1 web1 search example.org nameserver 8.8.8.8 127.0.1.1 web1\n",
                        "started: web2.example.org web2.example.org search example.org nameserver 192.0.2.53"
                                + " 127.0.1.1 web2.example.org web2\n")
                .doesNotContain("Unable to", "could not be applied", "NAMESERVER");
    }

    @Test
    void debianKeepsItsAddressesWhenItRestartsItsNetwork() throws Exception {
        assumeTrue(host.hasTemplate(DEBIAN), "no template " + DEBIAN + "; ./verify builds it");
        String text = onPrivateNetwork(
                """
                vzctl create VE --ostemplate debian-12-standard --hostname web1
                vzctl set VE --ipadd 203.0.113.10 --ipadd 2001:db8::10 --save
                show() {
                    echo "$1": $(vzctl exec VE 'ip -o addr show dev venet0; ip route; ip -6 route show default')
                    busybox ping -c 1 -W 5 203.0.113.10 >/dev/null && echo "$1" answers
                    busybox ping -c 1 -W 5 2001:db8::10 >/dev/null && echo "$1" answers v6
                }
                ip -6 addr add 2001:db8:1::1/128 dev lo
                vzctl start VE --wait
                echo state $(vzctl exec VE systemctl is-system-running)
                show booted
                vzctl set VE --ipadd 203.0.113.11 --save
                vzctl exec2 VE systemctl restart networking
                show restarted
                vzctl exec2 VE 'ifdown venet0:1; ifup venet0:1'
                show again
                vzctl set VE --ipdel 203.0.113.10 --ipdel 2001:db8::10 --save
                vzctl exec2 VE systemctl restart networking
                echo rest: $(vzctl exec VE ip -o addr show dev venet0)
                vzctl stop VE --fast
                vzctl destroy VE
                """);
        assertThat(text).contains("state running");
        for (String when : new String[] {"booted", "restarted", "again"}) {
            String line = text.lines()
                    .filter(each -> each.startsWith(when + ":"))
                    .findFirst()
                    .orElseThrow()
                    // ifupdown gives every address a broadcast address, of a single one that address itself.
                    .replaceAll(" brd [0-9.]+", "");
            assertThat(line)
                    .contains(
                            "inet 127.0.0.2/32 scope host venet0",
                            "inet 203.0.113.10/32 scope global venet0:0",
                            "inet6 2001:db8::10/128",
                            "default dev venet0 scope link",
                            "default dev venet0 metric");
            assertThat(text).contains(when + " answers\n", when + " answers v6\n");
            if (!when.equals("booted")) {
                assertThat(line).contains("inet 203.0.113.11/32 scope global venet0:1");
            }
        }
        String rest = text.lines()
                .filter(each -> each.startsWith("rest:"))
                .findFirst()
                .orElseThrow();
        assertThat(rest).contains("203.0.113.11/32").doesNotContain("203.0.113.10", "2001:db8");
    }

    @Test
    void systemdNetworkdKeepsTheAddressesThatItFinds() throws Exception {
        assumeTrue(host.hasTemplate(DEBIAN), "no template " + DEBIAN + "; ./verify builds it");
        String text = onPrivateNetwork(
                """
                vzctl create VE --ostemplate debian-12-standard --hostname web1
                vzctl start VE --wait
                vzctl exec2 VE 'apt-get -y purge ifupdown; systemctl enable systemd-networkd' >/dev/null 2>&1
                vzctl set VE --ipadd 203.0.113.10 --save
                vzctl restart VE --wait
                vzctl exec2 VE systemctl restart systemd-networkd
                vzctl exec2 VE /lib/systemd/systemd-networkd-wait-online -i venet0 --timeout=20
                echo networkd: $(vzctl exec VE 'networkctl --no-legend list venet0; ip -o addr show dev venet0; ip route')
                busybox ping -c 1 -W 5 203.0.113.10 >/dev/null && echo answers
                vzctl stop VE --fast
                vzctl destroy VE
                """);
        assertThat(text)
                .contains(
                        "configured", "inet 203.0.113.10/32 scope global venet0:0", "default dev venet0", "answers\n");
    }

    @Test
    void vethDevicesByTheInstalledCommands() throws Exception {
        String text = onPrivateNetwork(
                """
                ip link add vmbr0 type bridge
                ip addr add 192.0.2.1/24 dev vmbr0
                ip link set vmbr0 up
                vzctl create VE --ostemplate tiny
                vzctl set VE --netif_add eth0,,,,vmbr0 --save
                vzctl start VE --wait
                vzctl exec2 VE 'ip addr add 192.0.2.10/24 dev eth0; ip link set eth0 up; ping -c 1 -W 5 192.0.2.1' >/dev/null
                echo reached
                vzctl set VE --netif_add eth1 --save
                vzctl set VE --ifname eth1 --bridge vmbr0 --save
                echo bridged $(ip -o link show master vmbr0 | wc -l)
                vzctl set VE --netif_del eth1 --save
                vzctl set VE --ifname eth0 --bridge vmbr9 --save || echo status $?
                vzctl stop VE --fast
                echo left $(ip -o link | grep -c veth)
                vzctl destroy VE
                """);
        assertThat(text)
                .contains(
                        "Configure veth devices: veth" + id + ".0\n",
                        "reached\n",
                        "Configure veth devices: veth" + id + ".1\n",
                        "bridged 2\n",
                        "Deleting veth devices: veth" + id + ".1\n",
                        "This host has no bridge vmbr9 for veth" + id + ".0",
                        "Error: failed to apply some parameters, not saving configuration file!",
                        "status 130\n",
                        "left 0\n");
    }
}
