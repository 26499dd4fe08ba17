package org.jvz.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Pressure;

/** Values of vzlist's text table: never empty, padded to the column's width, cut to it where another column follows. */
final class FieldText {
    private static final String NONE = "-";

    private FieldText() {}

    /** A line, without line end. */
    static String line(VeRow row, List<Field> fields, boolean noTrim) {
        StringBuilder line = new StringBuilder(120);
        for (int i = 0; i < fields.size(); i++) {
            boolean last = i == fields.size() - 1;
            if (i > 0) {
                line.append(' ');
            }
            Field field = fields.get(i);
            append(line, value(row, field, last || noTrim), field.width(), field.cuts() && !last && !noTrim);
        }
        return noTrim ? line.toString() : trimmed(line);
    }

    /** The header line, without line end. */
    static String header(List<Field> fields, boolean noTrim) {
        StringBuilder line = new StringBuilder(120);
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                line.append(' ');
            }
            append(line, fields.get(i).header(), fields.get(i).width(), false);
        }
        return noTrim ? line.toString() : trimmed(line);
    }

    private static String trimmed(StringBuilder line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == ' ') {
            end--;
        }
        return line.substring(0, end);
    }

    private static void append(StringBuilder line, String value, int width, boolean cut) {
        int wanted = Math.abs(width);
        String shown = cut && value.length() > wanted ? value.substring(0, wanted) : value;
        int blanks = wanted - shown.length();
        if (width < 0) {
            line.append(shown);
        }
        for (int i = 0; i < blanks; i++) {
            line.append(' ');
        }
        if (width > 0) {
            line.append(shown);
        }
    }

    /** @param whole all elements of a list, not only the first */
    private static String value(VeRow row, Field field, boolean whole) {
        String value = rawValue(row, field, whole);
        return value == null || value.isEmpty() ? NONE : value;
    }

    private static @Nullable String rawValue(VeRow row, Field field, boolean whole) {
        return switch (field.kind()) {
            case CTID -> row.id().toString();
            case ROOT -> printable(row.root());
            case PRIVATE -> printable(row.privateArea());
            case NAME -> printable(row.name());
            case SMART_NAME -> {
                String name = row.name();
                yield name == null ? row.id().toString() : printable(name);
            }
            case TEXT -> printable(row.text(field.key()));
            case ADDRESSES -> list(row.addresses(), whole);
            case LIST -> list(row.text(field.key()), whole);
            case STATUS -> row.state().word();
            case UBC -> FieldNumbers.ubc(row, field.key(), field.index(), NONE);
            case DISK -> FieldNumbers.disk(row, field.key(), field.index(), NONE);
            case LAVERAGE -> NONE;
            case UPTIME -> row.running() ? uptime(row.uptimeSeconds()) : NONE;
            case CPU -> FieldNumbers.cpu(row, field.key(), NONE);
            case CPUS, IO -> FieldNumbers.positive(row, field.key(), NONE);
            case IOPRIO, BOOTORDER -> FieldNumbers.number(row, field.key(), NONE);
            case ONBOOT -> row.text(field.key());
            case LAYOUT -> printable(row.layout());
            case VSWAP -> row.vswap() ? "yes" : "no";
            case DISABLED -> "yes".equals(row.text(field.key())) ? "yes" : "no";
            case VM_OVERCOMMIT -> printable(row.text(field.key()));
            case NAT -> "yes".equals(row.text(field.key())) ? "yes" : "no";
            case NETFILTER -> printable(row.text(field.key()));
            case SWITCHES -> switches(row.text(field.key()));
            case PRESSURE -> pressure(row.pressure(Pressure.Of.valueOf(field.key())));
        };
    }

    /** The share of the last ten seconds in which something waited. */
    private static @Nullable String pressure(@Nullable Pressure pressure) {
        if (pressure == null) {
            return null;
        }
        StringBuilder text = new StringBuilder(6);
        FieldNumbers.percent(text, pressure.some().avg10());
        return text.toString();
    }

    private static @Nullable String list(@Nullable String text, boolean whole) {
        List<String> values = words(text);
        if (values.isEmpty()) {
            return null;
        }
        return printable(whole ? String.join(" ", values) : values.get(0));
    }

    /** The words of a list value: blanks and tabs separate. */
    static List<String> words(@Nullable String value) {
        List<String> words = new java.util.ArrayList<>();
        if (value == null) {
            return words;
        }
        int start = -1;
        for (int i = 0; i <= value.length(); i++) {
            boolean blank = i == value.length() || Character.isWhitespace(value.charAt(i));
            if (blank && start >= 0) {
                words.add(value.substring(start, i));
                start = -1;
            } else if (!blank && start < 0) {
                start = i;
            }
        }
        return words;
    }

    private static @Nullable String switches(@Nullable String value) {
        if (value == null) {
            return null;
        }
        return String.join(",", words(value.replace(',', ' '))).toLowerCase(Locale.ROOT);
    }

    /** {@code DDDdHHh:MMm:SSs}. */
    static String uptime(double seconds) {
        if (seconds < 0) {
            return NONE;
        }
        long whole = (long) seconds;
        StringBuilder text = new StringBuilder(15);
        padded(text, whole / 86_400, 3).append('d');
        padded(text, whole / 3600 % 24, 2).append("h:");
        padded(text, whole / 60 % 60, 2).append("m:");
        return padded(text, whole % 60, 2).append('s').toString();
    }

    private static StringBuilder padded(StringBuilder text, long value, int digits) {
        String shown = Long.toString(value);
        for (int i = shown.length(); i < digits; i++) {
            text.append('0');
        }
        return text.append(shown);
    }

    /** A table has one line per VE, whatever somebody wrote into a description. */
    private static @Nullable String printable(@Nullable String value) {
        if (value == null) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                StringBuilder clean = new StringBuilder(value);
                for (int j = i; j < clean.length(); j++) {
                    if (Character.isISOControl(clean.charAt(j))) {
                        clean.setCharAt(j, ' ');
                    }
                }
                return clean.toString();
            }
        }
        return value;
    }
}
