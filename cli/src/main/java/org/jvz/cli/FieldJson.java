package org.jvz.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Pressure;

/** vzlist's JSON: the layout that clients have seen for years, so it is written by hand; strings are escaped properly. */
final class FieldJson {
    private FieldJson() {}

    /** Appends the object of one VE, without anything before or after it. */
    static void append(StringBuilder json, VeRow row, List<Field> fields) {
        json.append("  {");
        boolean first = true;
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!field.inJson()) {
                continue;
            }
            json.append(first ? "\n" : ",\n")
                    .append("    \"")
                    .append(field.name())
                    .append("\": ");
            appendValue(json, row, field);
            first = false;
        }
        json.append("\n  }");
    }

    private static void appendValue(StringBuilder json, VeRow row, Field field) {
        String key = field.key();
        switch (field.kind()) {
            case CTID -> json.append(row.id().value());
            case ROOT -> string(json, row.root());
            case PRIVATE -> string(json, row.privateArea());
            case NAME -> string(json, row.name());
            case SMART_NAME -> {
                String name = row.name();
                if (name == null) {
                    json.append(row.id().value());
                } else {
                    string(json, name);
                }
            }
            case TEXT, NETFILTER -> string(json, row.text(key));
            case ADDRESSES -> list(json, row.addresses());
            case LIST -> list(json, row.text(key));
            case STATUS -> string(json, row.state().word());
            case UBC -> ubc(json, row, key);
            case DISK -> disk(json, row, key);
            case LAVERAGE -> json.append("null");
            case UPTIME -> uptime(json, row);
            case CPU -> json.append(FieldNumbers.cpu(row, key, "null"));
            case CPUS, IO, IOPRIO -> json.append(FieldNumbers.number(row, key, "0"));
            case BOOTORDER -> json.append(FieldNumbers.number(row, key, "null"));
            case ONBOOT -> {
                String value = row.text(key);
                json.append(value == null ? "null" : value.equals("yes") ? "true" : "false");
            }
            case LAYOUT -> string(json, row.layout());
            case VSWAP -> json.append(row.vswap());
            case DISABLED, NAT -> json.append("yes".equals(row.text(key)));
            case VM_OVERCOMMIT -> json.append(FieldNumbers.decimal(row, key));
            case SWITCHES -> switches(json, row.text(key));
            case PRESSURE -> pressure(json, row.pressure(Pressure.Of.valueOf(key)));
        }
    }

    private static void pressure(StringBuilder json, @Nullable Pressure pressure) {
        if (pressure == null) {
            json.append("null");
            return;
        }
        json.append("{\n      \"some\": ");
        stall(json, pressure.some());
        json.append(",\n      \"full\": ");
        stall(json, pressure.full());
        json.append("\n    }");
    }

    private static void stall(StringBuilder json, Pressure.@Nullable Stall stall) {
        if (stall == null) {
            json.append("null");
            return;
        }
        json.append("{\"avg10\": ");
        FieldNumbers.percent(json, stall.avg10());
        json.append(", \"avg60\": ");
        FieldNumbers.percent(json, stall.avg60());
        json.append(", \"avg300\": ");
        FieldNumbers.percent(json, stall.avg300());
        json.append(", \"total\": ").append(stall.totalMicros()).append('}');
    }

    private static void ubc(StringBuilder json, VeRow row, String key) {
        json.append("{\n");
        String[] parts = {"held", "maxheld", "barrier", "limit", "failcnt"};
        for (int i = 0; i < parts.length; i++) {
            member(json, parts[i], FieldNumbers.ubc(row, key, i, "0"), i == parts.length - 1);
        }
        json.append("    }");
    }

    private static void disk(StringBuilder json, VeRow row, String key) {
        if (row.text("DISKSPACE") == null && row.text("DISKINODES") == null) {
            json.append("null");
            return;
        }
        json.append("{\n");
        String[] parts = {"usage", "softlimit", "hardlimit"};
        for (int i = 0; i < parts.length; i++) {
            member(json, parts[i], FieldNumbers.disk(row, key, i, "0"), i == parts.length - 1);
        }
        json.append("    }");
    }

    private static void uptime(StringBuilder json, VeRow row) {
        long millis = Math.round(Math.max(0, row.uptimeSeconds()) * 1000);
        String fraction = Long.toString(1000 + millis % 1000);
        json.append(millis / 1000).append('.').append(fraction, 1, 4);
    }

    private static void list(StringBuilder json, @Nullable String value) {
        json.append('[');
        List<String> words = FieldText.words(value);
        for (int i = 0; i < words.size(); i++) {
            json.append(i == 0 ? "" : ", ");
            string(json, words.get(i));
        }
        json.append(']');
    }

    /** {@code NAME:on,NAME:off} as an object of booleans. */
    private static void switches(StringBuilder json, @Nullable String value) {
        List<String> words = FieldText.words(value == null ? null : value.replace(',', ' '));
        if (words.isEmpty()) {
            json.append("null");
            return;
        }
        json.append("{\n");
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).toLowerCase(Locale.ROOT);
            int colon = word.indexOf(':');
            json.append("      ");
            string(json, colon < 0 ? word : word.substring(0, colon));
            json.append(": ").append(word.endsWith(":on")).append(i == words.size() - 1 ? "\n" : ",\n");
        }
        json.append("    }");
    }

    private static void member(StringBuilder json, String name, String number, boolean last) {
        json.append("      \"").append(name).append("\": ").append(number).append(last ? "\n" : ",\n");
    }

    private static void string(StringBuilder json, @Nullable String value) {
        if (value == null) {
            json.append("null");
            return;
        }
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\t' -> json.append("\\t");
                case '\r' -> json.append("\\r");
                default -> {
                    if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !isPaired(value, i))) {
                        String hex = Integer.toHexString(0x10000 + c);
                        json.append("\\u").append(hex, 1, 5);
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    private static boolean isPaired(String value, int i) {
        char c = value.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}
