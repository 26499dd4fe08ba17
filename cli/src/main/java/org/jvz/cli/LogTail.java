package org.jvz.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The last lines of vzctl's log about one VE. */
final class LogTail {
    /** How much of the file is looked at, bytes: some thousand lines. */
    private static final int LOOK = 256 * 1024;

    private LogTail() {}

    /** At most so many lines, the oldest first; none if there is no log, or it is not readable. */
    static List<String> of(Path log, int ctid, int most) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - LOOK);
            byte[] end = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(end);
            String mark = " vzctl : CT " + ctid + " : ";
            List<String> lines = new ArrayList<>();
            for (String line : new String(end, StandardCharsets.UTF_8).split("\n", -1)) {
                int at = line.indexOf(mark);
                if (at > 0) {
                    lines.add(line.substring(0, at) + "  " + line.substring(at + mark.length()));
                }
            }
            return lines.subList(Math.max(0, lines.size() - most), lines.size());
        } catch (IOException | RuntimeException unreadable) {
            return List.of();
        }
    }
}
