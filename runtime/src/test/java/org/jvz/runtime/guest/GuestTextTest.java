package org.jvz.runtime.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.config.VeAddress;

/** The edits as functions from text to text. */
final class GuestTextTest {
    @ParameterizedTest
    @CsvSource({
        "debian-12-x86_64, DEBIAN",
        "debian, DEBIAN",
        "ubuntu-24.04-minimal, DEBIAN",
        "centos-7-x86_64, REDHAT",
        "rocky-9, REDHAT",
        "Fedora-40, REDHAT",
        "alpine-3.20-x86_64, ALPINE",
        "tiny, ALPINE",
        "arch-20240101-x86_64, ARCH",
        "opensuse-leap-15.6, SUSE",
        "sles-15, SUSE",
        "unmanaged-plan9, UNMANAGED",
        "/vz/template/cache/debian-12, DEBIAN",
        "debian12, ",
        "my-debian-12, ",
        "-debian, ",
        "'', "
    })
    void knowsTemplatesByName(String template, Distribution expected) {
        assertThat(Distribution.ofTemplate(template)).isEqualTo(expected);
    }

    @Test
    void knowsOsRelease() {
        assertThat(Distribution.ofOsRelease("NAME=x\nID=\"opensuse-leap\"\n")).isEqualTo(Distribution.SUSE);
        assertThat(Distribution.ofOsRelease("ID=x\nID_LIKE='y fedora'\n")).isEqualTo(Distribution.REDHAT);
        assertThat(Distribution.ofOsRelease("ID=debian\nID=x\n")).isNull();
        assertThat(Distribution.ofOsRelease("ID=\"\nID_LIKE=\n")).isNull();
        assertThat(Distribution.ofOsRelease("\0\n\n===")).isNull();
    }

    @Test
    void seedsHostsOnlyWithWhatIsAbsent() {
        String both = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
        assertThat(HostsFile.seed("")).isEqualTo(both);
        assertThat(HostsFile.seed(both)).isEqualTo(both);
        assertThat(HostsFile.seed("::1 x\n# 127.0.0.1 localhost\n"))
                .isEqualTo("127.0.0.1\tlocalhost\n::1 x\n# 127.0.0.1 localhost\n");
        assertThat(HostsFile.seed("127.0.0.1 me # localhost\n::1 x")).startsWith("127.0.0.1\tlocalhost\n127.0.0.1 me");
    }

    @Test
    void putsTheOwnNameAfterLocalhost() {
        assertThat(HostsFile.ownName("a b\n127.0.0.1 localhost\n::1 x\n", "ve"))
                .isEqualTo("a b\n127.0.0.1 localhost\n127.0.1.1\tve\n::1 x\n");
        assertThat(HostsFile.ownName("", "ve.example.org")).isEqualTo("127.0.1.1\tve.example.org ve\n");
    }

    @Test
    void hasOneOwnNameHoweverOftenItChanges() {
        String text = "127.0.0.1 localhost\n";
        for (String name : new String[] {"one", "two.example.org", "three"}) {
            text = HostsFile.ownName(text, name);
        }
        assertThat(text).isEqualTo("127.0.0.1 localhost\n127.0.1.1\tthree\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@reboot root x",
                "*/5 * * * * root x",
                "1,2 * * * * root x",
                "1-9 * * * * root x",
                "# 17 * * * * root x",
                "PATH=/bin",
                "17 * * * *",
                "100 * * * * root x",
                ""
            })
    void leavesOtherCronLinesAlone(String line) {
        assertThat(Crontab.spread(line + "\n", 5)).isEqualTo(line + "\n");
    }

    @Test
    void spreadsJobsOverTheWholeHour() {
        TreeSet<Integer> minutes = new TreeSet<>();
        for (int ve = 101; ve < 1101; ve++) {
            String line = Crontab.spread("17 * * * * root x\n", ve);
            assertThat(line).endsWith(" * * * * root x\n");
            minutes.add(Integer.valueOf(line.substring(0, line.indexOf(' '))));
            assertThat(Crontab.spread(line, ve)).isEqualTo(line);
        }
        assertThat(minutes).hasSize(60).startsWith(0).endsWith(59);
    }

    @Test
    void locksOnlyRootsEmptyPassword() {
        assertThat(Passwords.lockEmptyRoot("root::1::::::\nrooty::1:\nx::2:\n"))
                .isEqualTo("root:*:1::::::\nrooty::1:\nx::2:\n");
        assertThat(Passwords.lockEmptyRoot("root:$6$x:1:\n")).isEqualTo("root:$6$x:1:\n");
        assertThat(Passwords.lockEmptyRoot("root:!:1:\n")).isEqualTo("root:!:1:\n");
    }

