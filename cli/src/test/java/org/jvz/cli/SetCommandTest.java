package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;

/** Section 4 of vzctl's contract. VE 101 runs, 103 is stopped. */
class SetCommandTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.conf(101, "NAME=\"web\"\nIP_ADDRESS=\"10.0.0.9\"\nHOSTNAME=\"old\"\n");
        host.name("web", 101);
        host.conf(103, "# kept\nIP_ADDRESS=\"10.0.0.1 10.0.0.2\"\nCPUUNITS=\"1000\"\n#UUID: x\n");
        host.conf(0, "ONBOOT=\"no\"\n");
        Files.writeString(
                host.paths.confDir().resolve("ve-basic.conf-sample"), "NUMPROC=\"240:240\"\nHOSTNAME=\"sample\"\n");
        host.runs(101);
    }

    private ConfFile conf(int id) throws IOException {
        return ConfFile.read(host.paths.conf(new CtId(id)));
    }

    /** Options for the stopped VE, exit status, key and value saved. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --hostname h.example.org     | HOSTNAME     | h.example.org
            --nameserver 8.8.8.8 --nameserver inherit | NAMESERVER | 8.8.8.8 inherit
            --searchdomain a.example --searchdomain b.example | SEARCHDOMAIN | a.example b.example
            --netif_add eth1,00:18:51:00:00:01,veth103.1,00:18:51:00:00:02,vmbr0 | NETIF | ifname=eth1,bridge=vmbr0,mac=00:18:51:00:00:01,host_ifname=veth103.1,host_mac=00:18:51:00:00:02
            --netif_add eth0,00:18:51:00:00:01,v0,00:18:51:00:00:02 --ifname eth0 --bridge br0 --mac_filter off | NETIF | ifname=eth0,bridge=br0,mac=00:18:51:00:00:01,host_ifname=v0,host_mac=00:18:51:00:00:02,mac_filter=off
            --netif_add eth0,00:18:51:00:00:01,v0,00:18:51:00:00:02 --ifname eth0 --isolated on --vlan 12 | NETIF | ifname=eth0,mac=00:18:51:00:00:01,host_ifname=v0,host_mac=00:18:51:00:00:02,isolated=on,vlan=12
            --netif_add eth0,00:18:51:00:00:01,v0,00:18:51:00:00:02 --ifname eth0 --ips 192.0.2.10,2001:DB8::/64 | NETIF | ifname=eth0,mac=00:18:51:00:00:01,host_ifname=v0,host_mac=00:18:51:00:00:02,ips=192.0.2.10+2001:db8::/64
            --netif_add eth0,00:18:51:00:00:01,v0,00:18:51:00:00:02 --ifname eth0 --ips 192.0.2.10 --ips all | NETIF | ifname=eth0,mac=00:18:51:00:00:01,host_ifname=v0,host_mac=00:18:51:00:00:02
            --netdev_add eth7 --netdev_add wlan0 | NETDEV | eth7 wlan0
            --onboot yes                 | ONBOOT       | yes
            --bootorder 7                | BOOTORDER    | 7
            --ipadd 10.0.0.3             | IP_ADDRESS   | 10.0.0.1 10.0.0.2 10.0.0.3
            --ip 10.0.0.3 --ipadd fd00::1 | IP_ADDRESS  | 10.0.0.1 10.0.0.2 10.0.0.3 fd00::1
            --ipdel 10.0.0.1             | IP_ADDRESS   | 10.0.0.2
            --ipdel all --ipadd 10.0.0.7 | IP_ADDRESS   | 10.0.0.7
            --ram 256M --swap 512M       | PHYSPAGES    | 0:65536
            --ram=256M --swap=512M       | SWAPPAGES    | 0:131072
            -p 240                       | NUMPROC      | 240:240
            -p240:250                    | NUMPROC      | 240:250
            --numproc unlimited          | NUMPROC      | unlimited:unlimited
            --cpulimit 25                | CPULIMIT     | 25
            --cpuunits 2000              | CPUUNITS     | 2000
            --cpus 2                     | CPUS         | 2
            --ioprio 6                   | IOPRIO       | 6
            --iolimit 10                 | IOLIMIT      | 10485760
            --diskspace 2G:2.2G          | DISKSPACE    | 2097152:2306867
            --nameserver 8.8.8.8 --nameserver 8.8.4.4 | NAMESERVER | 8.8.8.8 8.8.4.4
            --stop-timeout 30            | STOP_TIMEOUT | 30
            --ostemplate debian-12       | OSTEMPLATE   | debian-12
            --features nfs:on            | FEATURES     | nfs:on
            --capability sys_time:on     | CAPABILITY   | SYS_TIME:on
            --netfilter full             | NETFILTER    | full
            --nat yes                    | NAT          | yes
            --portforward 80:8080 --portforward 53/udp:53 | PORTFORWARD | 80/tcp:8080 53/udp:53
            --portforward 80:8080 --portforward_del 80 --portforward 81:81 | PORTFORWARD | 80/tcp:8080 81/tcp:81
            --applyconfig basic          | NUMPROC      | 240:240
            --applyconfig basic          | ORIGIN_SAMPLE | basic
            --private /x/$VEID           | VE_PRIVATE   | /x/$VEID
            """)
    void savesForAStoppedVe(String options, String key, String value) throws IOException {
        Result result = host.vzctl(("set 103 --save " + options).split(" "));
        assertThat(result)
                .isEqualTo(new Result(0, "CT configuration saved to " + host.paths.conf(new CtId(103)) + "\n", ""));
        assertThat(conf(103).get(key)).isEqualTo(value);
        assertThat(Files.readString(host.paths.conf(new CtId(103))))
                .startsWith("# kept\n")
                .contains("#UUID: x\n");
    }

    /** Arguments, exit status, stdout, stderr; nothing may be saved. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            103 --save                         | 0   | No changes in CT configuration, not saving | ''
            103                                | 0   | '' | ''
            103 --nix                          | 21  | '' | vzctl: unrecognized option '--nix'
            103 -z                             | 21  | '' | vzctl: invalid option -- 'z'
            103 x --save                       | 20  | '' | Invalid extra arguments: x
            103 --onboot maybe --save          | 21  | '' | Bad parameter for --onboot: maybe
            103 --onb maybe --save             | 21  | '' | Bad parameter for --onboot: maybe
            103 -p x --save                    | 21  | '' | Bad parameter for -p : x
            103 --ipadd 10.0.0.256 --save      | 21  | '' | Bad parameter for --ipadd: 10.0.0.256
            103 --ioprio 8 --save              | 21  | '' | Bad parameter for --ioprio: 8
            103 --cpulimit 101% --save         | 21  | '' | Bad parameter for --cpulimit: 101%
            103 --noatime yes --save           | 21  | '' | vzctl: unrecognized option '--noatime'
            103 --layout simfs --save          | 21  | '' | vzctl: unrecognized option '--layout'
            103 --setmode maybe                | 21  | '' | Bad parameter for --setmode: maybe
            103 --applyconfig_map x --save     | 21  | '' | Bad parameter for --applyconfig_map: x
            103 --applyconfig none --save      | 109 | '' | Sample config file not found: @/etc/vz/conf/ve-none.conf-sample/Error: failed to apply some parameters, not saving configuration file!
            103 --userpasswd root --save       | 21  | '' | Bad parameter for --userpasswd: root
            103 --ram 256M --save              | 28  | '' | Error: required UB parameter (swap) not set/Error: failed to apply some parameters, not saving configuration file!
            103 --nodemask 0 --save            | 20  | '' | Error: option --nodemask: --cpumask is needed too/Error: failed to apply some parameters, not saving configuration file!
            103 --name a/b --save              | 131 | '' | Error: invalid name a/b
            103 --name web --save              | 131 | '' | Conflict: name web already used by container 101/Error: failed to apply some parameters, not saving configuration file!
            103 --netdev_add lo --save         | 104 | '' | Bad parameter for --netdev_add: lo
            103 --name x                       | 131 | '' | Error: unable to use --name option without --save
            103 --ostemplate x                 | 20  | '' | Error: unable to use --ostemplate option without --save
            103 --stop-timeout 1               | 20  | '' | Error: unable to use --stop-timeout option without --save
            103 --force                        | 20  | '' | Error: --force is useless without --save
            103 --setmode restart              | 20  | '' | Error: --setmode restart doesn't make sense without --save flag
            103 --reset_ub --save              | 20  | '' | Error: option --reset_ub is exclusive
            103 --reset_ub                     | 31  | '' | Container is not running
            103 --offline-resize --save        | 20  | '' | Error: option --offline-resize can only be used with --diskspace
            103 --numproc 5                    | 31  | '' | Unable to apply UBC parameters: container is not running
            103 --ipadd 10.0.0.5               | 31  | '' | Unable to apply network parameters: container is not running
            103 --cpuunits 5000 --ipadd 1.2.3.4 | 31 | '' | Unable to apply network parameters: container is not running
            103 --cpuunits 5000                | 31  | '' | Unable to apply CPU parameters: container is not running
            103 --onboot yes                   | 0   | WARNING: Settings were not saved to config (use --save flag) | ''
            103 --description x                | 0   | WARNING: Settings were not saved to config (use --save flag) | ''
            101 --onboot yes                   | 0   | WARNING: Settings were not saved to config and will be lost after CT restart (use --save flag) | ''
            101 --netfilter full               | 0   | WARNING: Settings were not saved to config and will be lost after CT restart (use --save flag) | WARNING: Some of the parameters could not be applied to a running container: netfilter. Please consider using --setmode option
            101 --netfilter full --setmode ignore | 32 | '' | Unable to apply to a running container: netfilter (with --save it is kept for the next start)
            101 --netfilter full --setmode ignore --save | 32 | '' | Unable to apply to a running container: netfilter (with --save it is kept for the next start)/Error: failed to apply some parameters, not saving configuration file!
            101 --private /x --save            | 32  | '' | Unable to change VE_PRIVATE on a running container/Error: failed to apply some parameters, not saving configuration file!
            101 --root /x --save               | 32  | '' | Unable to change VE_ROOT on a running container/Error: failed to apply some parameters, not saving configuration file!
            0 --hostname x --save              | 21  | '' | Option --hostname can not be used for CT0
            0 --applyconfig basic --save       | 21  | '' | Only limits and --cpuunits can be set for CT0
            """)
    void saysWhyNothingIsSaved(String args, int status, String out, String err) throws IOException {
        String before = files();
        Result result = host.vzctl(("set " + args).split(" "));
        assertThat(result.err().strip().replace("\n", "/")).isEqualTo(err.replace("@", host.root.toString()));
        assertThat(result.out().strip()).isEqualTo(out);
        assertThat(result.status()).isEqualTo(status);
        assertThat(files()).isEqualTo(before);
    }

    private String files() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int id : new int[] {0, 101, 103}) {
            all.append(Files.readString(host.paths.conf(new CtId(id))));
        }
        return all.toString();
    }

    @Test
    void aRunningVeIsToldWhatItDoesNotGet() throws IOException {
        Result result =
                host.vzctl("set", "101", "--netfilter", "full", "--onboot", "yes", "--kmemsize", "9M", "--save");
        assertThat(result)
                .isEqualTo(new Result(
                        0,
                        "CT configuration saved to " + host.paths.conf(new CtId(101)) + "\n"
                                + "Note: only recorded, there is nothing on this kernel to apply it to: kmemsize\n",
                        "WARNING: Some of the parameters could not be applied to a running container: netfilter."
                                + " Please consider using --setmode option\n"));
        assertThat(conf(101).get("NETFILTER")).isEqualTo("full");
    }

    @Test
    void whatARunningVeHasAnywayIsNoWarning() {
        assertThat(host.vzctl("set", "101", "--ipadd", "10.0.0.9", "--onboot", "no", "--save"))
                .isEqualTo(new Result(0, "CT configuration saved to " + host.paths.conf(new CtId(101)) + "\n", ""));
    }

    @Test
    void namesAreGivenAndTakenAway() throws IOException {
        Path conf = host.paths.conf(new CtId(103));
        assertThat(host.vzctl("set", "103", "--name", "db", "--save"))
                .isEqualTo(new Result(0, "Name db assigned\nCT configuration saved to " + conf + "\n", ""));
        assertThat(host.vzctl("status", "db").out()).startsWith("CTID 103 ");
        assertThat(host.vzctl("set", "db", "--name", "db2", "--save").status()).isZero();
        assertThat(host.paths.namesDir().resolve("db")).doesNotExist();
        assertThat(host.vzctl("set", "db2", "--name", "", "--save").status()).isZero();
        assertThat(Files.exists(host.paths.namesDir().resolve("db2"), java.nio.file.LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(conf(103).get("NAME")).isNull();
    }

    @Test
    void aLostLinkIsMadeAnew() throws IOException {
        Files.delete(host.paths.namesDir().resolve("web"));
        assertThat(host.vzctl("status", "web").status()).isEqualTo(21);
        assertThat(host.vzctl("set", "101", "--applyconfig_map", "name", "--save")
                        .status())
                .isZero();
        assertThat(host.vzctl("status", "web").status()).isZero();
    }

    @Test
    void aSampleDoesNotTakeTheHostNameAway() throws IOException {
        host.vzctl("set", "103", "--hostname", "own", "--save");
        host.vzctl("set", "103", "--applyconfig", "basic", "--save");
        assertThat(conf(103).get("HOSTNAME")).isEqualTo("own");
    }

    @Test
    void aConfigurationThatIsNotThereIsMade() throws IOException {
        Path conf = host.paths.conf(new CtId(200));
        assertThat(host.vzctl("set", "200", "--onboot", "yes", "--save"))
                .isEqualTo(
                        new Result(0, "CT configuration saved to " + conf + "\n", "WARNING: " + conf + " not found\n"));
        assertThat(conf(200).get("ONBOOT")).isEqualTo("yes");
    }

    @Test
    void theHostHasAWeight() throws IOException {
        assertThat(host.vzctl("set", "0", "--cpuunits", "2000", "--save").status())
                .isZero();
        assertThat(conf(0).get("CPUUNITS")).isEqualTo("2000");
        assertThat(host.vzctl("set", "0", "--reset_ub")).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void aLockedVeIsLeftAlone() throws IOException {
        Path lock = host.root.resolve("vz/lock/103.lck");
        Files.createDirectories(lock.getParent());
        Files.writeString(lock, ProcessHandle.current().pid() + "\n");
        Result result = host.vzctl("set", "103", "--onboot", "yes", "--save");
        assertThat(result.status()).isEqualTo(9);
        assertThat(result.err().lines())
                .first()
                .asString()
                .startsWith("Locked by: pid " + ProcessHandle.current().pid() + ", cmdline ");
        assertThat(result.err()).contains("\nContainer already locked\n");
        assertThat(host.vzctl("--skiplock", "set", "103", "--onboot", "yes", "--save")
                        .status())
                .isZero();
    }

    @Test
    void everyOptionOfTheTablesIsKnownToItsCommand() {
        for (String command : new String[] {"set", "create"}) {
            OptionTable table = command.equals("set") ? Options.set() : Options.create();
            List<Option> options = new ArrayList<>(table.options());
            options.addAll(table.more());
            for (Option option : options) {
                Result result = host.vzctl(command, "103", "--" + option.name() + (option.takesValue() ? "=1" : ""));
                assertThat(result.err()).as(option.name()).doesNotContain("Internal error", "unrecognized option");
            }
        }
    }

    @Test
    void aPasswordIsNeverShown() {
        Result result = host.vzctl("set", "103", "--userpasswd", "root:secret\nx", "--save");
        assertThat(result).isEqualTo(new Result(21, "", "Bad parameter for --userpasswd: root:*\n"));
    }
}
