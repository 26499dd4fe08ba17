package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VeEndedTest {
    @Test
    void onlyTheRebootsOfTheLastMinuteCount() {
        assertThat(VeEnded.recent("100 139 141 150", 200)).containsExactly("141", "150");
    }

    @Test
    void whatIsNoTimeCountsForNothing() {
        assertThat(VeEnded.recent("", 5)).isEmpty();
        assertThat(VeEnded.recent("x -1 99999999999999999999 3", 5)).containsExactly("3");
    }
}
