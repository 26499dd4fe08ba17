package org.jvz.cli;

import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.WinSize;

/**
 * Shows a text again and again, as watch(1) does: on a terminal in the same place, cut to its size, perhaps with what has
 * changed highlighted; elsewhere one after the other.
 */
final class Watch {
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final String REVERSE = "\033[7m";
    private static final String NORMAL = "\033[0m";

    private final PrintStream out;
    private final @Nullable String title;
    private final boolean differences;
    private List<String> last = List.of();

    /**
     * @param title the first line, without the time; null for none
     * @param differences whether to highlight what has changed
     */
    Watch(PrintStream out, @Nullable String title, boolean differences) {
        this.out = out;
        this.title = title;
        this.differences = differences;
    }

    /**
     * Shows a text.
     *
     * @param size of the terminal; null if this is none
     * @return false if nobody reads any more
     */
    boolean show(String text, @Nullable WinSize size) {
        StringBuilder screen = new StringBuilder(text.length() + 1000);
        if (size == null) {
            titleLine(screen, 80);
            screen.append(text).append('\n');
        } else {
            screen.append(HOME);
            List<String> lines = new ArrayList<>();
            if (title != null) {
                StringBuilder line = new StringBuilder();
                titleLine(line, columns(size));
                lines.addAll(line.toString().lines().toList());
            }
            int heading = lines.size();
            lines.addAll(text.lines().toList());
            paint(screen, lines, heading, size);
        }
        out.print(screen);
        return !out.checkError();
    }

    private void paint(StringBuilder screen, List<String> lines, int heading, WinSize size) {
        List<String> shown = new ArrayList<>();
        int rows = size.rows() <= 0 ? lines.size() : Math.min(size.rows(), lines.size());
        for (int i = 0; i < rows; i++) {
            String line = lines.get(i);
            line = line.length() > columns(size) ? line.substring(0, columns(size)) : line;
            shown.add(line);
            if (i > 0) {
                // Not behind the last line: that would scroll a full screen.
                screen.append('\n');
            }
            boolean compare = differences && i >= heading && i < last.size();
            paint(screen, line, compare ? last.get(i) : line);
            screen.append(REST_OF_LINE);
        }
        screen.append(REST_OF_SCREEN);
        last = shown;
    }

    private static void paint(StringBuilder screen, String line, String before) {
        boolean reversed = false;
        for (int i = 0; i < line.length(); i++) {
            boolean changed = i >= before.length() ? line.charAt(i) != ' ' : line.charAt(i) != before.charAt(i);
            if (changed != reversed) {
                screen.append(changed ? REVERSE : NORMAL);
                reversed = changed;
            }
            screen.append(line.charAt(i));
        }
        if (reversed) {
            screen.append(NORMAL);
        }
    }

    private static int columns(WinSize size) {
        return size.columns() <= 0 ? 80 : size.columns();
    }

    private void titleLine(StringBuilder to, int columns) {
        if (title == null) {
            return;
        }
        String time = LocalDateTime.now(ZoneId.systemDefault())
                .format(DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT));
        int room = Math.max(0, columns - time.length() - 2);
        String left = title.length() > room ? title.substring(0, room) : title;
        to.append(left).append(" ".repeat(Math.max(1, columns - left.length() - time.length())));
        to.append(time).append("\n\n");
    }
}
