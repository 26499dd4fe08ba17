package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CtIdTest {

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "101,101", "0101,101", "2147483644,2147483644", "000000000000000000007,7"})
    void parsesDigits(String text, int value) {
        assertThat(CtId.parse(text)).isEqualTo(new CtId(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1", "+1", "1 ", "1.0", "0x10", "web", "2147483645", "9223372036854775808", "١"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> CtId.parse(text))
                .isInstanceOf(BadCtIdException.class)
                .hasMessage("Bad CT ID " + text);
    }

    @Test
    void showIsTheInverseOfParse() {
        assertThat(new CtId(CtId.MAX)).hasToString("2147483644");
        assertThatThrownBy(() -> new CtId(-1)).isInstanceOf(BadCtIdException.class);
    }

    @Test
    void knowsConfigurationFileNames() {
        assertThat(CtId.ofConfName("101.conf")).isEqualTo(new CtId(101));
        assertThat(CtId.ofConfName("0.conf")).isEqualTo(new CtId(0));
        assertThat(CtId.ofConfName("0101.conf")).isNull();
        assertThat(CtId.ofConfName("101.conf.destroyed")).isNull();
        assertThat(CtId.ofConfName(".101.conf")).isNull();
        assertThat(CtId.ofConfName("2147483645.conf")).isNull();
        assertThat(CtId.ofConfName("osrelease.conf")).isNull();
    }
}
