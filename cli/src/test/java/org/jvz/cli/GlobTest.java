package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "*, web1, true",
        "web*, web1.example.org, true",
        "web?, web, false",
        "web?, web1, true",
        "*.org, web1.example.org, true",
        "*.com, web1.example.org, false",
        "*a*b*c, xaybzc, true",
        "*a*b*c, xaybz, false",
        "[a-c]x, bx, true",
        "[!a-c]x, bx, false",
        "[!a-c]x, dx, true",
        "[]x]y, ]y, true",
        "[x, [x, true",
        "[x, y, false",
        "\\*x, *x, true",
        "\\*x, ax, false",
        "a/*, a/b/c, true",
        "web, web1, false",
        "web1, web, false",
        "'', '', true",
        "*, '', true",
        "?, '', false"
    })
    void matchesLikeFnmatch(String pattern, String text, boolean expected) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
    }

    @Test
    void manyStarsAreNotSlow() {
        assertThat(new Glob("a*".repeat(40) + "b").matches("a".repeat(5000))).isFalse();
    }
}