    @Test
    void changesAssignmentsThatAreThere() {
        assertThat(Assignments.change("A=1\n #HOSTNAME=x\nHOSTNAME='a b'\nHOSTNAME=y", "HOSTNAME", "ve"))
                .isEqualTo("A=1\n #HOSTNAME=x\nHOSTNAME=ve\nHOSTNAME=ve\n");
        assertThat(Assignments.change("A=1", "HOSTNAME", "ve")).isEqualTo("A=1");
    }

    @ParameterizedTest
    @CsvSource({
        "nameserver 127.0.0.53, false, true",
        "nameserver 127.0.0.53, true, false",
        "nameserver 127.0.0.1, true, true",
        "nameserver fe80::1%eth0, false, true",
        "nameserver 192.0.2.1, false, false",
        "search example.org, false, false",
        "# nameserver 127.0.0.53, false, false"
    })
    void knowsWhatTheBuildMachineLeft(String text, boolean resolved, boolean stale) {
        assertThat(ResolvConf.stale(text + "\n", resolved)).isEqualTo(stale);
    }

    @ParameterizedTest
    @CsvSource({
        "../run/systemd/resolve/stub-resolv.conf, true, true",
        "/run/systemd/resolve/resolv.conf, false, false",
        "/etc/resolvconf/run/resolv.conf, false, true",
        "/run/NetworkManager/resolv.conf, false, true",
        "/mnt/build/resolv.conf, true, false"
    })
    void knowsLinksThatAreMadeGoodAtBoot(String target, boolean resolved, boolean good) {
        assertThat(ResolvConf.madeAtBoot(target, resolved)).isEqualTo(good);
    }

    private static GuestNetwork dns(@Nullable List<String> servers, @Nullable List<String> domains) {
        return new GuestNetwork(List.of(), servers, domains);
    }

    @Test
    void changesOnlyWhatIsGivenOfResolvConf() {
        String text = "# mine\nsearch a.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\noptions edns0\n";
        assertThat(ResolvConf.change(text, dns(List.of("8.8.8.8"), null)))
                .isEqualTo("nameserver 8.8.8.8\n# mine\nsearch a.example\noptions edns0\n");
        assertThat(ResolvConf.change(text, dns(null, List.of("b.example", "c.example"))))
                .isEqualTo(
                        """
                        search b.example c.example
                        # mine
                        nameserver 192.0.2.1
                        nameserver 192.0.2.2
                        options edns0
                        """);
        assertThat(ResolvConf.change(text, dns(null, null))).isEqualTo(text);
    }

    @Test
    void inheritsOnlyServersThatAVeCanReach() {
        String text =
                """
                nameserver 127.0.0.53
                @nameserver\t192.0.2.1\s
                nameserver ::1
                nameserver fe80::1%eth0
                # nameserver 192.0.2.9
                nameserver 2001:db8::53
                domain a
                search  b  c
                """
                        .replace('@', ' ');
        assertThat(ResolvConf.servers(text)).containsExactly("192.0.2.1", "2001:db8::53");
        assertThat(ResolvConf.domains(text)).containsExactly("b", "c");
        assertThat(ResolvConf.servers("")).isEmpty();
        assertThat(ResolvConf.domains("")).isEmpty();
    }

    @Test
    void leavesInterfacesWithoutTheDeviceAlone() {
        String text = "auto lo eth0\niface lo inet loopback\n\n\niface eth0 inet dhcp";
        assertThat(InterfacesFile.change(text, null, null, dns(null, null), true))
                .isEqualTo(text);
    }

    @Test
    void takesTheDeviceOutOfInterfaces() {
        String text =
                """
                auto lo venet0 eth0
                allow-hotplug venet0:0
                iface venet0:0 inet static
                  address 192.0.2.1
                # mine
                iface venet0 inet6 manual
                  up x
                iface eth0 inet dhcp
                """;
        assertThat(InterfacesFile.change(text, null, null, dns(null, null), true))
                .isEqualTo("auto lo eth0\n# mine\niface eth0 inet dhcp\n");
    }

