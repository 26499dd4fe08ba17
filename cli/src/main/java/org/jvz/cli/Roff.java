package org.jvz.cli;

import java.util.Locale;

/** A manual page in the macros of man(7). What is given is plain text; nothing in it is taken for roff's own. */
final class Roff {
    private final StringBuilder out = new StringBuilder(8192);

    Roff(String name, int section, String what) {
        String title = name.toUpperCase(Locale.ROOT);
        out.append(".\\\" Made by org.jvz.cli.Manual from the tables of the commands.\n");
        out.append(".TH ").append(title).append(' ').append(section).append(" \"\" \"jvz\" \"Containers\"\n");
        section("NAME");
        out.append(escaped(name)).append(" \\- ").append(escaped(what)).append('\n');
    }

    Roff section(String heading) {
        out.append(".SH ").append(heading).append('\n');
        return this;
    }

    /** A term and what it means. */
    Roff item(String term, String text) {
        out.append(".TP\n.B ").append(escaped(term.strip())).append('\n');
        out.append(escaped(text)).append('\n');
        return this;
    }

    Roff text(String text) {
        out.append(escaped(text)).append('\n');
        return this;
    }

    /** A text set off from what is before it. */
    Roff paragraph(String text) {
        out.append(".PP\n");
        return text(text);
    }

    /** A line that is not joined with the next. */
    Roff line(String text) {
        text(text);
        out.append(".br\n");
        return this;
    }

    /** Lines that stay as they are. */
    Roff verbatim(String lines) {
        out.append(".nf\n");
        lines.lines().forEach(this::text);
        out.append(".fi\n");
        return this;
    }

    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
        // A dot or an apostrophe at the head of a line would be a request.
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
