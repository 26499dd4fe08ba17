package org.jvz.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.linux.WinSize;

/** The {@code vzubc} command: beancounters for people. */
public final class Vzubc {
    private static final int OK = 0;
    private static final int FAILURE = VzubcOptions.FAILURE;

    private final Map<String, String> env;
    private final PrintStream out;
    private final Surroundings around;

    /** What the command reaches beyond its streams. */
    interface Surroundings {
        /** Whether the caller may see VEs. */
        boolean isRoot() throws IOException;

        /** Looks at this host, and gives what is in /proc/bc/resources then. */
        String resources(HostPaths paths) throws IOException;

        InputStream input();

        /** The terminal that is written to, or null. */
        @Nullable
        WinSize terminal();

        /** Waits; false if there is to be no further look. */
        boolean pause(long millis);
    }

    private Vzubc(Map<String, String> env, PrintStream out, Surroundings around) {
        this.env = env;
        this.out = out;
        this.around = around;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err, new HostBeancounters());
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 for whatever is wrong
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err, Surroundings around) {
        VzubcOptions options;
        try {
            options = VzubcOptions.parse(args);
        } catch (UsageException e) {
            err.println(e.text());
            out.println(Usage.vzubc());
            return e.exitStatus();
        }
        if (options.help) {
            out.println(Usage.vzubc());
            return OK;
        }
        return Tool.run(err, "", () -> new Vzubc(env, out, around).run(options, args));
    }

    private int run(VzubcOptions options, String[] args) throws UsageException, IOException {
        HostPaths paths = HostPaths.of(env);
        if (options.file == null && !around.isRoot()) {
            throw new UsageException(FAILURE, Words.ROOT_ONLY);
        }
        Set<Long> ids = ids(options.targets, paths);
        Path dir = options.directory == null ? paths.runDir().resolve("vzubc.store") : Path.of(options.directory);
        UbcStore clear = new UbcStore(dir);
        if (options.clearFailures) {
            clear.clearFailures();
        }
        if (options.clearHeld) {
            clear.clearHeld();
        }
        if (!options.watch) {
            out.print(table(options, ids, paths, dir));
            return OK;
        }
        String title = options.watchTitle
                ? String.format(Locale.ROOT, "Every %.1fs: vzubc %s", options.watchSeconds, String.join(" ", args))
                : null;
        Watch watch = new Watch(out, title, options.watchDifferences);
        boolean more = watch.show(table(options, ids, paths, dir), around.terminal());
        while (more && around.pause((long) (options.watchSeconds * 1000))) {
            more = watch.show(table(options, ids, paths, dir), around.terminal());
        }
        return OK;
    }

    private String table(VzubcOptions options, Set<Long> ids, HostPaths paths, Path dir)
            throws UsageException, IOException {
        List<UbcRow> rows = UbcFile.parse(read(options, paths), options.file == null ? "/proc" : options.file);
        UbcStore store = new UbcStore(dir);
        boolean keeps = options.relative || options.incremental;
        if (keeps) {
            store.open();
        }
        UbcTable table = new UbcTable(options, store);
        List<UbcRow> wanted = new ArrayList<>(rows.size());
        for (UbcRow row : rows) {
            if (keeps && row.id() == UbcRow.NO_ID) {
                throw new UsageException(FAILURE, "Error: can not use relative/incremental modes: BCID is unknown");
            }
            // A file that does not name its VE is of the one that was meant.
            if (ids.isEmpty() || row.id() == UbcRow.NO_ID || ids.contains(row.id())) {
                wanted.add(row);
                table.add(row);
            }
        }
        if (keeps) {
            store.keep(wanted, options.relative, options.incremental);
        }
        return table.toString();
    }

    private String read(VzubcOptions options, HostPaths paths) throws IOException {
        if (options.file == null) {
            return around.resources(paths);
        }
        byte[] bytes =
                options.file.equals("-") ? around.input().readAllBytes() : Files.readAllBytes(Path.of(options.file));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The VEs that are named; one that there is not has no row. */
    private static Set<Long> ids(List<String> words, HostPaths paths) throws IOException {
        Set<Long> ids = new HashSet<>();
        Names names = new Names(paths);
        for (String word : words) {
            try {
                ids.add((long) names.resolve(word).value());
            } catch (BadCtIdException nobody) {
                ids.add(Long.MIN_VALUE);
            }
        }
        return ids;
    }
}
