package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;

/** The command lines of section 2.8 of vzctl's contract. What the stages do is tested on real VEs: {@code FreezeVeTest}. */
class CheckpointCommandTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        host.conf(101, "");
        host.runs(101);
    }

    /** Arguments, exit status, what is asked of the host, stderr. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            chkpnt 101                            | 0  | checkpoint 101 ALL         | ''
            suspend 101                           | 0  | checkpoint 101 ALL         | ''
            chkpnt 101 --dumpfile /d              | 0  | checkpoint 101 ALL         | ''
            chkpnt 101 --suspend                  | 0  | checkpoint 101 SUSPEND     | ''
            --skiplock chkpnt 101 --suspend       | 0  | checkpoint 101 SUSPEND     | ''
            chkpnt 101 --sus                      | 0  | checkpoint 101 SUSPEND     | ''
            chkpnt 101 --resume                   | 0  | checkpoint 101 RESUME      | ''
            --skiplock chkpnt 101 --resume        | 0  | checkpoint 101 RESUME      | ''
            chkpnt 101 --dump --dumpfile=/d       | 0  | checkpoint 101 DUMP        | ''
            chkpnt 101 --kill                     | 0  | checkpoint 101 KILL        | ''
            chkpnt 101 --skip_arpdetect --resume  | 0  | checkpoint 101 RESUME      | ''
            restore 101                           | 0  | restore 101 ALL null       | ''
            resume 101                            | 0  | restore 101 ALL null       | ''
            restore 101 --undump --dumpfile /d    | 0  | restore 101 UNDUMP /d      | ''
            restore 101 --resume                  | 0  | restore 101 RESUME null    | ''
            restore 101 --kill                    | 0  | restore 101 KILL null      | ''
            restore 101 --skip-fsck --skip-remount | 0 | restore 101 ALL null       | ''
            chkpnt 101 --suspend --resume         | 20 | ''  | Invalid syntax: only one sub command may be used
            chkpnt 101 --kill --kill              | 20 | ''  | Invalid syntax: only one sub command may be used
            restore 101 --undump --resume         | 20 | ''  | Invalid syntax: only one sub command may be used
            chkpnt 101 --undump                   | 20 | ''  | vzctl: unrecognized option '--undump'
            restore 101 --suspend                 | 20 | ''  | vzctl: unrecognized option '--suspend'
            chkpnt 101 --dumpfile                 | 20 | ''  | vzctl: option '--dumpfile' requires an argument
            chkpnt 101 now                        | 20 | ''  | Invalid extra arguments: now
            chkpnt 101 --context xyz              | 21 | ''  | Bad parameter for --context: xyz
            chkpnt 9 --suspend                    | 14 | ''  | Container config file does not exist
            chkpnt                                | 21 | ''  | CT ID missing
            """)
    void reads(String arguments, int status, String asked, String err) {
        Result result = host.vzctl(arguments.split(" "));
        assertThat(result.err().strip()).isEqualTo(err);
        assertThat(result.status()).isEqualTo(status);
        assertThat(String.join(",", host.ve.asked)).isEqualTo(asked);
    }

    @Test
    void saysThatNumbersForOpenVzKernelsMeanNothing() {
        Result result = host.vzctl("chkpnt", "101", "--suspend", "--flags", "0x1f");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("--flags").contains("no effect");
    }
}