    @Test
    void takesItsOwnLinesBackAndLosesNoneWhereAMarkIsBroken() {
        GuestNetwork one = new GuestNetwork(List.of(VeAddress.parse("192.0.2.1")), null, null);
        String text = "auto lo\n\niface lo inet loopback\n";
        String with = InterfacesFile.change(text, "#head\n", "#tail", one, true);
        assertThat(with)
                .startsWith("# vzctl: venet0 head begins\n#head\n")
                .endsWith("\n#tail\n# vzctl: venet0 tail ends\n");
        assertThat(InterfacesFile.change(with, null, null, dns(null, null), true))
                .isEqualTo(text);
        String broken = with.replace("# vzctl: venet0 ends\n", "") + "iface eth0 inet dhcp\n";
        assertThat(InterfacesFile.change(broken, null, null, one, true)).contains("iface eth0 inet dhcp\n");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 255.255.255.255",
        "192.0.2.1/24, 255.255.255.0",
        "192.0.2.1/0, 0.0.0.0",
        "10.0.0.1/9, 255.128.0.0"
    })
    void writesPrefixesAsMasks(String address, String mask) {
        assertThat(GuestNetwork.netmask(VeAddress.parse(address))).isEqualTo(mask);
    }

    @ParameterizedTest
    @CsvSource({
        "systemd, '', false, SYSTEMD",
        "busybox, '::sysinit:/sbin/openrc sysinit', true, OPENRC",
        "openrc-init, '', true, OPENRC",
        "busybox, '::sysinit:/etc/init.d/rcS', false, BUSYBOX",
        "init, '::sysinit:/etc/rc', true, BUSYBOX",
        "init, 'id:2:initdefault:', false, SYSV",
        "init, 'si::sysinit:/sbin/openrc sysinit', true, OPENRC",
        "init, '', false, OTHER",
        "bash, 'id:2:initdefault:', false, OTHER"
    })
    void knowsWhatBoots(String program, String inittab, boolean openrc, BootKind kind) {
        assertThat(BootKind.of(program, inittab, openrc)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "-a", ".a", "a/b", "a;b", "\u00e4"})
    void refusesWhatIsNoHostname(String name) {
        assertThat(Guest.isHostname(name)).isFalse();
    }

    @Test
    void takesHostnames() {
        assertThat(Guest.isHostname("ve101.example.com")).isTrue();
        assertThat(Guest.isHostname("A_1-b")).isTrue();
        assertThat(Guest.isHostname("a".repeat(64))).isTrue();
        assertThat(Guest.isHostname("a".repeat(65))).isFalse();
    }

    /** Whatever a VE writes into its files, an edit ends, and made again changes nothing. */
    @Test
    void editsAreIdempotentOnAnyText() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        String[] pieces = {
            "root",
            ":",
            "::",
            "\n",
            " ",
            "\t",
            "127.0.0.1",
            "127.0.1.1",
            "::1",
            "localhost",
            "#",
            "17",
            "*",
            "=",
            "HOSTNAME",
            "x",
            "\0",
            "\r",
            "auto ",
            "iface ",
            "venet0",
            "# vzctl: venet0 begins\n",
            "\n# vzctl: venet0 ends\n",
            "# vzctl: venet0 tail begins\n",
            "nameserver ",
            "search "
        };
        GuestNetwork network = new GuestNetwork(
                List.of(VeAddress.parse("192.0.2.1"), VeAddress.parse("2001:db8::1")), List.of("192.0.2.53"), null);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String any = text.toString();
            String as = "seed " + seed + ", text '" + any + "'";
            String hosts = HostsFile.ownName(HostsFile.seed(any), "ve.x");
            assertThat(HostsFile.ownName(HostsFile.seed(hosts), "ve.x")).as(as).isEqualTo(hosts);
            String cron = Crontab.spread(any, 7);
            assertThat(Crontab.spread(cron, 7)).as(as).isEqualTo(cron);
            String locked = Passwords.lockEmptyRoot(any);
            assertThat(Passwords.lockEmptyRoot(locked)).as(as).isEqualTo(locked);
            assertThat(Lines.of(locked)).as(as).noneMatch(line -> line.startsWith("root::") || line.equals("root:"));
            String interfaces = InterfacesFile.change(any, "head", null, network, (i & 1) == 0);
            assertThat(InterfacesFile.change(interfaces, "head", null, network, (i & 1) == 0))
                    .as(as)
                    .isEqualTo(interfaces);
            String without = InterfacesFile.change(interfaces, null, null, dns(null, null), true);
            assertThat(InterfacesFile.change(without, null, null, dns(null, null), true))
                    .as(as)
                    .isEqualTo(without);
            String resolv = ResolvConf.change(any, network);
            assertThat(ResolvConf.change(resolv, network)).as(as).isEqualTo(resolv);
            String assigned = Assignments.change(any, "HOSTNAME", "ve");
            assertThat(Assignments.change(assigned, "HOSTNAME", "ve")).as(as).isEqualTo(assigned);
        }
    }
}
