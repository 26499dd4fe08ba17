package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    private Path dir;

    @Test
    void linesHaveVzctlsForm() {
        TimeZone kolkata = TimeZone.getTimeZone("Asia/Kolkata");
        long millis =
                OffsetDateTime.parse("2026-02-28T21:05:09.999Z").toInstant().toEpochMilli();
        assertThat(new LogFile("x", 0, 101).line(millis, kolkata, "Container is mounted"))
                .isEqualTo("2026-03-01T02:35:09+0530 vzctl : CT 101 : Container is mounted\n");
        assertThat(new LogFile("x", 0, 0).line(0, TimeZone.getTimeZone("GMT-3:30"), "text"))
                .isEqualTo("1969-12-31T20:30:00-0330 vzctl : text\n");
    }

    @Test
    void aMessageCannotForgeALine() {
        assertThat(new LogFile("x", 0, 7).line(0, TimeZone.getTimeZone("UTC"), "a\n2026 vzctl : b\r\033[2J"))
                .isEqualTo("1970-01-01T00:00:00+0000 vzctl : CT 7 : a 2026 vzctl : b  [2J\n");
    }

    @Test
    void timesAgreeWithJavaTime() {
        long seed = 20260301;
        SplittableRandom random = new SplittableRandom(seed);
        TimeZone zone = TimeZone.getTimeZone("America/St_Johns");
        DateTimeFormatter pattern = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");
        for (int i = 0; i < 500; i++) {
            long millis = random.nextLong(0, 4_000_000_000_000L);
            String expected =
                    pattern.format(java.time.Instant.ofEpochMilli(millis).atZone(zone.toZoneId()));
            assertThat(new LogFile("x", 0, 0).line(millis, zone, "t"))
                    .as("seed %d", seed)
                    .startsWith(expected + " ");
        }
    }

    @Test
    void writesWhatIsLoudEnough() throws Exception {
        Path file = dir.resolve("vzctl.log");
        LogFile log = new LogFile(file.toString(), 0, 101);
        log.write(1, "detail");
        log.write(0, "information");
        log.write(-1, "error");
        assertThat(Files.readAllLines(file)).hasSize(2).first().asString().endsWith(" vzctl : CT 101 : information");
    }

    @Test
    void anUnwritableLogDisturbsNobody() {
        new LogFile(dir.toString(), 0, 101).write(-1, "text");
        new LogFile(dir.resolve("none/log").toString(), 0, 101).write(-1, "text");
        assertThat(dir.resolve("none")).doesNotExist();
    }
}
