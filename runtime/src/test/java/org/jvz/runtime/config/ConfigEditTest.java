package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigEditTest {

    private static final HostPaths PATHS = HostPaths.under(Path.of("/"));
    private static final CtId ID = new CtId(103);

    private static VeConf conf(String text) throws Exception {
        return conf(text, "");
    }

    private static VeConf conf(String text, String global) throws Exception {
        VzConf vz = VzConf.of(PATHS, ConfFile.parse(PATHS.vzConf(), global.getBytes(StandardCharsets.UTF_8)));
        return VeConf.of(vz, ID, ConfFile.parse(PATHS.conf(ID), text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Options as words: name, value, name, value. */
    private static EditResult edit(VeConf conf, String... words) throws Exception {
        List<ConfigEdit.Given> given = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            given.add(new ConfigEdit.Given(words[i], words[i + 1]));
        }
        AtomicInteger mac = new AtomicInteger();
        return ConfigEdit.apply(conf, given, new EditContext(ID, 4, () -> "00:18:51:00:00:0" + mac.incrementAndGet()));
    }

    private static String edited(String text, String... words) throws Exception {
        return new String(edit(conf(text), words).after().file().toBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // before                        | options                                 | after
                "~~                              | ipadd 1.1.1.1                           | IP_ADDRESS=\"1.1.1.1\"",
                "IP_ADDRESS=\"1.1.1.1\"          | ipadd 2.2.2.2 ip 3.3.3.3                | IP_ADDRESS=\"1.1.1.1 2.2.2.2 3.3.3.3\"",
                "IP_ADDRESS=\"1.1.1.1 2.2.2.2\"  | ipadd 1.1.1.1/24                        | IP_ADDRESS=\"2.2.2.2 1.1.1.1/24\"",
                "IP_ADDRESS=\"1.1.1.1 2.2.2.2\"  | ipadd 1.1.1.1                           | IP_ADDRESS=\"1.1.1.1 2.2.2.2\"",
                "IP_ADDRESS=\"1.1.1.1/24 ::1\"   | ipdel 1.1.1.1                           | IP_ADDRESS=\"::1\"",
                "IP_ADDRESS=\"1.1.1.1 2.2.2.2\"  | ipdel all                               | IP_ADDRESS=\"\"",
                "IP_ADDRESS=\"1.1.1.1\"          | ipadd 3.3.3.3 ipdel all                 | IP_ADDRESS=\"3.3.3.3\"",
                "IP_ADDRESS=\"1.1.1.1\"          | ipdel 1.1.1.1 ipadd 1.1.1.1/8           | IP_ADDRESS=\"1.1.1.1/8\"",
                "IP_ADDRESS=\"1.1.1.1\"          | ipdel 9.9.9.9                           | IP_ADDRESS=\"1.1.1.1\"",
                "IP_ADDRESS=\"1.1.1.1\"          | ipadd 0.0.0.0                           | IP_ADDRESS=\"1.1.1.1\"",
                "~~                              | ipdel all                               | ~~",
                "NAMESERVER=\"1.1.1.1\"          | nameserver 2.2.2.2 nameserver 3.3.3.3   | NAMESERVER=\"2.2.2.2 3.3.3.3\"",
                "NAMESERVER=\"1.1.1.1\"          | nameserver _                            | NAMESERVER=\"\"",
                "~~                              | searchdomain a.b searchdomain c.d       | SEARCHDOMAIN=\"a.b c.d\"",
                "IPTABLES=\"a\"                  | iptables b iptables c                   | IPTABLES=\"b c\"",
                "CAPABILITY=\"KILL:on CHOWN:on\" | capability kill:off capability mknod:on | CAPABILITY=\"KILL:off CHOWN:on MKNOD:on\"",
                "FEATURES=\"nfs:on\"             | features nfs:off,ppp:on                 | FEATURES=\"nfs:off ppp:on\"",
                "DEVICES=\"b:8:0:rw c:1:3:r\"    | devices b:8:0:none devices c:9:all:w    | DEVICES=\"c:1:3:r b:8:0:none c:9:all:w\"",
                "DEVNODES=\"sda:r\"              | devnodes sda:rw                         | DEVNODES=\"sda:rw\"",
                "PCI=\"0000:01:00.0\"            | pci_add 2:0.0 pci_del 1:0.0             | PCI=\"0000:02:00.0\"",
                "NETDEV=\"eth1\"                 | netdev_del eth1 netdev_add eth2         | NETDEV=\"eth2\"",
                "CPUS=1                          | cpus 2 cpus 3                           | CPUS=\"3\"",
                "NUMPROC=240                     | numproc 240:240                         | NUMPROC=240",
                "NUMPROC=240                     | numproc 10:20                           | NUMPROC=\"10:20\"",
                "NAME=web                        | name _                                  | ~~",
                "DESCRIPTION=x                   | description _                           | ~~",
                "HOSTNAME=h                      | hostname _                              | HOSTNAME=\"\"",
                "~~                              | cpulimit 50%                            | CPULIMIT=\"200\"",
                "~~                              | root /r/$VEID                           | VE_ROOT=\"/r/$VEID\"",
            })
    void optionsAccumulateAndReplace(String before, String options, String after) throws Exception {
        String[] words = options.split(" +");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("_") ? "" : words[i];
        }
        assertThat(edited(before.isEmpty() ? "" : before + "\n", words)).isEqualTo(after.isEmpty() ? "" : after + "\n");
    }

    @Test
    void everythingIsCheckedEvenWhatALaterOptionReplaces() throws Exception {
        VeConf conf = conf("");
        assertThatThrownBy(() -> edit(conf, "cpus", "x", "cpus", "2"))
                .isInstanceOfSatisfying(
                        BadValueException.class, e -> assertThat(e.option()).isEqualTo("cpus"));
        assertThatThrownBy(() -> edit(conf, "userpasswd", "a:b"))
                .isInstanceOf(IllegalArgumentException.class)
                .isNotInstanceOf(BadValueException.class);
    }

    @Test
    void oneIdStandsForBoth() throws Exception {
        assertThat(edited("", "local_uid", "0")).isEqualTo("LOCAL_UID=\"0\"\nLOCAL_GID=\"0\"\n");
        assertThat(edited("", "local_gid", "200000")).isEqualTo("LOCAL_GID=\"200000\"\nLOCAL_UID=\"200000\"\n");
        assertThat(edited("", "local_uid", "100000", "local_gid", "200000"))
                .isEqualTo("LOCAL_UID=\"100000\"\nLOCAL_GID=\"200000\"\n");
    }

    @Test
    void masksBelongTogether() throws Exception {
        assertThatThrownBy(() -> edit(conf("CPUMASK=0\n"), "nodemask", "0"))
                .isInstanceOfSatisfying(
                        BadValueException.class, e -> assertThat(e.kind()).isEqualTo(BadValueException.Kind.SYNTAX));
        assertThatThrownBy(() -> edit(conf(""), "cpumask", "auto"))
                .isInstanceOfSatisfying(
                        BadValueException.class, e -> assertThat(e.kind()).isEqualTo(BadValueException.Kind.SYNTAX));
        assertThat(edited("", "cpumask", "auto", "nodemask", "0")).contains("CPUMASK=\"auto\"");
        assertThat(edited("NODEMASK=\"0\"\n", "cpumask", "auto")).contains("CPUMASK=\"auto\"");
    }

    @Test
    void ramNeedsSwap() throws Exception {
        assertThatThrownBy(() -> edit(conf("NUMPROC=1\n"), "ram", "1G"))
                .isInstanceOfSatisfying(BadValueException.class, e -> {
                    assertThat(e.kind()).isEqualTo(BadValueException.Kind.REQUIRED_UB);
                    assertThat(e.value()).isEqualTo("swap");
                });
        assertThat(edited("", "ram", "1G", "swap", "1G")).contains("PHYSPAGES=\"0:262144\"");
        assertThat(edited("SWAPPAGES=\"0:1\"\n", "ram", "1G")).contains("PHYSPAGES=\"0:262144\"");
        assertThat(edited("", "physpages", "0:1G")).contains("PHYSPAGES=\"0:262144\"");
    }

    @Test
    void interfacesAreAddedCompletedAndRemoved() throws Exception {
        assertThat(edited("", "netif_add", "eth0"))
                .isEqualTo("NETIF=\"ifname=eth0,mac=00:18:51:00:00:01,host_ifname=veth103.0,"
                        + "host_mac=00:18:51:00:00:02\"\n");
        String full = "netif_add";
        assertThat(edited("", full, "eth7,00:01:02:03:04:0a,veth103.0.,00:01:02:03:04:0b,vmbr0"))
                .isEqualTo("NETIF=\"ifname=eth7,bridge=vmbr0,mac=00:01:02:03:04:0A,host_ifname=veth103.0.,"
                        + "host_mac=00:01:02:03:04:0B\"\n");
        String two = "NETIF=\"ifname=eth0,host_ifname=a,mac=00:18:51:00:00:09;ifname=eth1,host_ifname=b\"\n";
        assertThat(edited(two, "netif_del", "eth0")).isEqualTo("NETIF=\"ifname=eth1,host_ifname=b\"\n");
        assertThat(edited(two, "netif_del", "all")).isEqualTo("NETIF=\"\"\n");
        assertThat(edited(two, "netif_del", "eth9")).isEqualTo(two);
        assertThat(edited(two, "netif_add", "eth2,,,,br1", "netif_del", "all"))
                .isEqualTo("NETIF=\"ifname=eth2,bridge=br1,mac=00:18:51:00:00:01,host_ifname=veth103.2,"
                        + "host_mac=00:18:51:00:00:02\"\n");
    }

    @Test
    void attributesGoToTheChosenInterface() throws Exception {
        String two = "NETIF=\"ifname=eth0;ifname=eth1\"\n";
        assertThat(edited(two, "bridge", "br0", "ifname", "eth1", "mac_filter", "off"))
                .isEqualTo("NETIF=\"ifname=eth0;ifname=eth1,bridge=br0,mac_filter=off\"\n");
        assertThat(edited(two, "ifname", "eth0", "bridge", "a", "ifname", "eth1", "bridge", "b"))
                .isEqualTo("NETIF=\"ifname=eth0,bridge=a;ifname=eth1,bridge=b\"\n");
        assertThat(edited(two, "netif_del", "all", "netif_add", "eth5", "ifname", "eth5", "host_ifname", "x.5"))
                .contains("host_ifname=x.5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bridge br0                          | SYNTAX | bridge",
                "ifname eth9 bridge br0              | VALUE  | ifname",
                "ifname eth0 mac x                   | VALUE  | mac",
                "ifname eth0 isolated yes           | VALUE  | isolated",
                "ifname eth0 vlan 4095              | VALUE  | vlan",
                "ifname eth0 vlan x                 | VALUE  | vlan",
                "ifname eth0 ips 192.0.2.10/24      | VALUE  | ips",
                "ifname eth0 ips 192.0.2.10,x       | VALUE  | ips",
                "ifname eth0 ips ,                  | VALUE  | ips",
                "ifname eth0 mac_filter yes          | VALUE  | mac_filter",
                "ifname eth0 host_ifname b           | VALUE  | host_ifname",
                "ifname eth0 host_ifname a/b         | VALUE  | host_ifname",
                "netif_add eth0123456789abcdef       | VALUE  | netif_add",
                "netif_add eth2,x                    | VALUE  | netif_add",
                "netif_add eth2,,b                   | VALUE  | netif_add",
                "netif_add eth2,,,,br,more           | VALUE  | netif_add",
                "netif_add a;b                       | VALUE  | netif_add"
            })
    void badInterfacesAreRefused(String options, BadValueException.Kind kind, String option) throws Exception {
        VeConf conf = conf("NETIF=\"ifname=eth0,host_ifname=a;ifname=eth1,host_ifname=b\"\n");
        assertThatThrownBy(() -> edit(conf, options.split(" "))).isInstanceOfSatisfying(BadValueException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.option()).isEqualTo(option);
        });
    }

    @Test
    void tellsWhatChangedAndWhatNeedsARestart() throws Exception {
        VeConf conf = conf("IP_ADDRESS=\"1.1.1.1 2.2.2.2\"\nCPUS=2\nNETFILTER=full\nQUOTAUGIDLIMIT=5\nFOO=bar\n");
        EditResult result = edit(
                conf,
                "ipadd",
                "3.3.3.3",
                "ipdel",
                "1.1.1.1",
                "cpus",
                "2",
                "netfilter",
                "disabled",
                "quotaugidlimit",
                "6");
        assertThat(result.isUnchanged()).isFalse();
        assertThat(result.changed()).containsExactly(ConfKey.IP_ADDRESS, ConfKey.QUOTAUGIDLIMIT, ConfKey.NETFILTER);
        assertThat(result.needRestart()).containsExactly(ConfKey.NETFILTER);
        assertThat(result.added(ConfKey.IP_ADDRESS)).containsExactly(VeAddress.parse("3.3.3.3"));
        assertThat(result.removed(ConfKey.IP_ADDRESS)).containsExactly(VeAddress.parse("1.1.1.1"));
        assertThat(edit(conf, "quotaugidlimit", "0").needRestart()).containsExactly(ConfKey.QUOTAUGIDLIMIT);
        assertThat(edit(conf, "cpus", "2", "netfilter", "full").isUnchanged()).isTrue();
        assertThat(edit(conf).isUnchanged()).isTrue();
    }

    @Test
    void aListOnTopOfOneThatIsNoneIsRefusedAndReplacingItIsNot() throws Exception {
        VeConf conf = conf("IP_ADDRESS=\"x\"\nCPUS=y\n");
        assertThatThrownBy(() -> edit(conf, "ipadd", "1.1.1.1"))
                .isInstanceOf(BadConfException.class)
                .hasMessageContaining("103.conf, line 1: IP_ADDRESS=\"x\": not an IP address");
        assertThat(edited("IP_ADDRESS=\"x\"\n", "ipdel", "all", "ipadd", "1.1.1.1"))
                .isEqualTo("IP_ADDRESS=\"1.1.1.1\"\n");
        assertThat(edited("CPUS=y\n", "cpus", "1")).isEqualTo("CPUS=\"1\"\n");
    }

    @Test
    void whatVzConfHasForAllIsNotCopiedIntoTheVe() throws Exception {
        VeConf conf = conf("", "CAPABILITY=\"KILL:off\"\n");
        EditResult result = edit(conf, "capability", "chown:on");
        assertThat(result.after().file().get("CAPABILITY")).isEqualTo("CHOWN:on");
    }

    @Test
    void macsByChanceHaveOpenVzsPrefix() {
        EditContext context = EditContext.of(ID, 1);
        assertThat(context.macs().get())
                .matches("00:18:51(:[0-9A-F]{2}){3}")
                .isNotEqualTo(context.macs().get());
    }
}
