package org.jvz.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ProgressLine line = new ProgressLine(new PrintStream(bytes, true, UTF_8));

    private String shown() {
        String shown = bytes.toString(UTF_8).replace("\r\033[K", "<");
        bytes.reset();
        return shown;
    }

    @Test
    void whatIsQuickShowsNothing() {
        line.show("a", 5 * SECOND);
        line.show("b", 6 * SECOND - 1);
        line.wipe();
        assertThat(shown()).isEmpty();
    }

    @Test
    void whatIsSlowIsShownInPlaceAndWiped() {
        line.show("a", 0);
        line.show("b", SECOND);
        line.show("c", SECOND + SECOND / 20);
        line.show("d", SECOND + SECOND / 5);
        assertThat(shown()).isEqualTo("<b<d");
        line.wipe();
        assertThat(shown()).isEqualTo("<");
        line.show("e", 2 * SECOND);
        line.wipe();
        assertThat(shown()).isEmpty();
    }

    @Test
    void whatLastsCountsItsSeconds() {
        line.lasting("a", 0);
        line.tick(SECOND - 1);
        assertThat(shown()).isEmpty();
        line.tick(SECOND);
        line.tick(SECOND + SECOND / 20);
        line.tick(2 * SECOND + SECOND / 2);
        assertThat(shown()).isEqualTo("<a ... 1 s<a ... 2 s");
        line.lasting("b", 3 * SECOND);
        line.tick(4 * SECOND);
        line.show("7%", 5 * SECOND);
        line.tick(6 * SECOND);
        assertThat(shown()).isEqualTo("<b ... 0 s<b ... 1 s<7%");
        line.wipe();
        line.tick(9 * SECOND);
        assertThat(shown()).isEqualTo("<");
    }
}
