package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdShiftTest {
    @Test
    void mapsTheVesIdsAndTheHostsRoot() {
        assertThat(IdmapUserns.mapText(6_553_600)).isEqualTo("0 6553600 65536\n65536 0 1\n");
    }

    @ParameterizedTest
    @CsvSource({"0, 65536", "65536, 0", "1, 1", "65535, 65536", "4294901761, 65536", "-1, -1"})
    void refusesBasesThatAreNone(long uid, long gid) {
        assertThatThrownBy(() -> new IdShift(uid, gid)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesTheFirstAndTheLastRange() {
        assertThat(new IdShift(65_536, 4_294_901_759L).shifts()).isTrue();
        assertThat(IdShift.NONE.shifts()).isFalse();
    }
}
