package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionReaderTest {
    private static final Option OFFLINE = Option.flag("offline-resize");
    private static final Option NUMPROC = Option.value("numproc", "N");
    private static final OptionTable TABLE = new OptionTable(
            List.of(
                    Option.flag("save"),
                    Option.value("ram", "N"),
                    Option.value("hostname", "X"),
                    OFFLINE,
                    Option.alias("offline", OFFLINE),
                    NUMPROC),
            List.of(Option.value("host_mac", "X"), Option.value("numfile", "N")),
            "psh",
            List.of(NUMPROC, Option.flag("save"), Option.value("hostname", "X")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NONE",
            textBlock =
                    """
            --ram 5                  | ram=5                  | ''
            --ram=5                  | ram=5                  | ''
            --ram=                   | ram=                   | ''
            --ram=a=b                | ram=a=b                | ''
            --ram --save             | ram=--save             | ''
            --ra 5 x                 | ram=5                  | x
            x --save y               | save=                  | x y
            --save -- --ram -p       | save=                  | --ram -p
            --hostn=h                | hostname=h             | ''
            --host=h                 | hostname=h             | ''
            --host_=m                | host_mac=m             | ''
            --num 7                  | numproc=7              | ''
            --off                    | offline-resize=        | ''
            --offline                | offline-resize=        | ''
            -p5                      | numproc=5              | ''
            -p 5                     | numproc=5              | ''
            -sp5                     | save= numproc=5        | ''
            -ss -p -s                | save= save= numproc=-s | ''
            - --save                 | save=                  | -
            """)
    void readsAsGetoptDoes(String line, String options, String operands) throws UsageException {
        List<String> read = new ArrayList<>();
        OptionReader reader = reader(line);
        while (reader.next()) {
            read.add(reader.name() + "=" + reader.value());
        }
        assertThat(String.join(" ", read)).isEqualTo(options);
        assertThat(String.join(" ", reader.operands())).isEqualTo(operands);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --nix          | vzctl: unrecognized option '--nix'
            --nix=5        | vzctl: unrecognized option '--nix'
            --ram          | vzctl: option '--ram' requires an argument
            --ra           | vzctl: option '--ram' requires an argument
            --save=yes     | vzctl: option '--save' doesn't allow an argument
            -z             | vzctl: invalid option -- 'z'
            -sz            | vzctl: invalid option -- 'z'
            -p             | vzctl: option requires an argument -- 'p'
            --=5           | vzctl: option '--' is ambiguous; possibilities: '--save' '--ram' '--hostname' '--offline-resize' '--offline' '--numproc'
            """)
    void complainsAsGetoptDoes(String line, String complaint) {
        OptionReader reader = reader(line);
        assertThatThrownBy(() -> {
                    while (reader.next()) {
                        reader.value();
                    }
                })
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.exitStatus()).isEqualTo(20))
                .hasMessage(complaint);
    }

    @Test
    void tellsHowTheOptionWasWritten() throws UsageException {
        OptionReader reader = reader("--hostn h -p 1");
        assertThat(reader.next()).isTrue();
        assertThat(reader.shown()).isEqualTo("--hostname");
        assertThat(reader.next()).isTrue();
        assertThat(reader.shown()).isEqualTo("-p");
        assertThat(reader.next()).isFalse();
    }

    private static OptionReader reader(String line) {
        return new OptionReader("vzctl", TABLE, line.split(" "), 0, 20);
    }
}
