package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;

/**
 * What {@code vzctl set --save} makes of configurations as they are found on hosts: {@code ConfFileGeneratedTest} holds the
 * file's own rules, this the whole command with real keys.
 */
class ConfigRoundTripTest {
    private static final int FILES = 1000;
    private static final CtId ID = new CtId(103);

    /** Options with the key they change and the value that is then in the file. */
    private static final List<List<String>> CHANGES = List.of(
            List.of("--hostname", "h.example.org", "HOSTNAME", "h.example.org"),
            List.of("--onboot", "yes", "ONBOOT", "yes"),
            List.of("--description", "a \"b\" $c `d` \\e", "DESCRIPTION", "a \"b\" $c `d` \\\\e"),
            List.of("--numproc", "10:20", "NUMPROC", "10:20"),
            List.of("--kmemsize", "1M:2M", "KMEMSIZE", "1048576:2097152"),
            List.of("--physpages", "0:256M", "PHYSPAGES", "0:65536"),
            List.of("--diskspace", "2G:2.2G", "DISKSPACE", "2097152:2306867"),
            List.of("--cpulimit", "25", "CPULIMIT", "25"),
            List.of("--private", "/x/$VEID", "VE_PRIVATE", "/x/$VEID"),
            List.of("--cpus", "2", "CPUS", "2"),
            List.of("--netfilter", "full", "NETFILTER", "full"),
            List.of("--stop-timeout", "30", "STOP_TIMEOUT", "30"));

