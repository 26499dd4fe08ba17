package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                        | []                 | []
            defaults,rw,nodev         | []                 | []
            noatime                   | [NOATIME]          | []
            noatime,strictatime       | [STRICTATIME]      | []
            nosuid,noexec,nodiratime  | [NOSUID, NOEXEC, NODIRATIME] | []
            data=journal,nosuid , ro  | [NOSUID]           | [data=journal, ro]
            """)
    void words(String text, String set, String unknown) {
        MountOptions options = MountOptions.parse(text);
        assertThat(options.set()).hasToString(set);
        assertThat(options.unknown()).hasToString(unknown);
        assertThat(options.isNone()).isEqualTo(set.equals("[]"));
    }
}
