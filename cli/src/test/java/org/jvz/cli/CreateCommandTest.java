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
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

class CreateCommandTest {
    private Harness host;

    @BeforeEach
    void host(@TempDir Path root) throws IOException {
        host = new Harness(root);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --ostemplate debian-12 --hostname h  | debian-12 null  | HOSTNAME   | h
            --ostemplate a --ostemplate b        | b null          | OSTEMPLATE | NONE
            --config basic --ipadd 10.0.0.1      | null basic      | IP_ADDRESS | 10.0.0.1
            --conf basic --host h                | null basic      | HOSTNAME   | h
            --velayout simfs                     | null null       | VE_LAYOUT  | simfs
            --layout overlay                     | null null       | VE_LAYOUT  | overlay
            --ram 1G --swap 0                    | null null       | PHYSPAGES  | 0:262144
            --cpulimit 25 -p 100                 | null null       | NUMPROC    | 100:100
            --local_uid 0                        | null null       | LOCAL_GID  | 0
            --name web                           | null null       | NAME       | web
            --private /x/$VEID                   | null null       | VE_PRIVATE | /x/$VEID
            """)
    void keepsWhatIsAskedFor(String options, String asked, String key, String value) throws IOException {
        Result result = host.vzctl(("create 101 " + options).split(" "));
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(host.ve.asked).containsExactly("create 101 " + asked);
        String saved = ConfFile.read(host.paths.conf(new CtId(101))).get(key);
        assertThat(saved == null ? "NONE" : saved).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --layout ext4            | 21 | Bad parameter for --layout: ext4
            --hostname a_b!          | 21 | Bad parameter for --hostname: a_b!
            --diskspace x            | 21 | Bad parameter for --diskspace: x
            --nix                    | 21 | vzctl: unrecognized option '--nix'
            --save                   | 21 | vzctl: unrecognized option '--save'
            --name a/b               | 131 | Error: invalid name a/b
            debian-12                | 20 | Invalid extra arguments: debian-12
            """)
    void refusesWhatMakesNoSense(String options, int status, String err) {
        Result result = host.vzctl(("create 101 " + options).split(" "));
        assertThat(result).isEqualTo(new Result(status, "", err + "\n"));
        assertThat(host.ve.asked).isEmpty();
    }

    @Test
    void everyFailureEndsWithTheSameLine() {
        host.ve.failure =
                new VeException(VzError.PRIVATE_EXISTS, VeEvent.of(VeEvent.Kind.PRIVATE_EXISTS, "/vz/private/101"));
        assertThat(host.vzctl("create", "101"))
                .isEqualTo(
                        new Result(
                                44,
                                "",
                                """
                        Private area already exists in /vz/private/101
                        Creation of container private area failed
                        """));
        host.ve.failure = null;
        assertThat(host.vzctl("create", "101", "--ram", "1G"))
                .isEqualTo(new Result(
                        28,
                        "",
                        "Error: required UB parameter (swap) not set\nCreation of container private area failed\n"));
    }
}
