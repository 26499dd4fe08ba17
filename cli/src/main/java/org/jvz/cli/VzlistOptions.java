package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the command line of vzlist asks for. Options take effect in their order: the last of -o, -n and -1 wins. */
final class VzlistOptions {
    static final String DEFAULT_FIELDS = "ctid,numproc,status,ip,hostname";
    static final String NAME_FIELDS = "smart_name,numproc,status,ip,hostname";

    /** vzlist has one status for everything that is wrong. */
    static final int FAILURE = 1;

    boolean all;
    boolean onlyStopped;
    boolean header = true;
    boolean noTrim;
    boolean json;
    boolean listFields;
    boolean help;
    boolean reverse;
    /** Null: the default; with JSON, all. */
    @Nullable
    List<Field> fields;

    @Nullable
    Field sort;

    @Nullable
    Glob hostname;

    @Nullable
    Glob name;

    @Nullable
    Glob description;

    List<String> targets = List.of();

    static VzlistOptions parse(String[] args, List<Field> known) throws UsageException {
        VzlistOptions options = new VzlistOptions();
        String columns = null;
        OptionReader reader = new OptionReader("vzlist", Options.vzlist(), args, 0, FAILURE);
        while (reader.next()) {
            switch (reader.name()) {
                case "all" -> options.all = true;
                case "stopped" -> options.onlyStopped = true;
                case "no-header" -> options.header = false;
                case "no-trim" -> options.noTrim = true;
                case "json" -> options.json = true;
                case "name" -> columns = NAME_FIELDS;
                case "output" -> columns = reader.value();
                case "1" -> {
                    columns = "veid";
                    options.header = false;
                }
                case "sort" -> options.sortBy(reader.value(), known);
                case "hostname" -> options.hostname = new Glob(reader.value());
                case "name_filter" -> options.name = new Glob(reader.value());
                case "description" -> options.description = new Glob(reader.value());
                case "list" -> {
                    options.listFields = true;
                    return options;
                }
                case "help" -> {
                    options.help = true;
                    return options;
                }
                default -> throw new IllegalStateException(reader.shown());
            }
        }
        options.targets = reader.operands();
        if (columns != null) {
            options.fields = fields(columns, known, options.json);
        } else if (!options.json) {
            options.fields = fields(DEFAULT_FIELDS, known, false);
        }
        return options;
    }

    private void sortBy(String text, List<Field> known) throws UsageException {
        reverse = text.startsWith("-");
        String name = reverse ? text.substring(1) : text;
        sort = Field.named(known, name);
        if (sort == null) {
            throw new UsageException(FAILURE, "Invalid sort field name: " + text, nearest(name, known));
        }
    }

    private static List<Field> fields(String columns, List<Field> known, boolean json) throws UsageException {
        List<Field> fields = new ArrayList<>();
        int from = 0;
        while (from <= columns.length()) {
            int comma = columns.indexOf(',', from);
            int end = comma < 0 ? columns.length() : comma;
            String name = columns.substring(from, end);
            Field field = Field.named(known, name);
            if (field == null) {
                throw new UsageException(FAILURE, "Unknown field: " + name, nearest(name, known));
            }
            if (json && !field.inJson()) {
                throw new UsageException(FAILURE, "Field `" + name + "' is not available in JSON output");
            }
            fields.add(field);
            from = end + 1;
            if (end == columns.length() - 1) {
                // A comma at the end adds nothing.
                break;
            }
        }
        return fields;
    }

    private static String nearest(String name, List<Field> known) {
        List<String> names = new ArrayList<>();
        known.forEach(field -> names.add(field.name()));
        return Nearest.hint(name, names, "");
    }
}
