package org.jvz.templates;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a download is, as a line that {@code vztmpl-dl} writes for {@code vzctl create}, which runs it and shows that in its own way. No
 * other caller gets such lines.
 */
public final class DownloadLine {
    /** The variable of the environment by which a caller asks for these lines. */
    public static final String ASKED = "JVZ_DOWNLOAD_LINES";

    private static final Pattern LINE = Pattern.compile("vztmpl-dl: (\\d{1,18}) of (\\d{1,18}) bytes");

    private DownloadLine() {}

    /** The line for {@code done} of {@code total} bytes. */
    public static String of(long done, long total) {
        return "vztmpl-dl: " + done + " of " + total + " bytes";
    }

    /** Whether it is such a line; then the listener is told. */
    static boolean tell(String line, TemplateEvents events) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return false;
        }
        events.progress(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        return true;
    }
}
