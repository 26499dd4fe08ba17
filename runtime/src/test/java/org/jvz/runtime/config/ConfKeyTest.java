package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfKeyTest {

    private static final EditContext CONTEXT = new EditContext(new CtId(101), 4, () -> "00:18:51:00:00:01");

    static Stream<ConfKey<?>> keys() {
        return new ArrayList<>(ConfKey.all()).stream();
    }

    /** Key, a value as in the file, the same in the one form that is written. */
    private static final String[] VALUES = {
        "ONBOOT|yes|yes",
        "BOOTORDER|7|7",
        "DISABLED|no|no",
        "NAME|web 1|web 1",
        "DESCRIPTION|two\\nlines \\\\ \"q\"|two\\nlines \\\\ \"q\"",
        "OSTEMPLATE|debian-12-x86_64|debian-12-x86_64",
        "ORIGIN_SAMPLE|basic|basic",
        "VEID|101|101",
        "STOP_TIMEOUT|120|120",
        "VE_ROOT|/vz/root/$VEID|/vz/root/$VEID",
        "VE_PRIVATE|/vz/private/${VEID}|/vz/private/${VEID}",
        "VE_LAYOUT|ploop:raw|ploop:raw",
        "TEMPLATE_DIGEST|sha256:" + "0123456789abcdef".repeat(4) + "|sha256:" + "0123456789abcdef".repeat(4),
        "MOUNT_OPTS|noatime,nodev|noatime,nodev",
        "LOCAL_UID|100000|100000",
        "LOCAL_GID|0|0",
        "IP_ADDRESS|10.0.0.1  2001:DB8::1/64\t10.0.0.2/255.0.0.0|10.0.0.1 2001:db8::1/64 10.0.0.2/8",
        "HOSTNAME|web-1.example.com|web-1.example.com",
        "NAMESERVER|inherit|inherit",
        "SEARCHDOMAIN|example.com example.org|example.com example.org",
        "NETIF|ifname=eth0,mac=00:18:51:aa:bb:cc,host_ifname=veth101.0,x=y;ifname=eth1|"
                + "ifname=eth0,mac=00:18:51:AA:BB:CC,host_ifname=veth101.0,x=y;ifname=eth1",
        "NETDEV|eth2 eth3|eth2 eth3",
        "RATE|5000 eth0:2:100 1:10M|eth0:2:100 *:1:10000",
        "RATE_IN|*:1:2g|*:1:2000000",
        "RATEBOUND|no|no",
        "NAT|yes|yes",
        "PORTFORWARD|80:8080 192.0.2.1:5000-5010/udp:53 [2001:DB8::1]:22/tcp:22|"
                + "80/tcp:8080 192.0.2.1:5000-5010/udp:53 [2001:db8::1]:22/tcp:22",
        "NUMPROC|240|240:240",
        "PHYSPAGES|0:256M|0:65536",
        "SWAPPAGES|0:unlimited|0:unlimited",
        "VM_OVERCOMMIT|1.5|1.5",
        "PRIVVMPAGES|65536:69632|65536:69632",
        "VMGUARPAGES|1G:unlimited|262144:unlimited",
        "OOMGUARPAGES|unlimited|unlimited:unlimited",
        "KMEMSIZE|14372700:14790164|14372700:14790164",
        "LOCKEDPAGES|256|256:256",
        "SHMPAGES|21504|21504:21504",
        "NUMFILE|9312|9312:9312",
        "NUMFLOCK|188:206|188:206",
        "NUMPTY|16|16:16",
        "NUMSIGINFO|256|256:256",
        "NUMTCPSOCK|360|360:360",
        "NUMOTHERSOCK|360|360:360",
        "TCPSNDBUF|1M:2M|1048576:2097152",
        "TCPRCVBUF|1M:2M|1048576:2097152",
        "OTHERSOCKBUF|1K|1024:1024",
        "DGRAMRCVBUF|1P|4096:4096",
        "DCACHESIZE|3409920:3624960|3409920:3624960",
        "NUMIPTENT|16|16:16",
        "AVNUMPROC|180|180:180",
        "MEMINFO|privvmpages:2|privvmpages:2",
        "CPUUNITS|1000|1000",
        "CPUUWEIGHT|3|3",
        "CPULIMIT|50|50",
        "CPUS|2|2",
        "CPUMASK|7,0,1-2|0-2,7",
        "NODEMASK|all|all",
        "IOPRIO|7|7",
        "IOLIMIT|10485760|10485760",
        "IOPSLIMIT|unlimited|0",
        "DISK_QUOTA|no|no",
        "DISKSPACE|2G:2.2G|2097152:2306867",
        "DISKINODES|128K:131073|131072:131073",
        "QUOTATIME|0|0",
        "QUOTAUGIDLIMIT|3000|3000",
        "CAPABILITY|SYS_TIME:on, net_raw:off|SYS_TIME:on NET_RAW:off",
        "FEATURES|nfs:on\tbridge:off,NFS:off|nfs:off bridge:off",
        "DEVICES|b:8:1:rwq c:4:all:wr c:5:1:none b:8:1:r|c:4:all:rw c:5:1:none b:8:1:r",
        "DEVNODES|sdb:rwq net/tun:rw|sdb:rwq net/tun:rw",
        "PCI|1:00.0 0001:0a:1f.7|0000:01:00.0 0001:0a:1f.7",
        "IPTABLES|iptable_filter ipt_REJECT|iptable_filter ipt_REJECT",
        "NETFILTER|stateful|stateful",
    };

    static Stream<String> values() {
        return Stream.of(VALUES);
    }

    private static ConfKey<?> key(String name) {
        @Nullable ConfKey<?> key = ConfKey.named(name);
        assertThat(key).as(name).isNotNull();
        return Objects.requireNonNull(key);
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyValueIsWrittenInOneFormThatReadsTheSame(String row) throws Exception {
        String[] parts = row.split("\\|");
        assertRoundTrip(key(parts[0]), parts[1], parts[2]);
    }

    private static <T> void assertRoundTrip(ConfKey<T> key, String text, String canonical) throws Exception {
        T value = key.parse(text);
        assertThat(key.show(value)).isEqualTo(canonical);
        assertThat(key.parse(canonical)).isEqualTo(value);
        VzConf global = VzConf.of(HostPaths.under(Path.of("/")), ConfFile.empty(Path.of("/vz.conf")));
        VeConf conf = VeConf.empty(global, new CtId(101)).with(key, value);
        VeConf again = VeConf.of(
                global, conf.id(), ConfFile.parse(Path.of("/x"), conf.file().toBytes()));
        assertThat(again.get(key)).contains(value);
    }

    @Test
    void theTableOfValuesHasEveryKeyOnceInItsOrder() {
        assertThat(values().map(row -> row.split("\\|")[0]))
                .containsExactlyElementsOf(keys().map(ConfKey::name).toList());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyHasHelpAndUniqueOptions(ConfKey<?> key) {
        assertThat(key.help()).endsWith(".").hasSizeBetween(8, 100).doesNotContain("\n");
        assertThat(ConfKey.named(key.name())).isSameAs(key);
        assertThat(key).hasToString(key.name());
        for (ConfOption option : key.options()) {
            assertThat(ConfKey.option(option.name())).isSameAs(option);
            assertThat(option.key()).isSameAs(key);
            assertThat(option.argument()).isNotEmpty().isNotEqualTo("VALUE");
            boolean adds = option.role() != ConfOption.Role.SET;
            assertThat(!adds || key.isList()).as(option.name()).isTrue();
        }
    }

    /** The option column of the contract's table; those that change no key are the command's own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "onboot",
                "bootorder",
                "root",
                "private",
                "mount_opts",
                "disabled",
                "name",
                "description",
                "ostemplate",
                "stop-timeout",
                "ipadd",
                "ip",
                "ipdel",
                "hostname",
                "nameserver",
                "searchdomain",
                "netif_add",
                "netif_del",
                "ifname",
                "mac",
                "host_mac",
                "host_ifname",
                "bridge",
                "mac_filter",
                "isolated",
                "vlan",
                "ips",
                "netdev_add",
                "netdev_del",
                "rate",
                "rate_in",
                "ratebound",
                "nat",
                "portforward",
                "portforward_del",
                "numproc",
                "ram",
                "physpages",
                "swap",
                "swappages",
                "vm_overcommit",
                "privvmpages",
                "vmguarpages",
                "oomguarpages",
                "kmemsize",
                "lockedpages",
                "shmpages",
                "numfile",
                "numflock",
                "numpty",
                "numsiginfo",
                "numtcpsock",
                "numothersock",
                "tcpsndbuf",
                "tcprcvbuf",
                "othersockbuf",
                "dgramrcvbuf",
                "dcachesize",
                "numiptent",
                "avnumproc",
                "cpuunits",
                "cpuweight",
                "cpulimit",
                "cpus",
                "cpumask",
                "nodemask",
                "ioprio",
                "iolimit",
                "iopslimit",
                "meminfo",
                "diskquota",
                "diskspace",
                "diskinodes",
                "quotatime",
                "quotaugidlimit",
                "capability",
                "devices",
                "devnodes",
                "pci_add",
                "pci_del",
                "iptables",
                "netfilter",
                "features",
                "layout",
                "ve_layout",
                "velayout",
                "local_uid",
                "local_gid"
            })
    void everyOptionOfTheContractIsThere(String option) {
        assertThat(ConfKey.option(option)).isNotNull();
        assertThat(ConfKey.allOptions()).hasSize(88);
    }

    @Test
    void theLettersAreThoseOfTheContract() {
        StringBuilder letters = new StringBuilder();
        Set<Character> seen = new HashSet<>();
        for (ConfOption option : ConfKey.allOptions()) {
            if (option.letter() != 0) {
                assertThat(seen.add(option.letter())).isTrue();
                letters.append(option.letter())
                        .append(':')
                        .append(option.name())
                        .append(' ');
            }
        }
        assertThat(letters.toString().trim().split(" "))
                .containsExactlyInAnyOrder(
                        "p:numproc",
                        "k:kmemsize",
                        "b:tcprcvbuf",
                        "l:lockedpages",
                        "n:numfile",
                        "f:numflock",
                        "t:numpty",
                        "i:numsiginfo",
                        "x:dcachesize",
                        "e:numiptent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "onboot        | YES",
                "onboot        | auto",
                "onboot        | ~~",
                "bootorder     | -1",
                "bootorder     | 2147483648",
                "stop-timeout  | 5s",
                "name          | a/b",
                "root          | vz/root",
                "root          | /",
                "root          | //.",
                "private       | /vz/../etc",
                "private       | /vz/$HOME",
                "ostemplate    | /",
                "ostemplate    | ..",
                "hostname      | a b",
                "hostname      | a;b",
                "hostname      | -a",
                "layout        | zfs",
                "layout        | simfs:raw",
                "layout        | simfs:",
                "layout        | ploop:qcow2",
                "local_uid     | 1000",
                "local_uid     | -1",
                "local_uid     | 4294901760",
                "ipadd         | 10.0.0.256",
                "ipadd         | 10.0.0.1 x",
                "ipdel         | alle",
                "nameserver    | ns.example.com",
                "searchdomain  | a$b",
                "netdev_add    | venet0",
                "netdev_add    | tun0",
                "netdev_add    | tap1",
                "netdev_add    | lo",
                "netdev_add    | a/b",
                "rate          | x",
                "rate          | 0:5",
                "rate          | 16:5",
                "rate          | a/b:1:5",
                "rate          | *:1:",
                "rate          | :5",
                "rate          | *:1:5:6",
                "rate          | 2147483648",
                "rate          | 3000G",
                "rate_in       | -1",
                "rate_in       | M",
                "ratebound     | maybe",
                "nat           | private",
                "portforward   | 80",
                "portforward   | 0:80",
                "portforward   | 80:0",
                "portforward   | 80:65536",
                "portforward   | 65536:80",
                "portforward   | 90-80:80",
                "portforward   | 80-81:65535",
                "portforward   | 1-4097:1",
                "portforward   | 80/sctp:80",
                "portforward   | 80/:80",
                "portforward   | -80:80",
                "portforward   | web:80",
                "portforward   | 127.0.0.1:80:80",
                "portforward   | [::1]:80:80",
                "portforward   | 0.0.0.0:80:80",
                "portforward   | 2001:db8::1:80:80",
                "portforward   | [192.0.2.1]:80:80",
                "portforward   | 192.0.2.256:80:80",
                "portforward_del | web",
                "portforward_del | 192.0.2.1",
                "numproc       | 1K",
                "ram           | -1",
                "ram           | 1:2",
                "swap          | x",
                "vm_overcommit | 0",
                "vm_overcommit | x",
                "vm_overcommit | 1.2.3",
                "numiptent     | 15",
                "numiptent     | 16:15",
                "meminfo       | pages:0",
                "meminfo       | host",
                "cpuunits      | 7",
                "cpuunits      | 500001",
                "cpulimit      | 101%",
                "cpulimit      | 5%%",
                "cpulimit      | -5",
                "cpumask       | 3-1",
                "cpumask       | 1,",
                "cpumask       | 8192",
                "nodemask      | auto",
                "ioprio        | 8",
                "iolimit       | 2G",
                "iolimit       | 2048",
                "iopslimit     | 2147483648",
                "diskspace     | unlimited",
                "diskspace     | 2:1",
                "diskinodes    | 1P",
                "quotatime     | x",
                "capability    | net_admin",
                "capability    | net_admin:yes",
                "capability    | fly:on",
                "features      | x:on",
                "devices       | b:7:0:rw",
                "devices       | x:1:1:rw",
                "devices       | b:8:1",
                "devices       | b:8:1:x",
                "devices       | b:8:1:rr",
                "devices       | b:4096:1:r",
                "devices       | all",
                "devnodes      | ../mem:r",
                "devnodes      | /dev/sda:r",
                "devnodes      | sda",
                "pci_add       | 1:2",
                "pci_add       | 1:20.0",
                "pci_add       | 1:0.8",
                "pci_add       | 10000:1:0.0",
                "iptables      | a;b",
                "netfilter     | on"
            })
    void badValuesAreRefusedWithAReason(String option, String value) {
        ConfOption found = Objects.requireNonNull(ConfKey.option(option));
        assertThatThrownBy(() -> found.key().parseOption(option, value, CONTEXT))
                .isInstanceOfSatisfying(BadValueException.class, e -> {
                    assertThat(e.option()).isEqualTo(option);
                    assertThat(e.value()).isEqualTo(value);
                    assertThat(e.reason()).isNotEmpty().isNotEqualTo("null");
                    assertThat(e.kind())
                            .isEqualTo(
                                    switch (option) {
                                        case "name" -> BadValueException.Kind.NAME;
                                        case "netdev_add" -> BadValueException.Kind.NETDEV;
                                        default -> BadValueException.Kind.VALUE;
                                    });
                })
                .hasMessageStartingWith("--" + option + " '" + value + "': ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ram         | 256M                | 0:65536",
                "ram         | 268435456           | 0:65536",
                "ram         | 10P                 | 0:10",
                "ram         | unlimited           | 0:unlimited",
                "swap        | 1g                  | 0:262144",
                "physpages   | 65536               | 65536:65536",
                "physpages   | 0:256M              | 0:65536",
                "cpulimit    | 150                 | 150",
                "cpulimit    | 50%                 | 200",
                "cpulimit    | 0                   | 0",
                "iolimit     | 10                  | 10485760",
                "iolimit     | 1.5                 | 1572864",
                "iolimit     | 100K                | 102400",
                "iolimit     | 2047                | 2146435072",
                "iolimit     | 0                   | 0",
                "iolimit     | unlimited           | 0",
                "iolimit     | 9223372036854775807 | 0",
                "iopslimit   | 500                 | 500",
                "rate        | 100M                | *:1:100000",
                "rate        | 1:5 *:1:6           | *:1:6",
                "rate_in     | 0                   | *:1:0",
                "portforward | 80:8080 80/tcp:81   | 80/tcp:81",
                "portforward | 80:80 80/udp:80     | 80/tcp:80 80/udp:80",
                "portforward_del | 80              | 80/tcp:80",
                "portforward_del | 80/udp:7        | 80/udp:7",
                "portforward_del | 192.0.2.1:80-81 | 192.0.2.1:80-81/tcp:80",
                "portforward_del | [2001:db8::1]:80 | [2001:db8::1]:80/tcp:80",
                "portforward_del | [::2]:80:81     | [::2]:80/tcp:81",
                "ostemplate  | /a/b/debian-12      | debian-12",
                "capability  | net_admin:on        | NET_ADMIN:on",
                "ipadd       | 0.0.0.0 :: ::0      | ~~",
                "ipadd       | 1.2.3.4 1.2.3.4/24  | 1.2.3.4/24",
                "hostname    | ~~                  | ~~",
                "name        | ~~                  | ~~",
                "pci_add     | A:0.1               | 0000:0a:00.1",
            })
    void theCommandLineIsReadInItsOwnWay(String option, String value, String inFile) {
        ConfOption found = Objects.requireNonNull(ConfKey.option(option));
        assertThat(shown(found.key(), option, value)).isEqualTo(inFile);
    }

    private static <T> String shown(ConfKey<T> key, String option, String value) {
        return key.show(key.parseOption(option, value, CONTEXT));
    }

    @Test
    void aDescriptionMayHaveLinesAndAnyCharacters() {
        String text = "a\nb\\n \\ \"q\" $x `y`\nc";
        assertThat(ConfKey.DESCRIPTION.parseOption("description", text, CONTEXT))
                .isEqualTo(text);
        assertThat(ConfKey.DESCRIPTION.show(text)).doesNotContain("\n");
        assertThat(ConfKey.DESCRIPTION.parse(ConfKey.DESCRIPTION.show(text))).isEqualTo(text);
        assertThat(ConfKey.DESCRIPTION.parseOption("description", "a\r\nb\rc", CONTEXT))
                .isEqualTo("a\nb\nc");
    }

    @Test
    void oldNamesAreReadAndReplaced() throws Exception {
        VzConf global = VzConf.of(HostPaths.under(Path.of("/")), ConfFile.empty(Path.of("/vz.conf")));
        VeConf conf =
                VeConf.empty(global, new CtId(101)).withText("DCACHE", "1:2").withText("IPTENTRIES", "99");
        assertThat(conf.get(ConfKey.DCACHESIZE)).contains(new BarrierLimit(1, 2));
        assertThat(conf.get(ConfKey.NUMIPTENT)).contains(BarrierLimit.of(99));
        assertThat(ConfKey.named("DCACHE")).isSameAs(ConfKey.DCACHESIZE);
        VeConf changed = conf.with(ConfKey.DCACHESIZE, BarrierLimit.of(5));
        assertThat(changed.file().keys()).containsExactly("IPTENTRIES", "DCACHESIZE");
        assertThat(changed.get(ConfKey.DCACHESIZE)).contains(BarrierLimit.of(5));
    }

    @Test
    void aBadValueInAFileNamesItsPlace() throws Exception {
        HostPaths paths = HostPaths.under(Path.of("/"));
        VzConf global = VzConf.of(paths, ConfFile.empty(paths.vzConf()).with("IOPRIO", "9"));
        VeConf conf = VeConf.empty(global, new CtId(101)).withText("CPUUNITS", "1");
        VeConf read = VeConf.of(
                global,
                conf.id(),
                ConfFile.parse(conf.file().path(), conf.file().toBytes()));
        assertThatThrownBy(() -> read.get(ConfKey.CPUUNITS))
                .hasMessage("/etc/vz/conf/101.conf, line 1: CPUUNITS=\"1\": not a number from 8 to 500000");
        assertThat(read.warnings()).hasSize(2).anySatisfy(w -> assertThat(w).startsWith("/etc/vz/vz.conf: IOPRIO"));
    }

    @Test
    void anEqualValueLeavesTheLineAlone() throws Exception {
        VzConf global = VzConf.of(HostPaths.under(Path.of("/")), ConfFile.empty(Path.of("/vz.conf")));
        VeConf conf = VeConf.empty(global, new CtId(101)).withText("PHYSPAGES", "0:256M");
        assertThat(conf.with(ConfKey.PHYSPAGES, BarrierLimit.upTo(65_536))).isSameAs(conf);
    }

    @Test
    void theKeysThatNeedARestartAreThoseOfTheContract() {
        List<String> restart = keys().filter(k -> k.applies() == Applies.NEEDS_RESTART)
                .map(ConfKey::name)
                .toList();
        assertThat(restart)
                .containsExactly(
                        "MOUNT_OPTS",
                        "LOCAL_UID",
                        "LOCAL_GID",
                        "DISK_QUOTA",
                        "QUOTAUGIDLIMIT",
                        "CAPABILITY",
                        "FEATURES",
                        "IPTABLES",
                        "NETFILTER");
    }
}
