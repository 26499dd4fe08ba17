package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.VzConf;

/** The {@code vzlist} command: one line, or one JSON object, for each VE. */
public final class Vzlist {
    private static final int OK = 0;
    private static final int FAILURE = VzlistOptions.FAILURE;

    private final PrintStream out;
    private final PrintStream err;
    private final Factory probes;

    /** How the command reaches the host. */
    interface Factory {
        /** Whether the caller may see VEs. */
        boolean isRoot() throws IOException;

        VeProbe open(VzConf conf) throws IOException;
    }

    private Vzlist(PrintStream out, PrintStream err, Factory probes) {
        this.out = out;
        this.err = err;
        this.probes = probes;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        Map<String, String> env = System.getenv();
        int status = run(args, env, System.out, System.err, new RuntimeProbe.OfThisHost(), Terminal.ofProcess(env));
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 for whatever is wrong
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err, Factory probes) {
        return run(args, env, out, err, probes, Terminal.NONE);
    }

    /** The same where a person may read, who gets hints. */
    static int run(
            String[] args,
            Map<String, String> env,
            PrintStream out,
            PrintStream err,
            Factory probes,
            Terminal terminal) {
        try {
            return new Vzlist(out, err, probes).run(args, env);
        } catch (UsageException e) {
            err.println(e.text());
            if (!e.hint().isEmpty() && terminal.readsErrors()) {
                err.println(e.hint());
            }
            if (e.text().startsWith("vzlist: ")) {
                // A line the option reader could not make sense of.
                out.println(Usage.vzlist());
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            Failures.tell(e, err);
        }
        return FAILURE;
    }

    private int run(String[] args, Map<String, String> env) throws UsageException, IOException {
        List<Field> known = Field.all();
        VzlistOptions options = VzlistOptions.parse(args, known);
        if (options.help) {
            out.println(Usage.vzlist());
            return FAILURE;
        }
        if (options.listFields) {
            printFields(known);
            return OK;
        }
        HostPaths paths = HostPaths.of(env);
        Set<CtId> targets = targets(options.targets, paths);
        if (!probes.isRoot()) {
            throw new UsageException(FAILURE, Words.ROOT_ONLY);
        }
        VzConf conf = conf(paths);
        VeListing listing = new VeListing(conf, probes.open(conf));
        List<VeRow> rows = listing.list(targets, options.all || options.onlyStopped);
        for (String warning : listing.warnings()) {
            err.println(warning);
        }
        if (listing.found() == 0) {
            if (options.json) {
                out.println("[]");
            } else {
                err.println("Container(s) not found");
            }
            return targets == null ? OK : FAILURE;
        }
        print(sorted(filtered(rows, options), options), options, known);
        return OK;
    }

    private static VzConf conf(HostPaths paths) throws IOException {
        try {
            return VzConf.read(paths);
        } catch (NoSuchFileException none) {
            return VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        }
    }

    private static @Nullable Set<CtId> targets(List<String> words, HostPaths paths) throws UsageException, IOException {
        if (words.isEmpty()) {
            return null;
        }
        Set<CtId> ids = new TreeSet<>();
        for (String word : words) {
            CtId id = resolve(word, paths);
            if (id == null || id.value() == 0) {
                throw new UsageException(FAILURE, "CT ID " + word + " is invalid.");
            }
            ids.add(id);
        }
        return ids;
    }

    private static @Nullable CtId resolve(String word, HostPaths paths) throws IOException {
        try {
            return new Names(paths).resolve(word);
        } catch (BadCtIdException nobody) {
            return null;
        }
    }

    private static List<VeRow> filtered(List<VeRow> rows, VzlistOptions options) {
        List<VeRow> kept = new ArrayList<>(rows.size());
        for (VeRow row : rows) {
            if ((!options.onlyStopped || !row.running())
                    && fits(options.hostname, options.hostname == null ? null : row.text("HOSTNAME"))
                    && fits(options.name, options.name == null ? null : row.name())
                    && fits(options.description, options.description == null ? null : row.text("DESCRIPTION"))) {
                kept.add(row);
            }
        }
        return kept;
    }

    private static boolean fits(@Nullable Glob pattern, @Nullable String value) {
        return pattern == null || (value != null && pattern.matches(value));
    }

    private static List<VeRow> sorted(List<VeRow> rows, VzlistOptions options) {
        Field by = options.sort;
        if (by != null && by.kind() != Field.Kind.CTID) {
            rows.sort(new FieldOrder(by));
        }
        if (options.reverse) {
            Collections.reverse(rows);
        }
        return rows;
    }

    private void print(List<VeRow> rows, VzlistOptions options, List<Field> known) throws IOException {
        StringBuilder text = new StringBuilder(rows.size() * 100 + 100);
        List<Field> fields = options.fields == null ? withoutOurs(known) : options.fields;
        Lines lines = new Lines(rows, fields, options);
        TwoThreads.each(rows.size(), lines);
        if (options.json) {
            text.append('[');
            for (int i = 0; i < rows.size(); i++) {
                text.append(i == 0 ? "\n" : ",\n").append(lines.text[i]);
            }
            text.append("\n]\n");
        } else {
            if (options.header) {
                text.append(FieldText.header(fields, options.noTrim)).append('\n');
            }
            for (String line : lines.text) {
                text.append(line).append('\n');
            }
        }
        // One write, not one per line.
        out.print(text);
    }

    /** What is shown of each VE; much of that is read from the kernel only now. */
    private static final class Lines implements TwoThreads.Work {
        private final List<VeRow> rows;
        private final List<Field> fields;
        private final VzlistOptions options;
        private final String[] text;

        Lines(List<VeRow> rows, List<Field> fields, VzlistOptions options) {
            this.rows = rows;
            this.fields = fields;
            this.options = options;
            this.text = new String[rows.size()];
        }

        @Override
        public void on(int index) {
            VeRow row = rows.get(index);
            if (options.json) {
                StringBuilder object = new StringBuilder(1000);
                FieldJson.append(object, row, fields);
                text[index] = object.toString();
            } else {
                text[index] = FieldText.line(row, fields, options.noTrim);
            }
        }
    }

    private static List<Field> withoutOurs(List<Field> known) {
        List<Field> fields = new ArrayList<>(known.size());
        for (Field field : known) {
            if (!field.isOurs()) {
                fields.add(field);
            }
        }
        return fields;
    }

    private void printFields(List<Field> known) {
        StringBuilder text = new StringBuilder();
        for (Field field : known) {
            cell(text, field.name()).append(' ');
            cell(text, field.header()).append('\n');
        }
        out.print(text);
    }

    /** {@code %-15s}. */
    private static StringBuilder cell(StringBuilder text, String value) {
        text.append(value);
        for (int i = value.length(); i < 15; i++) {
            text.append(' ');
        }
        return text;
    }
}
