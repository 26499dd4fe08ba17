package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;

/**
 * What has been seen of beancounters since each VE started: the most held, where the kernel keeps no such number, and
 * failures, which on older kernels go away with the cgroup they happened in. In {@code /run/jvz/beancounters}, a line for a
 * VE: its id, pid and start time of its init, then the most held and the failures of each beancounter. A line of a VE
 * whose init is another by now says nothing.
 */
final class KeptCounters {
    private static final List<Beancounter> ORDER = List.of(Beancounter.values());
    private static final int COUNTERS = ORDER.size();
    private static final int IDENTITY = 3;
    private static final int NUMBERS = IDENTITY + 2 * COUNTERS;

    private final Map<Long, long[]> lines = new HashMap<>();

    /** Nothing has been seen. */
    KeptCounters() {}

    /** Reads the file; a line that is not of this version's making is left out. */
    static KeptCounters read(Path file) throws IOException {
        KeptCounters kept = new KeptCounters();
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return kept;
        }
        long[] numbers = new long[NUMBERS];
        int count = 0;
        long number = -1;
        for (byte c : text) {
            if (c >= '0' && c <= '9') {
                number = Math.max(number, 0) * 10 + (c - '0');
                continue;
            }
            if (number >= 0 && count++ < NUMBERS) {
                numbers[count - 1] = number;
            }
            number = -1;
            if (c == '\n') {
                if (count == NUMBERS) {
                    kept.lines.put(numbers[0], numbers.clone());
                }
                count = 0;
            }
        }
        return kept;
    }

    /** The most that has been seen of a counter; 0 if nothing has. */
    long maxHeld(long id, long initPid, long initStart, Beancounter counter) {
        long[] line = line(id, initPid, initStart);
        return line == null ? 0 : line[IDENTITY + ORDER.indexOf(counter)];
    }

    /** The most failures that have been seen of a counter; 0 if none have. */
    long failures(long id, long initPid, long initStart, Beancounter counter) {
        long[] line = line(id, initPid, initStart);
        return line == null ? 0 : line[IDENTITY + COUNTERS + ORDER.indexOf(counter)];
    }

    private long @Nullable [] line(long id, long initPid, long initStart) {
        long[] line = lines.get(id);
        return line != null && line[1] == initPid && line[2] == initStart ? line : null;
    }

    /** Notes what is seen now. */
    void keep(long id, long initPid, long initStart, Beancounter counter, long maxHeld, long failures) {
        long[] line = line(id, initPid, initStart);
        if (line == null) {
            line = new long[NUMBERS];
            line[0] = id;
            line[1] = initPid;
            line[2] = initStart;
            lines.put(id, line);
        }
        int at = IDENTITY + ORDER.indexOf(counter);
        line[at] = Math.max(line[at], maxHeld);
        line[at + COUNTERS] = Math.max(line[at + COUNTERS], failures);
    }

    /** The file's content. */
    byte[] text() {
        StringBuilder text = new StringBuilder(lines.size() * 200);
        for (long[] line : lines.values()) {
            for (int i = 0; i < line.length; i++) {
                text.append(line[i]).append(i == line.length - 1 ? '\n' : ' ');
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
