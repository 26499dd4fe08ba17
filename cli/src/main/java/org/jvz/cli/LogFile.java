package org.jvz.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.TimeZone;

/**
 * vzctl's log: {@code YYYY-MM-DDThh:mm:ss+zzzz vzctl : CT N : text}, one line a message, appended with one write so that
 * lines of commands that run at the same time do not mix. A log that cannot be written is no reason to disturb a command.
 */
final class LogFile {
    private final String path;
    private final int level;
    private final int ctid;

    /**
     * @param path LOGFILE
     * @param level LOG_LEVEL: louder messages only
     * @param ctid shown in every line unless 0
     */
    LogFile(String path, int level, int ctid) {
        this.path = path;
        this.level = level;
        this.ctid = ctid;
    }

    void write(int messageLevel, String text) {
        if (messageLevel > level) {
            return;
        }
        byte[] line =
                line(System.currentTimeMillis(), TimeZone.getDefault(), text).getBytes(StandardCharsets.UTF_8);
        try (FileOutputStream file = new FileOutputStream(path, true)) {
            file.write(line);
        } catch (IOException unwritable) {
            return;
        }
    }

    /**
     * One line of the log. Put together by hand: a DateTimeFormatter and its zone rules would cost a command more than all
     * the rest of its output.
     */
    String line(long epochMillis, TimeZone zone, String text) {
        int offsetMinutes = zone.getOffset(epochMillis) / 60_000;
        long local = Math.floorDiv(epochMillis, 1000L) + offsetMinutes * 60L;
        StringBuilder line = new StringBuilder(80 + text.length());
        line.append(LocalDate.ofEpochDay(Math.floorDiv(local, 86_400L)));
        int second = (int) Math.floorMod(local, 86_400L);
        line.append('T');
        twoDigits(line, second / 3600).append(':');
        twoDigits(line, second / 60 % 60).append(':');
        twoDigits(line, second % 60);
        line.append(offsetMinutes < 0 ? '-' : '+');
        twoDigits(line, Math.abs(offsetMinutes) / 60);
        twoDigits(line, Math.abs(offsetMinutes) % 60);
        line.append(" vzctl : ");
        if (ctid != 0) {
            line.append("CT ").append(ctid).append(" : ");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A message may quote what a VE or a caller made up: it must not forge lines.
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return line.append('\n').toString();
    }

    private static StringBuilder twoDigits(StringBuilder line, int value) {
        return (value < 10 ? line.append('0') : line).append(value);
    }
}
