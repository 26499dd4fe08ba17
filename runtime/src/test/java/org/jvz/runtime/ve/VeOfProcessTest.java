package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VeOfProcessTest {
    /** Lines of /proc/PID/cgroup, separated by '; ', and the VE. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            0::/vz/101                                    | 101
            0::/vz/101/init.scope                         | 101
            1:cpu:/; 2:memory:/vz/7; 0::/                 | 7
            0::/machine/vz/101/system.slice               | 101
            0::/vz/101/vz/102                             | 101
            0::/                                          | 0
            0::/user.slice/vz                             | 0
            0::/vz/abc                                    | 0
            0::/vz/                                       | 0
            0::/vzother/101                               | 0
            0::/vz/99999999999                            | 0
            ''                                            | 0
            """)
    void belongsToTheOutermostVe(String lines, int id) {
        assertThat(VeOfProcess.veIn(lines.replace("; ", "\n"), "vz")).isEqualTo(id);
    }

    @Test
    void hasTheInnermostPid() {
        assertThat(VeOfProcess.innermost("Name:\tinit\nNSpid:\t4711\t1\nThreads:\t1\n", 4711))
                .isEqualTo(1);
        assertThat(VeOfProcess.innermost("Name:\tsh\nNSpid:\t4711\n", 4711)).isEqualTo(4711);
        assertThat(VeOfProcess.innermost("Name:\tsh\n", 4711)).isEqualTo(4711);
    }
}
