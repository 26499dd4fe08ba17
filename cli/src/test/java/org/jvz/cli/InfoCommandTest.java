package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeProcess;

class InfoCommandTest {
    @TempDir
    Path root;

    private Harness host;

    @BeforeEach
    void host() throws IOException {
        host = new Harness(root);
        host.conf(
                101,
                """
                VE_PRIVATE="/none/$VEID"
                NAME="web"
                HOSTNAME="web.example"
                OSTEMPLATE="debian-12"
                VE_LAYOUT="overlay"
                IP_ADDRESS="10.0.0.1 10.0.0.2"
                NETIF="ifname=eth0,bridge=vmbr0,mac=00:18:51:00:00:01;ifname=eth1,mac=00:18:51:00:00:02"
                NUMPROC="100:100"
                PHYSPAGES="0:65536"
                CPULIMIT="150"
                ONBOOT="yes"
                BOOTORDER="5"
                """);
        host.name("web", 101);
    }

    @Test
    void aPageAboutAVeThatRuns() throws IOException {
        host.state(101, true, true, true, false);
        host.ve
                .live
                .uptime(90_061.5)
                .counts(Beancounter.PHYSPAGES, 32_768, 40_000, 0)
                .counts(Beancounter.NUMPROC, 97, 100, 3);
        host.ve.processes.add(new VeProcess(1, "init", 2048, 0.42));
        host.ve.processes.add(new VeProcess(77, "evil\u001b[31m", 204_800, 75 * 60));
        Path log = host.root.resolve("log");
        Files.writeString(
                log,
                """
                2026-11-26T10:00:00+0000 vzctl : CT 101 : Starting container...
                2026-11-26T10:00:00+0000 vzctl : CT 1010 : Starting another
                2026-11-26T10:00:01+0000 vzctl : CT 101 : Container start in progress...
                """);
        host.vzConf("LOGFILE=\"" + log + "\"\n");
        Result result = host.vzctl("info", "101");
        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .isEqualTo(
                        """
                        CT 101  web                                           running, up 1 day 01:01:01

                          host name     web.example
                          template      debian-12, layout overlay
                          private area  /none/101
                          addresses     10.0.0.1, 10.0.0.2
                          devices       eth0 in vmbr0, eth1
                          name servers  inherit
                          at boot       started, order 5
                          CPU           at most 150 % of one, weight 1000

                        Use
                          RAM           [############------------] 128 MiB of 256 MiB, 50 %
                          processes     [#######################-] 97 of 100, 97 %  refused 3 times

                        Processes: 2
                              PID   CPU TIME      MEMORY  COMMAND
                               77   75:00.00     200 MiB  evil [31m
                                1    0:00.42     2.0 MiB  init

                        Log
                          2026-11-26T10:00:00+0000  Starting container...
                          2026-11-26T10:00:01+0000  Container start in progress...
                        """);
    }

    @Test
    void oneThatIsDownHasNoUse() {
        Result result = host.vzctl("info", "web");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("CT 101  web" + " ".repeat(38) + "stopped, without a private area\n")
                .doesNotContain("Use", "Processes", "Log");
    }

    @Test
    void itTakesNothingElse() {
        assertThat(host.vzctl("info", "101", "x")).isEqualTo(new Result(20, "", "Invalid extra arguments: x\n"));
        assertThat(host.vzctl("info", "9")).isEqualTo(new Result(14, "", "Container config file does not exist\n"));
    }

    @Test
    void aVeThatIsFrozenSaysSo() throws IOException {
        host.state(101, true, true, true, false);
        host.ve.live.uptime(5).frozen = true;
        assertThat(host.vzctl("info", "101").out())
                .startsWith("CT 101  web ")
                .contains(" running, up 00:00:05, frozen\n");
        assertThat(onTerminal(Map.of("TERM", "xterm"), "/dev/pts/3", "info", "101"))
                .contains("\033[33mrunning, up 00:00:05, frozen");
    }

    /** What vzctl writes to these streams, as links of /proc/self/fd lead there. */
    private String onTerminal(Map<String, String> more, String to, String... args) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(text, true, StandardCharsets.UTF_8);
        Path link = host.root.resolve("fd");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(to));
        Output output = new Output(stream, stream, Terminal.of(more, link, link));
        Vzctl.run(args, host.env(), output, (conf, skipLock, out) -> {
            host.ve.host = new VeHost(conf, null, skipLock);
            return host.ve;
        });
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void coloursAreForTerminalsThatHaveThem() throws IOException {
        Map<String, String> colours = Map.of("TERM", "xterm");
        assertThat(onTerminal(colours, "/dev/pts/3", "info", "101")).contains("\033[1mCT 101  web\033[0m");
        assertThat(onTerminal(colours, "pipe:[42]", "info", "101")).doesNotContain("\033");
        assertThat(onTerminal(Map.of("TERM", "dumb"), "/dev/pts/3", "info", "101"))
                .doesNotContain("\033");
        assertThat(onTerminal(Map.of(), "/dev/pts/3", "info", "101")).doesNotContain("\033");
        assertThat(onTerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"), "/dev/pts/3", "info", "101"))
                .doesNotContain("\033");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            stauts 101              | Bad command: stauts/Did you mean status?/
            strat 101               | Bad command: strat/Did you mean start?/
            exit 101                | Bad command: exit/
            frobnicate 101          | Bad command: frobnicate/
            set 101 --hostnam1 x    | vzctl: unrecognized option '--hostnam1'/Did you mean --hostname?/
            create 9 --ostemlpate x | vzctl: unrecognized option '--ostemlpate'/Did you mean --ostemplate?/
            start 101 --wiat        | vzctl: unrecognized option '--wiat'/Did you mean --wait?/
            set 101 --frobnicate x  | vzctl: unrecognized option '--frobnicate'/
            """)
    void peopleAreAskedWhatTheyMean(String args, String said) throws IOException {
        String lines = onTerminal(Map.of(), "/dev/tty1", args.split(" ")).replace('\n', '/');
        assertThat(lines).isEqualTo(said);
        assertThat(onTerminal(Map.of(), "socket:[1]", args.split(" ")).lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "999,999 B", "1000,1.0 KiB", "1536,1.5 KiB", "104857600,100 MiB", "1073741824,1.0 GiB"})
    void amountsAreShort(long bytes, String text) {
        assertThat(InfoPage.bytes(bytes)).isEqualTo(text);
    }
}
