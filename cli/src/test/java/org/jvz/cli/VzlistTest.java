package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzConf;

/** Section 6 of vzctl's contract. VEs 101 and 103 run, 102 is stopped, 104 mounted, 105 suspended, 106 has no files. */
class VzlistTest {
    private Harness host;
    private boolean isRoot = true;
    private final List<CtId> running = new ArrayList<>();

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.conf(0, "ONBOOT=\"no\"\n");
        host.conf(
                101,
                """
                ONBOOT="yes"
                IP_ADDRESS="10.0.0.1 10.0.0.2"
                HOSTNAME="web1.example.org"
                NAME="web"
                DESCRIPTION="first \\"web\\" server"
                OSTEMPLATE="debian-12-x86_64"
                VE_LAYOUT="overlay"
                NUMPROC="240:260"
                PHYSPAGES="0:65536"
                SWAPPAGES="0:unlimited"
                DISKSPACE="2097152:2306867"
                CPUUNITS="1000"
                CPULIMIT="25"
                CPUS="2"
                IOPRIO="4"
                BOOTORDER="5"
                CAPABILITY="SYS_TIME:on NET_RAW:off"
                NAMESERVER="8.8.8.8"
                """);
        host.name("web", 101);
        host.conf(
                102,
                "HOSTNAME=\"a-rather-long-host-name.of.a.department.example.org\"\nNAME=\"db one\"\nONBOOT=\"no\"\n");
        host.name("db one", 102);
        host.conf(103, "IP_ADDRESS=\"fd00::103\"\nNAME=\"web\"\nDISABLED=\"yes\"\nBOOTORDER=\"5\"\n");
        host.conf(104, "VE_LAYOUT=\"simfs\"\n");
        host.conf(105, "BOOTORDER=\"10\"\n");
        host.conf(106, "");
        Files.writeString(host.paths.confDir().resolve("0107.conf"), "");
        Files.writeString(host.paths.confDir().resolve("101.conf.destroyed"), "");
        Files.writeString(host.paths.confDir().resolve("ve-basic.conf-sample"), "");
        for (int id = 101; id <= 105; id++) {
            Files.createDirectories(host.root.resolve("vz/private/" + id));
        }
        Files.createDirectories(host.root.resolve("vz/dump"));
        Files.writeString(host.root.resolve("vz/dump/Dump.105"), "");
        running.add(new CtId(103));
        running.add(new CtId(101));
    }

    private Result vzlist(String... args) {
        return Harness.capture((out, err) -> Vzlist.run(args, host.env(), out, err, new FakeHost()));
    }

    private Result vzlistWords(String line) {
        return vzlist(line.split(" "));
    }

    private final class FakeHost implements Vzlist.Factory {
        @Override
        public boolean isRoot() {
            return isRoot;
        }

        @Override
        public VeProbe open(VzConf conf) {
            return new VeProbe() {
                @Override
                public List<CtId> running() {
                    return running;
                }

                @Override
                public boolean mounted(Path root) {
                    return root.endsWith("root/104");
                }

                @Override
                public VeRow.Live live(CtId id) {
                    if (id.value() != 101) {
                        return new FakeLive().uptime(59.9996);
                    }
                    Pressure.Stall some = new Pressure.Stall(1203, 9, 10_000, 123_456_789);
                    Pressure.Stall full = new Pressure.Stall(0, 0, 100, 7);
                    return new FakeLive()
                            .uptime(90_061.5)
                            .counts(Beancounter.NUMPROC, 17, 20, 3)
                            .counts(Beancounter.PHYSPAGES, 1000, 65_536, 1)
                            .counts(Beancounter.KMEMSIZE, 4096, 8192, 0)
                            .waits(Pressure.Of.MEMORY, new Pressure(some, full))
                            .waits(Pressure.Of.CPU, new Pressure(full, null));
                }
            };
        }
    }

    @Test
    void theDefaultTableListsWhatRuns() {
        assertThat(vzlist())
                .isEqualTo(new Result(
                        0,
                        """
                              CTID      NPROC STATUS    IP_ADDR         HOSTNAME
                               101         17 running   10.0.0.1        web1.example.org
                               103          - running   fd00::103       -
                        """,
                        ""));
    }

    @Test
    void allOfThem() {
        assertThat(vzlist("-a"))
                .isEqualTo(new Result(
                        0,
                        """
                              CTID      NPROC STATUS    IP_ADDR         HOSTNAME
                               101         17 running   10.0.0.1        web1.example.org
                               102          - stopped   -               a-rather-long-host-name.of.a.department.example.org
                               103          - running   fd00::103       -
                               104          - mounted   -               -
                               105          - suspended -               -
                        """,
                        ""));
    }

    /** Arguments, exit status, stdout with '/' for line ends, stderr. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -aH -octid                 | 0 | '       101/       102/       103/       104/       105' | ''
            -a -ovpsid,status -H       | 0 | '       101 running/       102 stopped/       103 running/       104 mounted/       105 suspended' | ''
            -Ho ctid,name 101          | 0 | '       101 web' | ''
            -a -Hoctid 104 105         | 0 | '       104/       105' | ''
            101 -ostatus -H            | 0 | running | ''
            102 -ostatus -H            | 0 | stopped | ''
            web -Hoctid                | 0 | '       101' | ''
            -1                         | 0 | '       101/       103' | ''
            -a1                        | 0 | '       101/       102/       103/       104/       105' | ''
            -1 -octid,status           | 0 | '       101 running/       103 running' | ''
            -octid,status -1           | 0 | '       101/       103' | ''
            -S1                        | 0 | '       102/       104/       105' | ''
            -Ha -o ip                  | 0 | 10.0.0.1 10.0.0.2/-/fd00::103/-/- | ''
            -H -o ip,ctid 101          | 0 | 10.0.0.1               101 | ''
            -Ht -o ip,ctid 101         | 0 | 10.0.0.1 10.0.0.2        101 | ''
            -H -o hostname,ctid 102    | 0 | a-rather-long-host-name.of.a.dep        102 | ''
            -Ht -o hostname,ctid 102   | 0 | a-rather-long-host-name.of.a.department.example.org        102 | ''
            -Ht -o ctid,status 101     | 0 | '       101 running  ' | ''
            -H -o name,smart_name 103  | 0 | -                                       103 | ''
            -Hn -a 102                 | 0 | '    db one          - stopped   -               a-rather-long-host-name.of.a.department.example.org' | ''
            -H -o numproc,numproc.m,numproc.b,numproc.l,numproc.f 101 | 0 | '        17         20        240        260          3' | ''
            -H -o physpages,physpages.m,physpages.b,physpages.l,physpages.f 101 | 0 | '      1000      65536          0      65536          1' | ''
            -H -o swappages,swappages.m,swappages.b,swappages.l,swappages.f 101 | 0 | '         -          -          0 9223372036854775807          -' | ''
            -H -o kmemsize,kmemsize.m,kmemsize.f,kmemsize.l 101 | 0 | '      4096       8192          0 9223372036854775807' | ''
            -H -o lockedpages.l,oomguarpages.b,oomguarpages.l,vmguarpages.b 101 | 0 | '     65536      65536 9223372036854775807 9223372036854775807' | ''
            -aH -o numproc,numproc.m,numproc.b,numproc.l,numproc.f 102 | 0 | '         -          -          0          0          -' | ''
            -aH -o numproc.l,ctid -s numproc.l | 0 | '         0        102/         0        104/         0        105/       260        101/9223372036854775807        103' | ''
            -1 -s physpages            | 0 | '       103/       101' | ''
            -H -o psi_mem,psi_cpu,psi_io,ctid | 0 | '  12.03    0.00       -        101/      -       -       -        103' | ''
            -H -o nat,ctid 101         | 0 | 'no         101' | ''
            -1a -s -psi_mem            | 0 | '       101/       105/       104/       103/       102' | ''
            -o psi_mem 101             | 0 | 'PSI_MEM/  12.03' | ''
            -H -o diskspace,diskspace.s,diskspace.h 101 | 0 | '         -    2097152    2306867' | ''
            -H -o cpulimit,cpuunits,cpus,ioprio,iolimit,iopslimit 101 | 0 | '     25    1000     2   4          -    -' | ''
            -H -o cpulimit,cpuunits 103 | 0 | '      0    1000' | ''
            -H -o cpulimit,cpuunits 104 | 0 | '      -       -' | ''
            -H -o onboot,bootorder,vswap,disabled 101 | 0 | '   yes          5   yes     no' | ''
            -H -o onboot,bootorder,vswap,disabled 103 | 0 | '     -          5    no    yes' | ''
            -H -o layout,ostemplate,capability,features 101 | 0 | 'simfs  debian-12-x86_64                 sys_time:on,net -' | ''
            -H -o uptime,laverage 101  | 0 | 001d01h:01m:01s              - | ''
            -H -o uptime 102           | 0 | '              -' | ''
            -H1 -a -s bootorder        | 0 | '       104/       102/       103/       101/       105' | ''
            -1a -s-bootorder           | 0 | '       105/       101/       103/       102/       104' | ''
            -1a -s -ctid               | 0 | '       105/       104/       103/       102/       101' | ''
            -1a -s hostname            | 0 | '       103/       104/       105/       102/       101' | ''
            -1a -s status              | 0 | '       101/       103/       104/       102/       105' | ''
            -1 -s uptime               | 0 | '       101/       103' | ''
            -1 -h *.example.org        | 0 | '       101' | ''
            -1a -h *.example.org       | 0 | '       101/       102' | ''
            -1a -N w?b                 | 0 | '       101' | ''
            -1a -d *web*               | 0 | '       101' | ''
            -a -h nix                  | 0 | '      CTID      NPROC STATUS    IP_ADDR         HOSTNAME' | ''
            -aH -h nix                 | 0 | '' | ''
            -aj -h nix                 | 0 | [/] | ''
            999                        | 1 | '' | Container(s) not found
            -j 999                     | 1 | [] | ''
            106                        | 0 | '      CTID      NPROC STATUS    IP_ADDR         HOSTNAME' | ''
            x                          | 1 | '' | CT ID x is invalid.
            0                          | 1 | '' | CT ID 0 is invalid.
            -o nix                     | 1 | '' | Unknown field: nix
            -o ctid,,name              | 1 | '' | Unknown field:
            -s nix                     | 1 | '' | Invalid sort field name: nix
            -s -nix                    | 1 | '' | Invalid sort field name: -nix
            -jo numproc.b              | 1 | '' | Field `numproc.b' is not available in JSON output
            """)
    void printsAndReturnsWhatCallersKnow(String args, int status, String out, String err) {
        Result result = vzlistWords(args);
        assertThat(result.err().strip()).isEqualTo(err);
        String shown = result.out().endsWith("\n")
                ? result.out().substring(0, result.out().length() - 1)
                : result.out();
        assertThat(shown.replace('\n', '/')).isEqualTo(out);
        assertThat(result.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -o ctid,hostnme | Unknown field: hostnme | Did you mean hostname?
            -s -hostnme     | Invalid sort field name: -hostnme | Did you mean hostname?
            --sotr ctid     | vzlist: unrecognized option '--sotr' | Did you mean --sort?
            """)
    void peopleAreAskedWhatTheyMean(String first, String said, String hint, @TempDir Path dir) throws IOException {
        String[] args = first.split(" ");
        Path tty = Files.createSymbolicLink(dir.resolve("tty"), Path.of("/dev/pts/3"));
        Path pipe = Files.createSymbolicLink(dir.resolve("pipe"), Path.of("pipe:[1]"));
        assertThat(Harness.capture((out, err) ->
                                Vzlist.run(args, host.env(), out, err, new FakeHost(), Terminal.of(Map.of(), tty, tty)))
                        .err())
                .isEqualTo(said + "\n" + hint + "\n");
        assertThat(Harness.capture((out, err) -> Vzlist.run(
                                args, host.env(), out, err, new FakeHost(), Terminal.of(Map.of(), tty, pipe)))
                        .err())
                .isEqualTo(said + "\n");
    }

    @Test
    void nothingThereIsNoFailureUnlessAskedFor() {
        running.clear();
        assertThat(vzlist()).isEqualTo(new Result(0, "", "Container(s) not found\n"));
        assertThat(vzlist("-j")).isEqualTo(new Result(0, "[]\n", ""));
    }

    @Test
    void aRunningVeWithoutConfigurationIsListed() {
        running.add(new CtId(200));
        assertThat(vzlist("-H", "-octid,hostname,status", "200").out())
                .isEqualTo("       200 -                                running\n");
    }

    @Test
    void jsonHasTheFormThatClientsKnow() {
        Result result = vzlist(
                "-ajH",
                "-o",
                "ctid,name,ip,numproc,diskspace,cpus,onboot,uptime,capability,laverage,psi_mem,psi_cpu,psi_io",
                "101",
                "104");
        assertThat(result)
                .isEqualTo(new Result(
                        0,
                        """
                        [
                          {
                            "ctid": 101,
                            "name": "web",
                            "ip": ["10.0.0.1", "10.0.0.2"],
                            "numproc": {
                              "held": 17,
                              "maxheld": 20,
                              "barrier": 240,
                              "limit": 260,
                              "failcnt": 3
                            },
                            "diskspace": {
                              "usage": 0,
                              "softlimit": 2097152,
                              "hardlimit": 2306867
                            },
                            "cpus": 2,
                            "onboot": true,
                            "uptime": 90061.500,
                            "capability": {
                              "sys_time": true,
                              "net_raw": false
                            },
                            "laverage": null,
                            "psi_mem": {
                              "some": {"avg10": 12.03, "avg60": 0.09, "avg300": 100.00, "total": 123456789},
                              "full": {"avg10": 0.00, "avg60": 0.00, "avg300": 1.00, "total": 7}
                            },
                            "psi_cpu": {
                              "some": {"avg10": 0.00, "avg60": 0.00, "avg300": 1.00, "total": 7},
                              "full": null
                            },
                            "psi_io": null
                          },
                          {
                            "ctid": 104,
                            "name": null,
                            "ip": [],
                            "numproc": {
                              "held": 0,
                              "maxheld": 0,
                              "barrier": 0,
                              "limit": 0,
                              "failcnt": 0
                            },
                            "diskspace": null,
                            "cpus": 0,
                            "onboot": null,
                            "uptime": 0.000,
                            "capability": null,
                            "laverage": null,
                            "psi_mem": null,
                            "psi_cpu": null,
                            "psi_io": null
                          }
                        ]
                        """,
                        ""));
    }

    @Test
    void jsonOfAllFieldsCanBeParsed() throws IOException {
        Result result = vzlist("-a", "-j");
        List<String> names = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(result.out())) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.FIELD_NAME && depth == 2) {
                    names.add(parser.currentName());
                }
                if (token == JsonToken.VALUE_STRING && "description".equals(parser.currentName())) {
                    assertThat(parser.getText()).isEqualTo("first \"web\" server");
                }
            }
        }
        List<String> expected = new ArrayList<>();
        for (int ve = 0; ve < 5; ve++) {
            for (Field field : Field.all()) {
                if (field.inJson() && !field.isOurs()) {
                    expected.add(field.name());
                }
            }
        }
        assertThat(names).isEqualTo(expected);
    }

    @Test
    void everyFieldHasAValueForEveryVe() {
        for (Field field : Field.all()) {
            Result result = vzlist("-aH", "-o", "ctid," + field.name() + ",status");
            assertThat(result.out().lines()).as(field.name()).hasSize(5).allSatisfy(line -> assertThat(
                            line.strip().split("\\s+").length)
                    .isGreaterThanOrEqualTo(3));
        }
    }

    @Test
    void fieldsCanBeListed() {
        Result result = vzlist("-L");
        assertThat(result.status()).isZero();
        assertThat(result.out().lines())
                .hasSize(Field.all().size())
                .contains("ctid            CTID           ", "numproc.b       NPROC.B        ")
                .endsWith(
                        "psi_cpu         PSI_CPU        ",
                        "psi_mem         PSI_MEM        ",
                        "psi_io          PSI_IO         ");
    }

    @Test
    void fieldNamesAreUnique() {
        List<String> names = new ArrayList<>();
        for (Field field : Field.all()) {
            names.add(field.name());
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void aLineOptionsCannotBeReadFromIsExplained() {
        Result result = vzlist("--nix");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("vzlist: unrecognized option '--nix'\n");
        assertThat(result.out()).startsWith("Usage: vzlist ");
        assertThat(vzlist("--help").status()).isEqualTo(1);
        assertThat(vzlist("-e").out()).isEqualTo(result.out());
    }

    @Test
    void onlyRootSeesVes() {
        isRoot = false;
        assertThat(vzlist("-a")).isEqualTo(new Result(1, "", "This program can only be run under root.\n"));
    }

    @Test
    void aBrokenConfigurationIsReportedAndTheRestListed() throws IOException {
        Path broken = host.conf(102, "HOSTNAME=\"never closed\n");
        Result result = vzlist("-a1");
        assertThat(result.status()).isZero();
        assertThat(result.err()).startsWith("Warning: " + broken).hasLineCount(1);
        assertThat(result.out()).contains("101\n", "105\n");
    }

    @Test
    void aDescriptionCannotForgeALine() throws IOException {
        host.conf(101, "DESCRIPTION=\"a\nb\tc\"\nVE_PRIVATE=\"/\033\"\n");
        assertThat(vzlist("-H", "-odescription", "101").out()).isEqualTo("a b c\n");
    }
}
