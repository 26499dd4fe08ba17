package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostWeightTest {
    @ParameterizedTest
    @CsvSource({"1000,50,512", "2000,25,256", "500,100,1024", "1,10000,262144", "2147483647,1,2"})
    void givesAllVesWhatTheHostLeaves(int units, long weight, long shares) {
        assertThat(new HostWeight(units).weight()).isEqualTo(weight);
        assertThat(new HostWeight(units).shares()).isEqualTo(shares);
    }

    @Test
    void aHostWithoutAWeightIsRefused() {
        assertThatThrownBy(() -> new HostWeight(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
