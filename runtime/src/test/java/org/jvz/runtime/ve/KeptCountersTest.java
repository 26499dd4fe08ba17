package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.cgroup.Beancounter;

class KeptCountersTest {
    @TempDir
    private Path dir;

    private KeptCounters read(String text) throws IOException {
        return KeptCounters.read(Files.writeString(dir.resolve("kept"), text));
    }

    @Test
    void remembersTheMost() throws IOException {
        KeptCounters kept = new KeptCounters();
        kept.keep(101, 4711, 99, Beancounter.SHMPAGES, 50, 1);
        kept.keep(101, 4711, 99, Beancounter.SHMPAGES, 40, 0);
        kept.keep(102, 4712, 98, Beancounter.SWAPPAGES, Long.MAX_VALUE, 7);
        KeptCounters again = read(new String(kept.text(), StandardCharsets.US_ASCII));
        assertThat(again.maxHeld(101, 4711, 99, Beancounter.SHMPAGES)).isEqualTo(50);
        assertThat(again.failures(101, 4711, 99, Beancounter.SHMPAGES)).isEqualTo(1);
        assertThat(again.maxHeld(101, 4711, 99, Beancounter.KMEMSIZE)).isZero();
        assertThat(again.maxHeld(102, 4712, 98, Beancounter.SWAPPAGES)).isEqualTo(Long.MAX_VALUE);
        assertThat(again.failures(102, 4712, 98, Beancounter.SWAPPAGES)).isEqualTo(7);
        assertThat(again.text()).isEqualTo(kept.text());
    }

    @Test
    void forgetsAnEarlierLife() throws IOException {
        KeptCounters kept = new KeptCounters();
        kept.keep(101, 4711, 99, Beancounter.NUMPROC, 50, 1);
        assertThat(kept.maxHeld(101, 4711, 100, Beancounter.NUMPROC)).isZero();
        assertThat(kept.failures(101, 4712, 99, Beancounter.NUMPROC)).isZero();
        kept.keep(101, 4711, 100, Beancounter.NUMPROC, 3, 0);
        assertThat(kept.maxHeld(101, 4711, 100, Beancounter.NUMPROC)).isEqualTo(3);
        assertThat(kept.failures(101, 4711, 100, Beancounter.NUMPROC)).isZero();
    }

    @Test
    void takesNothingFromWhatItDidNotWrite() throws IOException {
        assertThat(KeptCounters.read(dir.resolve("absent")).text()).isEmpty();
        assertThat(read("").text()).isEmpty();
        assertThat(read("101 1 2 3\n\nnonsense 101\n").text()).isEmpty();
        assertThat(read("1 ".repeat(46) + "\n").text()).isEmpty();
        String line = "1 ".repeat(44) + "1\n";
        assertThat(new String(read("1 2\n" + line + "3").text(), StandardCharsets.US_ASCII))
                .isEqualTo(line);
    }
}
