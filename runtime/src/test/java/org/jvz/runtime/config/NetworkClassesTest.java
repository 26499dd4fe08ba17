package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkClassesTest {
    @TempDir
    Path prefix;

    private HostPaths paths;

    @BeforeEach
    void host() throws Exception {
        paths = HostPaths.under(prefix);
        Files.createDirectories(paths.confDir());
    }

    @Test
    void linesAreClassesAndNetworks() throws Exception {
        assertThat(NetworkClasses.read(paths)).isNull();
        Files.writeString(
                NetworkClasses.file(paths),
                "# of this host\n0 10.10.10.0/24\n\n  1\t0.0.0.0/0\n1 ::/0\n15 192.0.2.7\n2 10.0.0.0/255.0.0.0\n");
        NetworkClasses classes = Objects.requireNonNull(NetworkClasses.read(paths));
        assertThat(classes.networks())
                .extracting(each -> each.trafficClass() + " " + each.network())
                .containsExactly("0 10.10.10.0/24", "1 0.0.0.0/0", "1 ::/0", "15 192.0.2.7/32", "2 10.0.0.0/8");
        assertThat(classes.counted()).containsExactly(1, 2, 15);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            1                  | not a class and a network
            1 10.0.0.0/8 x     | not a class and a network
            16 10.0.0.0/8      | its class is not a number from 0 to 15
            -1 10.0.0.0/8      | its class is not a number from 0 to 15
            x 10.0.0.0/8       | its class is not a number from 0 to 15
            1 ten              | not an IP address
            1 10.0.0.0/33      | the prefix is not from 0 to 32
            """)
    void whatIsNoneIsNamed(String line, String reason) throws Exception {
        Files.writeString(NetworkClasses.file(paths), "# first\n" + line + "\n");
        assertThatThrownBy(() -> NetworkClasses.read(paths))
                .isInstanceOf(BadConfException.class)
                .hasMessage(NetworkClasses.file(paths) + ", line 2: '" + line + "': " + reason);
    }
}
