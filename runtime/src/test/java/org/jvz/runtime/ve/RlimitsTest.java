package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.ResourceLimit;

class RlimitsTest {
    @Test
    void textIsTheInverseOfParse() throws IOException {
        Rlimits limits = new Rlimits(Map.of(
                ResourceLimit.NOFILE, new ResourceLimit.Pair(1024, 1_048_576),
                ResourceLimit.CORE, new ResourceLimit.Pair(0, ResourceLimit.INFINITY)));
        assertThat(limits.text()).isEqualTo("CORE=0:-1 NOFILE=1024:1048576");
        assertThat(Rlimits.parse(limits.text())).isEqualTo(limits);
    }

    @Test
    void nothingIsNoLimit() throws IOException {
        assertThat(new Rlimits(Map.of()).text()).isEmpty();
        assertThat(Rlimits.parse("").pairs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOFILE", "NOFILE=1", "NOFILE=1:x", "NIX=1:2", " "})
    void whatIsNoneIsNamed(String text) {
        assertThatThrownBy(() -> Rlimits.parse(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a resource limit");
    }
}
