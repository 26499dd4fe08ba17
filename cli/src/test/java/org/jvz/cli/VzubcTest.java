package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.linux.WinSize;

/** Section 9 of vzctl's contract, vzubc: every option. */
class VzubcTest {
    private static final String HEAD =
            """
            Version: 2.5
                   uid  resource                     held              maxheld              barrier                limit              failcnt
            """;

    private Harness host;
    private boolean isRoot = true;
    private String now = "";
    private String input = "";
    private @Nullable WinSize terminal;
    /** What the host looks like at the next looks; there are as many. */
    private final Deque<String> next = new ArrayDeque<>();

    private final List<Long> pauses = new ArrayList<>();

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.conf(101, "NAME=\"web\"\n");
        host.name("web", 101);
        now = HEAD
                + ve(
                        101,
                        row("kmemsize", 2_139_144, 2_449_408, Long.MAX_VALUE, Long.MAX_VALUE, 0),
                        row("numproc", 17, 20, 240, 260, 0),
                        row("physpages", 40_000, 65_536, 0, 65_536, 0))
                + ve(
                        0,
                        row("numproc", 130, 250, 8000, 8000, 0),
                        row("physpages", 5, 6, Long.MAX_VALUE, Long.MAX_VALUE, 0));
    }

    private static String ve(long id, String... rows) {
        StringBuilder text = new StringBuilder(String.format("%10d: %s", id, rows[0]));
        for (int i = 1; i < rows.length; i++) {
            text.append("            ").append(rows[i]);
        }
        return text.toString();
    }

    private static String row(String name, long held, long maxHeld, long barrier, long limit, long failures) {
        return String.format("%-12s %20d %20d %20d %20d %20d%n", name, held, maxHeld, barrier, limit, failures);
    }

    private Result vzubc(String... args) {
        return Harness.capture((out, err) -> Vzubc.run(args, host.env(), out, err, new Around()));
    }

    private final class Around implements Vzubc.Surroundings {
        @Override
        public boolean isRoot() {
            return isRoot;
        }

        @Override
        public String resources(HostPaths paths) {
            assertThat(paths.prefix()).isEqualTo(host.root);
            return now;
        }

        @Override
        public InputStream input() {
            return new ByteArrayInputStream(input.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public @Nullable WinSize terminal() {
            return terminal;
        }

        @Override
        public boolean pause(long millis) {
            pauses.add(millis);
            String text = next.poll();
            now = text == null ? now : text;
            return text != null;
        }
    }

    @Test
    void showsWhatHasABarrier() {
        assertThat(vzubc())
                .isEqualTo(new Result(
                        0,
                        """
                                ----------------------------------------------------------------
                                CT 101       | HELD Bar% Lim%| MAXH Bar% Lim%| BAR | LIM | FAIL
                                -------------+---------------+---------------+-----+-----+------
                                      numproc|  17    7%   6%|  20    8%   8%| 240 | 260 |    -\s
                                    physpages| 156M   -   61%| 256M   -  100%|   - | 256M|    -\s

                                ----------------------------------------------------------------
                                CT 0         | HELD Bar% Lim%| MAXH Bar% Lim%| BAR | LIM | FAIL
                                -------------+---------------+---------------+-----+-----+------
                                      numproc| 130    2%   2%| 250    3%   3%|7.81K|7.81K|    -\s
                                ----------------------------------------------------------------
                                """,
                        ""));
    }

    @Test
    void showsNumbersAsPeopleReadThem() {
        assertThat(UbcTable.amount("numproc", 1)).isEqualTo("1 ");
        assertThat(UbcTable.amount("numproc", 1023)).isEqualTo("1023 ");
        assertThat(UbcTable.amount("numproc", 1024)).isEqualTo("1K");
        assertThat(UbcTable.amount("kmemsize", 2_139_144)).isEqualTo("2.04M");
        assertThat(UbcTable.amount("kmemsize", 104_806_912)).isEqualTo("100M");
        assertThat(UbcTable.amount("physpages", 1)).isEqualTo("4K");
        assertThat(UbcTable.amount("physpages", 300_000)).isEqualTo("1.14G");
        assertThat(UbcTable.amount("kmemsize", Long.MAX_VALUE - 1)).isEqualTo("8E");
        assertThat(UbcTable.share(0, 100)).isEqualTo("- ");
        assertThat(UbcTable.share(4, 10_000)).isEqualTo("- ");
        assertThat(UbcTable.share(6, 10_000)).isEqualTo("0.1%");
        assertThat(UbcTable.share(87, 1000)).isEqualTo("9%");
        assertThat(UbcTable.share(995, 10_000)).isEqualTo("10%");
        assertThat(UbcTable.share(99, 100)).isEqualTo("99%");
        assertThat(UbcTable.share(3, 2)).isEqualTo("150%");
        assertThat(UbcTable.share(3, 0)).isEqualTo("- ");
        assertThat(UbcTable.share(3, Integer.MAX_VALUE)).isEqualTo("- ");
    }

    /** Arguments and the lines that are shown, as ID:name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                  | 101:numproc 101:physpages 0:numproc
            101                 | 101:numproc 101:physpages
            web                 | 101:numproc 101:physpages
            0                   | 0:numproc
            web 0               | 101:numproc 101:physpages 0:numproc
            nobody              | ''
            999 0               | 0:numproc
            -v                  | 101:kmemsize 101:numproc 101:physpages 0:numproc 0:physpages
            --verbose 0         | 0:numproc 0:physpages
            -q                  | 101:physpages
            --quiet 0           | ''
            -q -qh 0.05         | 101:numproc 101:physpages
            -q -qh 5            | 101:numproc 101:physpages
            -qh 0.01 -q 0       | 0:numproc
            -q -qh 1 -qm 1      | ''
            -q -qm 0.08         | 101:numproc 101:physpages
            -c -qh 1 -qm 1      | 101:numproc 101:physpages 0:numproc
            """)
    void selects(String args, String lines) {
        Result result = args.isEmpty() ? vzubc() : vzubc(args.split(" "));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(String.join(" ", shown(result.out()))).isEqualTo(lines);
    }

    private static List<String> shown(String out) {
        List<String> lines = new ArrayList<>();
        String id = "";
        for (String line : out.replaceAll("\033\\[[0-9;]*m", "").lines().toList()) {
            if (line.startsWith("CT ")) {
                id = line.substring(3, line.indexOf('|')).strip();
            } else if (line.contains("|")) {
                lines.add(id + ":" + line.substring(0, line.indexOf('|')).strip());
            }
        }
        return lines;
    }

    /** Arguments, and what is wrong with them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -x           | Unrecognized option: -x
            --nix 101    | Unrecognized option: --nix
            -            | Unrecognized option: -
            -w -c        | Error: can't use --watch and --color together
            -wd --color  | Error: can't use --watch and --color together
            -qh 1        | Error: -qh and -qm only make sense with --quiet or --color
            -qm 1        | Error: -qh and -qm only make sense with --quiet or --color
            -q -v        | Error: options --quiet and --verbose can't be used together
            -q -qh       | Error: option -qh requires an argument
            -q -qm x     | Error: option -qm takes a number, not x
            -q -qh -1    | Error: option -qh takes a number, not -1
            -q -qh 1d    | Error: option -qh takes a number, not 1d
            -wn          | Error: option -wn requires an argument
            -wn often    | Error: option -wn takes a number, not often
            -rd          | Error: option -rd requires an argument
            -id          | Error: option -id requires an argument
            -f           | Error: option -f requires an argument
            --file       | Error: option --file requires an argument
            -w -f -      | Error: standard input can be read once only, not watched
            """)
    void refuses(String args, String complaint) {
        Result result = vzubc(args.split(" "));
        assertThat(result.err()).isEqualTo(complaint + "\n");
        assertThat(result.out()).startsWith("Usage: vzubc ");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void helps() {
        for (String word : List.of("-h", "--help")) {
            Result result = vzubc(word);
            assertThat(result.status()).isZero();
            assertThat(result.out()).startsWith("Usage: vzubc ").contains("-qh", "-rd", "--file");
        }
    }

    @Test
    void readsCopies(@TempDir Path dir) throws IOException {
        // As OpenVZ's kernels of different ages wrote it.
        Path file = Files.writeString(
                dir.resolve("ubc"),
                HEAD
                        + """
                              101:  kmemsize                  7915061              7998209             11418624             12687360                  987
                                    lockedpages                     0                    0                 1024                 1024                    0
                                    dummy                           0                    0                    0                    0                    0
                                    numfile                      2048                 2100           2147483647           2147483647                    0
                        """);
        isRoot = false;
        String table =
                """
                ----------------------------------------------------------------
                CT 101       | HELD Bar% Lim%| MAXH Bar% Lim%| BAR | LIM | FAIL
                -------------+---------------+---------------+-----+-----+------
                     kmemsize|7.55M  69%  62%|7.63M  70%  63%|10.9M|12.1M|  987\s
                  lockedpages|   -    -    - |   -    -    - |   4M|   4M|    -\s
                ----------------------------------------------------------------
                """;
        assertThat(vzubc("-f", file.toString())).isEqualTo(new Result(0, table, ""));
        assertThat(vzubc("--file", file.toString(), "101").out()).isEqualTo(table);
        assertThat(vzubc("-f", file.toString(), "102").out()).isEmpty();
        assertThat(shown(vzubc("-v", "-f", file.toString()).out())).contains("101:numfile");
        input = Files.readString(file);
        assertThat(vzubc("-f", "-").out()).isEqualTo(table);
    }

    @Test
    void readsTheFileOfOneVe() {
        input = "            " + row("numproc", 17, 20, 240, 260, 0);
        assertThat(shown(vzubc("-f", "-").out())).containsExactly("-1:numproc");
        assertThat(vzubc("-r", "-f", "-"))
                .isEqualTo(new Result(1, "", "Error: can not use relative/incremental modes: BCID is unknown\n"));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        input = now.replace("2.5", "2.6");
        assertThat(vzubc("-f", "-")).isEqualTo(new Result(1, "", "Error: unknown version: 2.6\n"));
        input = "root:x:0:0:root:/root:/bin/bash\n";
        assertThat(vzubc("-f", "-")).isEqualTo(new Result(1, "", "Error: no beancounters in -\n"));
        assertThat(vzubc("-f", "/nowhere/at/all"))
                .isEqualTo(new Result(1, "", "/nowhere/at/all: No such file or directory\n"));
        isRoot = false;
        assertThat(vzubc()).isEqualTo(new Result(1, "", "This program can only be run under root.\n"));
    }

    @Test
    void countsFailuresFromRunToRun() {
        failures(5);
        assertThat(failuresShown("-r")).isEqualTo("5");
        assertThat(failuresShown("-r")).isEqualTo("-");
        failures(7);
        // Only -r counts as a run.
        assertThat(failuresShown()).isEqualTo("7");
        assertThat(failuresShown("--relative")).isEqualTo("2");
        // The VE was restarted.
        failures(1);
        assertThat(failuresShown("-r")).isEqualTo("1");
        assertThat(failuresShown("-r", "-rc")).isEqualTo("1");
        assertThat(failuresShown("-r", "-rd", host.root + "/other")).isEqualTo("1");
        assertThat(failuresShown("-r", "-id", host.root + "/other")).isEqualTo("-");
        assertThat(vzubc("-r", "101").out()).contains("| LIM |+FAIL\n");
        assertThat(host.root.resolve("run/jvz/vzubc.store/ubc.101.failcnt")).hasContent("numproc 1\n");
        assertThat(vzubc("-rc").status()).isZero();
        assertThat(host.root.resolve("run/jvz/vzubc.store/ubc.101.failcnt")).doesNotExist();
    }

    private void failures(long count) {
        now = HEAD + ve(101, row("numproc", 17, 20, 240, 260, count));
    }

    private String failuresShown(String... args) {
        String out = vzubc(args).out();
        return out.lines()
                .filter(line -> line.contains("numproc"))
                .map(line -> line.substring(line.lastIndexOf('|') + 1).strip())
                .findFirst()
                .orElse("");
    }

    @Test
    void showsWhatHasChanged() {
        now = HEAD + ve(101, row("numproc", 17, 20, 240, 260, 0), row("shmpages", 10, 10, 999, 999, 0));
        assertThat(vzubc("-i", "-q").out()).isEmpty();
        now = HEAD + ve(101, row("numproc", 12, 20, 240, 260, 0), row("shmpages", 10, 10, 999, 999, 0));
        assertThat(vzubc("-i").out())
                .isEqualTo(
                        """
                        -----------------------------------------------------------------------
                        CT 101       | HELD  +/-   Bar% Lim%| MAXH Bar% Lim%| BAR | LIM | FAIL
                        -------------+----------------------+---------------+-----+-----+------
                              numproc|  12     -5    5%   5%|  20    8%   8%| 240 | 260 |    -\s
                             shmpages|  40K          1%   1%|  40K   1%   1%|3.9M|3.9M|    -\s
                        -----------------------------------------------------------------------
                        """
                                .replace("|3.9M|3.9M|", "| 3.9M| 3.9M|"));
        now = HEAD + ve(101, row("numproc", 12, 20, 240, 260, 0), row("shmpages", 12, 12, 999, 999, 0));
        assertThat(shown(vzubc("--incremental", "-q").out())).containsExactly("101:shmpages");
        assertThat(vzubc("-i", "-v").out()).doesNotContain("+2", "+8K");
        assertThat(vzubc("-ic").status()).isZero();
        assertThat(shown(vzubc("-i", "-q").out())).isEmpty();
    }

    @Test
    void keepsItsNumbersFromOthers(@TempDir Path dir) throws IOException {
        Path target = Files.writeString(dir.resolve("target"), "precious");
        Path store = Files.createDirectory(dir.resolve("store"));
        Files.createSymbolicLink(store.resolve("ubc.101.held"), target);
        assertThat(vzubc("-i", "-id", store.toString(), "101").status()).isZero();
        assertThat(target).hasContent("precious");
        assertThat(store.resolve("ubc.101.held")).content().contains("numproc 17\n");
        vzubc("-i", "101");
        assertThat(Files.getPosixFilePermissions(host.root.resolve("run/jvz/vzubc.store")))
                .hasSize(3);
    }

    @Test
    void colors() {
        now = HEAD
                + ve(
                        101,
                        row("numproc", 17, 20, 240, 260, 1),
                        row("physpages", 40_000, 65_536, 0, 65_536, 0),
                        row("shmpages", 1, 1, 100, 100, 0));
        String out = vzubc("-c").out();
        assertThat(out)
                .startsWith("\033[1;32m------")
                .contains("\n\033[1;31m      numproc|", "\n\033[1;33m    physpages|", "\n\033[0;39m     shmpages|");
        assertThat(vzubc("--color").out()).isEqualTo(out);
    }

    @Test
    void watches() {
        next.add(now.replace(" 17 ", " 18 "));
        next.add(now.replace(" 17 ", " 19 "));
        Result result = vzubc("-w", "101");
        assertThat(result.status()).isZero();
        assertThat(pauses).containsExactly(2000L, 2000L, 2000L);
        assertThat(result.out().lines().filter(line -> line.startsWith("Every 2.0s: vzubc -w 101 ")))
                .hasSize(3);
        assertThat(result.out()).contains("|  17 ", "|  18 ", "|  19 ").doesNotContain("\033");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wt", "-wd -wt", "-wn 0.5 -wt"})
    void watchesWithoutTitle(String args) {
        Result result = vzubc(args.split(" "));
        assertThat(result.out()).startsWith("-----");
        assertThat(pauses).containsExactly(args.contains("0.5") ? 500L : 2000L);
    }

    @Test
    void highlightsChangesOnATerminal() {
        terminal = new WinSize(6, 40, 0, 0);
        next.add(now.replace(" 17 ", " 18 "));
        String out = vzubc("-wd", "101").out();
        String second = out.substring(out.lastIndexOf("\033[H"));
        assertThat(out).startsWith("\033[HEvery 2.0s: ");
        // Six lines of the screen: title, blank, rule, names, rule, numproc; no wider than the screen.
        assertThat(second.lines()).hasSize(6).last().asString().startsWith("      numproc|  1\033[7m8\033[0m ");
        assertThat(second.replaceAll("\033\\[[0-9;]*[A-Za-z]", "").lines()).allMatch(line -> line.length() <= 40);
        assertThat(second).endsWith("\033[K\033[J");
    }
}
