package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.Samples;

/** Section 9 of vzctl's contract, vzcfgvalidate. */
class VzcfgvalidateTest {
    private static final String GOOD =
            """
            # a classical one
            NUMPROC="100:100"
            AVNUMPROC="50:50"
            NUMTCPSOCK="100:100"
            NUMOTHERSOCK="100:100"
            VMGUARPAGES="1000:unlimited"
            KMEMSIZE="20000000:22000000"
            TCPSNDBUF="300000:600000"
            TCPRCVBUF="300000:600000"
            OTHERSOCKBUF="140000:400000"
            DGRAMRCVBUF="140000:140000"
            OOMGUARPAGES="1000:unlimited"
            PRIVVMPAGES="2000:2200"
            LOCKEDPAGES="100:100"
            SHMPAGES="100:100"
            PHYSPAGES="0:unlimited"
            NUMFILE="2000:2000"
            NUMFLOCK="10:12"
            NUMPTY="16:16"
            NUMSIGINFO="256:256"
            DCACHESIZE="1000000:1100000"
            NUMIPTENT="20:20"
            DISKSPACE="1000:1100"
            DISKINODES="1000:1100"
            """;

    private Harness host;
    private Path file;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        file = host.conf(101, GOOD);
    }

    private Result run(String in, String... args) {
        return Harness.capture((out, err) -> Vzcfgvalidate.run(
                args, host.env(), new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)), out, err));
    }

    @Test
    void aGoodOneIsLeftAlone() throws IOException {
        for (String[] args : new String[][] {{file.toString()}, {"-r", file.toString()}, {"-i", file.toString()}}) {
            assertThat(run("", args)).isEqualTo(new Result(0, "", "Validation completed: success\n"));
        }
        assertThat(file).hasContent(GOOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "light"})
    void theClassicalSamplesAreGood(String name) throws IOException {
        Samples.install(host.paths);
        Path sample = host.paths.confDir().resolve("ve-" + name + ".conf-sample");
        Result result = run("", "-v", "no", sample.toString());
        assertThat(result.err()).doesNotContain("Error:", "Warning:").endsWith("Validation completed: success\n");
    }

    /** A changed line, the complaint, what -r makes of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            NUMPROC="100:120"          | Error: barrier should be equal to limit for numproc (currently, 100:120) | NUMPROC="120:120"
            NUMIPTENT="30:20"          | Error: barrier should be equal to limit for numiptent (currently, 30:20) | NUMIPTENT="30:30"
            KMEMSIZE="22000001:22000000" | Error: barrier should be <= limit for kmemsize (currently, 22000001:22000000) | KMEMSIZE="22000001:22000001"
            LOCKEDPAGES="3:2"          | Error: barrier should be <= limit for lockedpages (currently, 3:2) | LOCKEDPAGES="3:3"
            VMGUARPAGES="1000:2000"    | Error: limit should be = 9223372036854775807 for vmguarpages (currently, 2000) | VMGUARPAGES="1000:unlimited"
            PHYSPAGES="5:unlimited"    | Error: barrier should be = 0 for physpages (currently, 5) | PHYSPAGES="0:unlimited"
            DCACHESIZE="1000:700000"   | Warning: dcachesize.lim should be > 768000 (currently, 700000) | DCACHESIZE="1000:768000"
            KMEMSIZE="3000000:22000000" | Error: kmemsize.bar should be > 3148000 (currently, 3000000) | KMEMSIZE="3148000:22148000"
            PRIVVMPAGES="900:950"      | Warning: privvmpages.bar should be > 1000 (currently, 900) | PRIVVMPAGES="1000:1000"
            TCPSNDBUF="300000:300001"  | Error: tcpsndbuf.lim-tcpsndbuf.bar should be > 256000 (currently, 300001-300000=1) | TCPSNDBUF="300000:556000"
            TCPRCVBUF="65535:600000"   | Warning: tcprcvbuf.bar should be > 65536 (currently, 65535) | TCPRCVBUF="65536:600001"
            DGRAMRCVBUF="100:200"      | Warning: dgramrcvbuf.bar should be > 32768 (currently, 100) | DGRAMRCVBUF="32768:32868"
            NUMFILE="500:500"          | Warning: numfile should be > 1600 (currently, 500) | NUMFILE="1600:1600"
            """)
    void whatIsWrongIsToldAndRepaired(String line, String complaint, String repaired) throws IOException {
        String key = line.substring(0, line.indexOf('='));
        String wrong = GOOD.replaceAll("(?m)^" + key + "=.*$", line);
        Files.writeString(file, wrong);
        Result told = run("", file.toString());
        assertThat(told.status()).isEqualTo(2);
        assertThat(told.err()).startsWith(complaint + "\n").doesNotContain("success");
        assertThat(file).hasContent(wrong);
        // Asked, and no is the answer: as before. The end of the input is no answer.
        assertThat(run("n\n", "-i", file.toString()).status()).isEqualTo(2);
        assertThat(run("", "-i", file.toString()).status()).isEqualTo(2);
        assertThat(file).hasContent(wrong);
        Result asked = run("\n\n", "-i", file.toString());
        assertThat(asked.status()).isZero();
        assertThat(asked.out()).startsWith("set to ");
        assertThat(file).content().contains(repaired);
        Files.writeString(file, wrong);
        Result mended = run("", "-r", file.toString());
        assertThat(mended.status()).isZero();
        assertThat(mended.err()).endsWith("Validation completed: success\n");
        assertThat(file).hasContent(GOOD.replaceAll("(?m)^" + key + "=.*$", repaired));
        assertThat(run("", file.toString()).status()).isZero();
    }

    @Test
    void adviceIsNoFailure() throws IOException {
        Files.writeString(file, GOOD.replace("DGRAMRCVBUF=\"140000:140000\"", "DGRAMRCVBUF=\"40000:40000\""));
        Result result = run("", file.toString());
        assertThat(result.status()).isZero();
        assertThat(result.err()).startsWith("Recommendation: dgramrcvbuf.bar should be > 132096 (currently, 40000)\n");
    }

    @Test
    void unlimitedIsEnoughForEverything() throws IOException {
        String unlimited = GOOD.replaceAll("(?m)^(KMEMSIZE|TCP...BUF|OTHERSOCKBUF|DCACHESIZE)=.*$", "$1=\"unlimited\"");
        Files.writeString(file, unlimited);
        assertThat(run("", file.toString())).isEqualTo(new Result(0, "", "Validation completed: success\n"));
    }

    @Test
    void whatIsMissingCannotBeRepaired() throws IOException {
        Files.writeString(file, GOOD.replaceAll("(?m)^(NUMFLOCK|KMEMSIZE)=.*\n", ""));
        Result result = run("", "-r", file.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo("Error: parameter kmemsize not found\nError: parameter numflock not found\n");
    }

    @Test
    void ofAVswapConfigurationRamAndSwapCount() throws IOException {
        Files.writeString(file, "PHYSPAGES=\"1:1000\"\nSWAPPAGES=\"0:0\"\nOTHER=\"kept\"\n");
        Result result = run("", file.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("Error: physpages.bar should be = 0 (currently, 1)\n");
        assertThat(run("", "-r", file.toString()).status()).isZero();
        assertThat(file).hasContent("PHYSPAGES=\"0:1000\"\nSWAPPAGES=\"0:0\"\nOTHER=\"kept\"\n");
        Files.writeString(file, "PHYSPAGES=\"0:9000000000000\"\nSWAPPAGES=\"0:0\"\n");
        assertThat(run("", file.toString()).err()).startsWith("Warning: physpages.lim should be <= ");
        assertThat(run("", "-v", "no", file.toString()).err()).startsWith("Error: parameter kmemsize not found");
        Files.writeString(file, "PHYSPAGES=\"0:1000\"\n");
        assertThat(run("", file.toString()).err()).isEqualTo("Error: parameter swappages not found\n");
    }

    @Test
    void whatIsNoConfigurationIsAnError() throws IOException {
        assertThat(run("").status()).isEqualTo(1);
        assertThat(run("", "-h").status()).isZero();
        assertThat(run("", "-x", file.toString()).status()).isEqualTo(1);
        assertThat(run("", "-v", "maybe", file.toString()).err()).startsWith("Invalid argument for -v: maybe\n");
        assertThat(run("", "/nowhere.conf"))
                .isEqualTo(new Result(1, "", "Container configuration file /nowhere.conf not found\n"));
        Files.writeString(file, GOOD.replace("NUMPROC=\"100:100\"", "NUMPROC=\"many\""));
        Result bad = run("", file.toString());
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.err()).contains("NUMPROC=\"many\"");
    }
}
