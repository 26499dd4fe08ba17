package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;

/** Section 9 of vzctl's contract: vzcpucheck, vzmemcheck, vzcalc and vzsplit, whose last lines other programs take apart. */
class HostChecksTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.vzConf("VE0CPUUNITS=\"500\"\n");
        host.conf(101, "PHYSPAGES=\"0:25600\"\nSWAPPAGES=\"0:0\"\nNUMPROC=\"100\"\nCPUUNITS=\"3000\"\n");
        host.conf(102, "PHYSPAGES=\"0:25600\"\nSWAPPAGES=\"0:0\"\n");
    }

    private Result cpu(String... args) {
        return Harness.capture((out, err) -> Vzcpucheck.run(args, host.env(), out, err));
    }

    private Result memory(String... args) {
        return Harness.capture((out, err) -> Vzmemcheck.run(args, host.env(), out, err));
    }

    private Result calc(String... args) {
        return Harness.capture((out, err) -> Vzcalc.run(args, host.env(), out, err));
    }

    private Result split(String input, String... args) {
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return Harness.capture((out, err) -> Vzsplit.run(args, host.env(), in, out, err));
    }

    @Test
    void vzcpucheckAddsUpWhatRuns() throws IOException {
        assertThat(cpu().out()).startsWith("Current CPU utilization: 500\nPower of the node: ");
        host.runs(101);
        host.runs(102);
        assertThat(cpu().out()).startsWith("Current CPU utilization: 4500\n");
        assertThat(cpu("-v").out())
                .startsWith("VEID\t\tCPUUNITS\n-------------------------\n0\t\t500\n101\t\t3000\n102\t\t1000\n");
        assertThat(cpu("-x").status()).isEqualTo(2);
        assertThat(cpu("-v", "-v").status()).isEqualTo(2);
        assertThat(Vzcpucheck.power("bogomips\t: 4000.00\nother: 1\nBogoMIPS\t: 100.50\n"))
                .isEqualTo(102512);
    }

    @Test
    void vzmemcheckEndsWithALineOfNumbers() throws IOException {
        Result idle = memory();
        assertThat(idle.status()).isZero();
        assertThat(idle.out())
                .isEqualTo(
                        """
                        Output values in %
                         LowMem  LowMem     RAM MemSwap MemSwap   Alloc   Alloc   Alloc
                           util  commit    util    util  commit    util  commit   limit
                        """
                                + String.join(" ", Collections.nCopies(8, "   0.00")) + "\n");
        host.runs(101);
        String[] lines = memory("-A").out().split("\n");
        assertThat(lines[0]).isEqualTo("Output values in Mbytes");
        // 25600 pages are 100 MB, all of which are promised.
        assertThat(lines[3].strip().split(" +")).hasSize(8).endsWith("100.00", "0.00", "100.00", "100.00");
        assertThat(lines[4].strip().split(" +")).hasSize(8).doesNotContain("0.00");
        assertThat(memory("-v").out()).contains("\n101         ").contains("\nSummary:   ");
        assertThat(memory("-x").status()).isEqualTo(1);
    }

    @Test
    void vzcalcOfOneVe() throws IOException {
        Result stopped = calc("101");
        assertThat(stopped.status()).isZero();
        assertThat(stopped.out())
                .matches(
                        "Resource     Current\\(%\\)  Promised\\(%\\)  Max\\(%\\)\nMemory            n/a +[0-9.]+ +[0-9.]+\n");
        host.runs(101);
        assertThat(calc("-v", "101").out())
                .contains("\nLow Mem    ", "\nTotal RAM  ", "\nMem + Swap ", "\nAlloc. Mem ", "\nNum. Proc  ")
                .doesNotContain("Memory            n/a");
        assertThat(calc("9").err()).contains("9.conf not found");
        assertThat(calc("9").status()).isEqualTo(1);
        assertThat(calc("x").err()).isEqualTo("Invalid CT ID: x\n");
        assertThat(calc().status()).isEqualTo(1);
    }

    @Test
    void vzsplitMakesASampleThatCanBeUsed() {
        Result made = split("", "-n", "2", "-f", "half", "-s", "0");
        assertThat(made.status()).isZero();
        Path sample = host.paths.confDir().resolve("ve-half.conf-sample");
        assertThat(made.err()).isEqualTo("Config " + sample + " was created\n");
        assertThat(split("", "-n", "2", "-f", "half").err()).isEqualTo("File " + sample + " already exist\n");
        Result valid = Harness.capture((out, err) -> Vzcfgvalidate.run(
                new String[] {sample.toString()}, host.env(), InputStream.nullInputStream(), out, err));
        assertThat(valid).isEqualTo(new Result(0, "", "Validation completed: success\n"));
        assertThat(split("2\n").out()).startsWith("Enter the number of containers: # Configuration file generated");
        assertThat(Vzsplit.sample(4, 4352L << 20, 2048L << 20, 4000))
                .contains("PHYSPAGES=\"0:262144\"\nSWAPPAGES=\"0:131072\"\nDISKSPACE=\"1000:1100\"\n");
        assertThat(split("", "-n", "0").status()).isEqualTo(1);
        assertThat(split("", "-n", "999999999").err())
                .contains("can not be allocated", "The maximum allowed value is ");
        assertThat(split("", "-n", "x").status()).isEqualTo(1);
        assertThat(split("", "-n", "2", "-f", "../../x").status()).isEqualTo(1);
        assertThat(split("", "-n", "2", "-v", "no").err()).startsWith("-v no: only VSwap configurations are made");
        assertThat(split("", "-n", "2", "no").status()).isEqualTo(1);
        String plain = split("", "-n", "2", "-s", "0").out();
        assertThat(plain).contains("PHYSPAGES=");
        for (String[] wanted : new String[][] {
            {"-v", "-n", "2", "-s", "0"}, {"-n", "2", "-s", "0", "-v"}, {"-n", "2", "-v", "yes", "-s", "0"}
        }) {
            assertThat(keys(split("", wanted).out())).isEqualTo(keys(plain));
        }
        assertThat(split("", "-h").status()).isZero();
    }

    /** Without numbers: free space changes. */
    private static String keys(String sample) {
        return sample.replaceAll("[0-9]+", "N");
    }
}