    /** Lines as tools and people leave them. */
    private static final List<String> LINES = List.of(
            "",
            "   ",
            "# Configuration of a web server; \"quotes\" and 'more'",
            "#UUID: 6d2c8c2e-7f0b-4b0e-9c1b-1f2f3a4b5c6d",
            "HOSTNAME=\"old.example.org\"",
            "HOSTNAME='old.example.org' # why",
            "ONBOOT=no",
            "ONBOOT=\"no\"  ",
            "export NUMPROC=\"240:240\"",
            "NUMPROC=240:240;",
            "  PHYSPAGES=\"0:unlimited\"",
            "DESCRIPTION=two\\ words",
            "DESCRIPTION='it'\"'\"'s'",
            "KMEMSIZE=\"14372700:14790164\"",
            "DISKSPACE=\"1048576:1153024\"",
            "CPULIMIT=\"10\"",
            "VE_PRIVATE=\"/vz/private/$VEID\"",
            "VE_ROOT=\"/vz/root/${VEID}\"",
            "UNKNOWN_KEY=\"kept\"",
            "unknown=\"kept, too\"",
            "VENDOR_NOTE='$(reboot) `id` \\'",
            "IP_ADDRESS=\"10.0.0.1 10.0.0.2\"",
            "BROKEN LINE without a key",
            "if [ -e /x ]; then",
            "DCACHE=\"3409920:3624960\"",
            "NETFILTER=stateless",
            "STOP_TIMEOUT=\"\"",
            "LONG=\"" + "x".repeat(20_000) + "\"",
            "# " + "y".repeat(20_000));

    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.state(103, true, false, false, false);
    }

    @Test
    void onlyTheLinesOfWhatIsSetChange() throws IOException {
        for (int seed = 0; seed < FILES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
            List<String> lines = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                lines.add(LINES.get(random.nextInt(LINES.size())) + end);
            }
            if (!lines.isEmpty() && !lines.get(lines.size() - 1).equals(end) && random.nextInt(3) == 0) {
                // As editors leave it that write no last line end.
                String last = lines.remove(lines.size() - 1);
                lines.add(last.substring(0, last.length() - end.length()));
            }
            List<String> change = CHANGES.get(random.nextInt(CHANGES.size()));
            Path file = host.conf(103, String.join("", lines));
            StringBuilder told = new StringBuilder();
            for (String odd : ConfFile.read(file).warnings()) {
                told.append("Warning: ").append(odd).append('\n');
            }

            Result result = host.vzctl("set", "103", change.get(0), change.get(1), "--save");

            String what = "seed " + seed + ": " + change;
            assertThat(result).as(what).isEqualTo(new Result(0, told + "CT configuration saved to " + file + "\n", ""));
            String key = change.get(2);
            ConfFile read = ConfFile.read(file);
            assertThat(read.get(key)).as(what).isEqualTo(change.get(3));
            assertThat(others(rawLines(Files.readString(file)), key))
                    .as(what)
                    .isEqualTo(others(ended(lines, end, key), key));
        }
    }

    /** The lines that are not the key's, as they are. */
    private static List<String> others(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> !line.strip().startsWith(key + "=") && !line.startsWith("export " + key + "="))
                .toList();
    }

    /** A last line without an end gets one where a line comes after it. */
    private static List<String> ended(List<String> lines, String end, String key) {
        boolean there = others(lines, key).size() < lines.size();
        if (lines.isEmpty() || there || lines.get(lines.size() - 1).endsWith("\n")) {
            return lines;
        }
        List<String> ended = new ArrayList<>(lines);
        String last = ended.remove(ended.size() - 1);
        // The end of line is that of the file's first line.
        ended.add(last + (lines.size() == 1 || !lines.get(0).endsWith("\r\n") ? "\n" : end));
        return ended;
    }

    private static List<String> rawLines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            int next = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(from, next));
            from = next;
        }
        return lines;
    }

    /** A file that is none, with '/' for line ends and '~' for a zero byte; the line it is about, and the reason. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
            # one/HOSTNAME="a"/NUMPROC="1:2/X=   | 3 | the double quote in the value of NUMPROC is not closed
            # one/HOSTNAME='a/b                  | 2 | the single quote in the value of HOSTNAME is not closed
            ONBOOT="yes"/DESCRIPTION="a~b"/      | 2 | a zero byte: this is not a text file
            """)
    void aBrokenFileIsNamedWithLineAndReason(String text, int line, String reason) throws IOException {
        Path file = host.conf(103, text.replace('/', '\n').replace('~', '\0'));
        byte[] before = Files.readAllBytes(file);
        String said = file + ", line " + line + ": " + reason;

        Result result = host.vzctl("set", "103", "--hostname", "h", "--save");

        assertThat(result.err()).startsWith(said + "\n");
        assertThat(result.status()).isEqualTo(85);
        assertThat(result.out()).isEmpty();
        assertThat(file).hasBinaryContent(before);

        // The same in vz.conf stops every command.
        Files.write(host.paths.vzConf(), before);
        assertThat(host.vzctl("status", "103"))
                .isEqualTo(new Result(10, "", host.paths.vzConf() + ", line " + line + ": " + reason + "\n"));
    }

    @Test
    void aBrokenSampleIsNamedToo() throws IOException {
        host.conf(103, "ONBOOT=\"no\"\n");
        Path sample = host.paths.confDir().resolve("ve-odd.conf-sample");
        Files.writeString(sample, "# a sample\nNUMPROC=\"1\n", StandardCharsets.US_ASCII);

        Result result = host.vzctl("set", "103", "--applyconfig", "odd", "--save");

        assertThat(result.err())
                .startsWith(sample + ", line 2: the double quote in the value of NUMPROC is not closed\n");
        assertThat(result.status()).isEqualTo(85);
        assertThat(host.paths.conf(ID)).hasContent("ONBOOT=\"no\"");
    }

    @Test
    void aValueThatIsNoneIsNamedWhereItIsNeeded() throws IOException {
        Path file = host.conf(103, "# one\nIP_ADDRESS=\"10.0.0.999\"\n");

        Result result = host.vzctl("set", "103", "--ipadd", "10.0.0.1", "--save");

        assertThat(result.err()).startsWith(file + ", line 2: IP_ADDRESS=\"10.0.0.999\": ");
        assertThat(result.status()).isEqualTo(85);
        assertThat(file).hasContent("# one\nIP_ADDRESS=\"10.0.0.999\"");
        // What has nothing to do with it can still be set.
        assertThat(host.vzctl("set", "103", "--onboot", "yes", "--save").status())
                .isZero();
    }
}
