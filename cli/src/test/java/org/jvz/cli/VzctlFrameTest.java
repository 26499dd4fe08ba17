package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.cli.Harness.Result;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** The frame of vzctl, section 1 of its contract. VE 101 runs, 102 is mounted, 103 is stopped, 104 has no private area. */
class VzctlFrameTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
        for (int id = 101; id <= 104; id++) {
            host.conf(id, "NAME=\"ve" + id + "\"\n");
            host.name("ve" + id, id);
        }
        host.state(101, true, true, true, false);
        host.state(102, true, true, false, false);
        host.state(103, true, false, false, false);
        host.state(104, false, false, false, false);
        host.state(105, true, false, false, true);
    }

    /** Arguments, exit status, stdout, stderr. A '/' in the expected output is a line end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --version                    | 0   | vzctl version 4.11.1 | ''
            --quiet --version            | 0   | vzctl version 4.11.1 | ''
            frob 101                     | 20  | '' | Bad command: frob
            --frob                       | 20  | '' | Bad command: --frob
            status                       | 21  | '' | CT ID missing
            set                          | 21  | '' | CT ID missing
            status x101                  | 21  | '' | Bad CT ID x101
            status -1                    | 21  | '' | Bad CT ID -1
            status 2147483645            | 21  | '' | Bad CT ID 2147483645
            status 99999999999999999999  | 21  | '' | Bad CT ID 99999999999999999999
            status ../conf/101.conf      | 21  | '' | Bad CT ID ../conf/101.conf
            status 0                     | 21  | '' | Only set actions are allowed for CT0
            start 0                      | 21  | '' | Only set actions are allowed for CT0
            status 101                   | 0   | CTID 101 exist mounted running | ''
            status ve101                 | 0   | CTID 101 exist mounted running | ''
            --quiet status 102           | 0   | CTID 102 exist mounted down | ''
            --verbose --verbose status 3 | 0   | CTID 3 deleted unmounted down | ''
            status 103                   | 0   | CTID 103 exist unmounted down | ''
            status 105                   | 0   | CTID 105 exist unmounted down suspended | ''
            status 2147483644            | 0   | CTID 2147483644 deleted unmounted down | ''
            status 101 x y               | 20  | '' | Invalid extra arguments: x y
            status 101 --x               | 20  | '' | vzctl: unrecognized option '--x'
            start 9                      | 14  | '' | Container config file does not exist
            exec 9 true                  | 14  | '' | Container config file does not exist
            destroy 9                    | 14  | '' | Container config file does not exist
            start 9 --fast               | 20  | '' | Option --fast is not applicable to start command
            start 101                    | 32  | '' | Container is already running
            start 103                    | 0   | Starting container.../Container is mounted/Adding IP address(es): 10.0.0.1 10.0.0.2/Container start in progress... | ''
            --verbose start 103          | 0   | Starting container.../Container is mounted/Adding IP address(es): 10.0.0.1 10.0.0.2/a detail/Container start in progress... | ''
            --quiet start 103            | 0   | '' | ''
            start 103 --wait             | 0   | Starting container.../Container is mounted/Adding IP address(es): 10.0.0.1 10.0.0.2/Container start in progress, waiting .../Container started successfully | ''
            start 103 --nix              | 20  | '' | vzctl: unrecognized option '--nix'
            start 103 -x                 | 20  | '' | vzctl: invalid option -- 'x'
            start 103 --skip-umount      | 20  | '' | Option --skip-umount is not applicable to start command
            start --wait 103             | 21  | '' | Bad CT ID --wait
            start 103 now                | 20  | '' | Invalid extra arguments: now
            stop 101                     | 0   | Stopping container .../Container was stopped/Container is unmounted | ''
            stop 101 --fast              | 0   | Stopping container .../Killing container .../Container was stopped/Container is unmounted | ''
            stop 101 --skip-umount       | 0   | Stopping container .../Container was stopped | ''
            stop 101 --wait              | 20  | '' | Option --wait is not applicable to stop command
            stop 103                     | 0   | '' | Unable to stop: container is not running
            --quiet stop 103             | 0   | '' | Unable to stop: container is not running
            restart 101 --fast --wait    | 0   | Restarting container | ''
            destroy 101                  | 32  | Container is currently running. Stop it first. | ''
            destroy 102                  | 41  | Container is currently mounted (umount first) | ''
            delete 103                   | 0   | Destroying container private area: /vz/private/103 / Container private area was destroyed | ''
            mount 103                    | 0   | Container is mounted | ''
            mount 103 --skip-fsck        | 0   | Container is mounted | ''
            mount 102                    | 0   | '' | Container is already mounted
            mount 103 --fast             | 20  | '' | vzctl: unrecognized option '--fast'
            umount 102                   | 0   | Container is unmounted | ''
            umount 101                   | 32  | '' | Container is running -- stop it first
            umount 103                   | 40  | '' | CT is not mounted
            quotaon 102                  | 60  | Disk quota is not enabled, skipping operation | ''
            quotaoff 102                 | 66  | Disk quota is not enabled, skipping operation | ''
            quotainit 102                | 61  | Disk quota is not enabled, skipping operation | ''
            quotaon 103                  | 0   | '' | ''
            quotaoff 103 now             | 20  | '' | Invalid extra arguments: now
            quotainit 9                  | 14  | '' | Container config file does not exist
            snapshot 103                 | 156 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot 103 --name x --skip-suspend --skip-config | 156 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot-switch 103          | 20  | '' | Invalid syntax: snapshot id is missing
            snapshot-switch 103 --id x   | 159 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot-delete 103 --uuid x | 158 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot-mount 103 --id x --target /x | 160 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot-umount 103 --id x   | 161 | '' | Snapshot feature is only available for ploop-based CTs
            snapshot-list 103 -H -o uuid | 167 | '' | Snapshot feature is only available for ploop-based CTs
            convert 103 --layout ploop   | 155 | '' | Layout ploop is not available here, nothing is converted
            compact 103                  | 0   | Container has no ploop image, nothing to compact | ''
            exec 101                     | 20  | '' | No command line given for exec
            exec2 101                    | 20  | '' | No command line given for exec
            exec3 101                    | 20  | '' | No command line given for exec
            exec 101 true                | 0   | '' | ''
            exec 103 true                | 8   | '' | Container is not running
            exec2 103 true               | 31  | '' | Container is not running
            exec3 103 true               | 31  | '' | Container is not running
            enter 103                    | 31  | '' | Container is not running
            enter 101                    | 0   | entered into CT 101/exited from CT 101 | ''
            enter 101 bash               | 20  | '' | Invalid option 'bash'
            enter 101 --exec             | 20  | '' | No command line given for --exec
            console 101                  | 0   | '' | Attached to CT 101 (ESC . to detach)/Detached from CT 101
            console 103 2                | 0   | '' | Attached to CT 103 (ESC . to detach)/Detached from CT 103
            console 101 0                | 21  | '' | Invalid tty number: 0
            console 101 3                | 21  | '' | Invalid tty number: 3
            console 101 tty1             | 21  | '' | Invalid tty number: tty1
            console 101 1 1              | 20  | '' | Invalid syntax: too many parameters!
            console 9                    | 14  | '' | Container config file does not exist
            runscript 101                | 20  | '' | Script not specified
            runscript 101 a b            | 20  | '' | Invalid extra arguments: b
            """)
    void saysAndReturnsWhatCallersKnow(String args, int status, String out, String err) {
        Result result = host.vzctl(args.split(" "));
        assertThat(lines(result.err())).isEqualTo(err);
        assertThat(lines(result.out()).replace("/vz/private", "#"))
                .isEqualTo(out.replace("/vz/private", "#").replace(" / ", "/"));
        assertThat(result.status()).isEqualTo(status);
    }

    private static String lines(String text) {
        return text.strip().replace("\n", "/");
    }

    @Test
    void withoutArgumentsShowsUsageOnStderr() {
        Result result = host.vzctl();
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).anyMatch(line -> line.startsWith("vzctl set <ctid> [--save] [--force] "));
        assertThat(host.vzctl("--quiet", "--verbose", "--skiplock").err()).isEqualTo(result.err());
    }

    @Test
    void helpGoesToStdoutAndBeginsWithTheVersion() {
        Result result = host.vzctl("--help");
        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().findFirst()).contains("vzctl version 4.11.1");
        for (Option option : Options.set().options()) {
            assertThat(option.isAlias() || result.out().contains("[--" + option.name()))
                    .as(option.name())
                    .isTrue();
        }
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            exec 101 echo a b                | shell 101 [echo a b ]
            exec2 101 sh -c 'x y'            | shell 101 [sh -c 'x y' ]
            quotaon 103                      | quotaon 103
            quotaoff 103                     | quotaoff 103
            quotainit 103                    | quotainit 103
            exec 101 -- --help               | shell 101 [-- --help ]
            exec 101 --version               | shell 101 [--version ]
            exec 101 -                       | stdin 101
            exec2 101 - ignored              | stdin 101
            exec3 101 -                      | program 101 [-]
            exec3 101 echo --x               | program 101 [echo, --x]
            enter 101 --exec ls -l           | enter 101 [ls, -l]
            console 101                      | console 101 1
            console 103 2                    | console 103 2
            start 103 --force --skip_ve_setup --skip-rem --skip-fsck | start 103 StartOptions[force=true, waitUntilUp=false, skipSetup=true, skipRemount=true]
            runscript 103 -                  | runscript 103 -
            """)
    void asksForWhatTheArgumentsSay(String args, String asked) {
        host.vzctl(args.split(" "));
        assertThat(host.ve.asked).containsExactly(asked);
    }

    @Test
    void emptyWordsAreQuoted() {
        host.vzctl("exec", "101", "printf", "", "a b", "");
        assertThat(host.ve.asked).containsExactly("shell 101 [printf '' a b '' ]");
    }

    @Test
    void execHasOneStatusForAllFailures() {
        host.ve.exitStatus = 77;
        assertThat(host.vzctl("exec", "101", "x").status()).isEqualTo(8);
        assertThat(host.vzctl("exec2", "101", "x").status()).isEqualTo(77);
        assertThat(host.vzctl("exec3", "101", "x").status()).isEqualTo(77);
        host.ve.failure = new VeException(VzError.BAD_TEMPLATE, "No shell");
        assertThat(host.vzctl("exec", "101", "x").status()).isEqualTo(8);
        assertThat(host.vzctl("exec2", "101", "x").status()).isEqualTo(47);
        host.ve.failure = null;
        host.ve.insideFailure = new IOException("clone3: EAGAIN");
        assertThat(host.vzctl("exec", "101", "x")).isEqualTo(new Result(8, "", "clone3: EAGAIN\n"));
        assertThat(host.vzctl("exec2", "101", "x")).isEqualTo(new Result(3, "", "clone3: EAGAIN\n"));
    }

    @Test
    void skiplockReachesTheOperations() {
        host.vzctl("--skiplock", "stop", "101");
        assertThat(host.ve.skipLock).isTrue();
        host.vzctl("stop", "101");
        assertThat(host.ve.skipLock).isFalse();
    }

    @Test
    void aStaleNameIsNoName() throws IOException {
        host.name("old", 103);
        Result result = host.vzctl("start", "old");
        assertThat(result).isEqualTo(new Result(21, "", "Unable to find container by name\n"));
        host.name("dangling", 999);
        assertThat(host.vzctl("status", "dangling"))
                .isEqualTo(new Result(21, "", "Unable to find container by name\n"));
    }

    @Test
    void withoutVzConfNothingWorks() throws IOException {
        Files.delete(host.paths.vzConf());
        Result result = host.vzctl("status", "101");
        assertThat(result.status()).isEqualTo(10);
        assertThat(result.err()).contains(host.paths.vzConf() + ": No such file or directory");
    }

    @Test
    void onlyRootMayUseIt() {
        host.ve.root = false;
        assertThat(host.vzctl("status", "101"))
                .isEqualTo(new Result(12, "", "This program can only be run under root.\n"));
        assertThat(host.vzctl("--version").status()).isZero();
    }

    @Test
    void aFailureIsSaidOnceWithItsReasons() {
        IOException inner = new IOException("mount(overlay, /vz/root/103): EBUSY");
        VeException failure =
                new VeException(VzError.CANT_MOUNT, "Unable to mount container 103", new IOException(inner));
        failure.addSuppressed(new IOException("rmdir of /run/x", new IOException("ENOTEMPTY")));
        host.ve.failure = failure;
        assertThat(host.vzctl("mount", "103"))
                .isEqualTo(
                        new Result(
                                50,
                                "",
                                """
                        Unable to mount container 103
                          because java.io.IOException: mount(overlay, /vz/root/103): EBUSY
                          and then rmdir of /run/x: ENOTEMPTY
                        """));
    }

    @Test
    void aDefectIsOneLine() {
        host.ve.failure = new NullPointerException("x");
        Result result = host.vzctl("start", "103");
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err())
                .startsWith("Internal error: java.lang.NullPointerException: x at ")
                .hasLineCount(1);
    }

    @Test
    void vzConfDecidesHowMuchIsSaidUnlessTheCallerDoes() throws IOException {
        host.vzConf("VERBOSE=\"1\"\n");
        assertThat(host.vzctl("start", "103").out()).contains("a detail");
        assertThat(host.vzctl("--quiet", "start", "103").out()).isEmpty();
        assertThat(host.vzctl("status", "103").out()).isEqualTo("CTID 103 exist unmounted down\n");
        host.vzConf("VERBOSE=\"-1\"\n");
        assertThat(host.vzctl("start", "103").out()).isEmpty();
        assertThat(host.vzctl("--verbose", "start", "103").out()).contains("a detail");
    }

    @Test
    void messagesGoToTheLogFile() throws IOException {
        Path log = host.root.resolve("vzctl.log");
        String conf = ConfFile.empty(log)
                .with("LOGFILE", log.toString())
                .with("LOG_LEVEL", "0")
                .get("LOGFILE");
        host.vzConf("LOGGING=\"yes\"\nLOGFILE=\"" + conf + "\"\nLOG_LEVEL=\"0\"\n");
        host.vzctl("--quiet", "stop", "101");
        host.vzctl("start", "101");
        host.vzctl("status", "101");
        assertThat(Files.readAllLines(log))
                .hasSize(4)
                .allMatch(
                        line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d{4} vzctl : CT 101 : .*"))
                .last()
                .asString()
                .endsWith(" : Container is already running");
    }
}
