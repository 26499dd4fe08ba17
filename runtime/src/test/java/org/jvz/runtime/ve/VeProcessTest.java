package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VeProcessTest {
    @Test
    void residentMemoryIsOneLineOfTheStatus() {
        assertThat(VeProcess.resident("Name:\tsh\nVmHWM:\t  20 kB\nVmRSS:\t    1234 kB\nRssAnon:\t 1 kB\n"))
                .isEqualTo(1234);
        assertThat(VeProcess.resident("Name:\tsh\nState:\tZ (zombie)\n")).isZero();
    }

    @Test
    void timesComeBehindANameThatMayHaveAnythingInIt() {
        assertThat(VeProcess.cpu("42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 7 8 20 0 1 0 5"))
                .isEqualTo(2.0);
    }
}
