package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a VE has read from and written to each block device, in the words of cgroup v1's {@code blkio.io_service_bytes}, which
 * OpenVZ's kernel shows in /proc/vz/beancounter: {@code MAJOR:MINOR Read BYTES} and so on.
 */
public final class IoServiceBytes {
    private IoServiceBytes() {}

    /** The lines: on v1 the kernel's own, on v2 made from io.stat, which tells nothing of synchrony. Null where nothing is counted. */
    public static @Nullable String read(VeCgroup ve) {
        @Nullable CgroupDir dir = ve.directory(Controller.IO);
        if (dir == null) {
            return null;
        }
        try {
            return dir.v2()
                    ? fromStat(text(dir.path() + "/io.stat"))
                    : text(dir.path() + "/blkio.throttle.io_service_bytes");
        } catch (IOException gone) {
            // A VE that stops takes its cgroup along at any moment.
            return null;
        }
    }

    private static String text(String file) throws IOException {
        return Files.readString(Path.of(file), StandardCharsets.US_ASCII);
    }

    /** From lines of {@code 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6}; one of a device without numbers is passed over. */
    private static String fromStat(String stat) {
        StringBuilder rows = new StringBuilder();
        long total = 0;
        for (String line : stat.split("\n")) {
            String[] words = line.split(" ");
            long read = 0;
            long written = 0;
            long discarded = 0;
            for (String word : words) {
                int number = word.indexOf('=') + 1;
                switch (word.substring(0, number)) {
                    case "rbytes=" -> read = Long.parseLong(word, number, word.length(), 10);
                    case "wbytes=" -> written = Long.parseLong(word, number, word.length(), 10);
                    case "dbytes=" -> discarded = Long.parseLong(word, number, word.length(), 10);
                    default -> {
                        // The device, or operations.
                    }
                }
            }
            if (words.length > 1) {
                long all = read + written + discarded;
                row(rows, words[0], "Read", read);
                row(rows, words[0], "Write", written);
                row(rows, words[0], "Discard", discarded);
                row(rows, words[0], "Total", all);
                total += all;
            }
        }
        return rows.append("Total ").append(total).append('\n').toString();
    }

    private static void row(StringBuilder rows, String device, String what, long bytes) {
        rows.append(device).append(' ').append(what).append(' ').append(bytes).append('\n');
    }
}
