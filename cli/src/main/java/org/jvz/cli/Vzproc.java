package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jvz.runtime.config.HostPaths;

/**
 * The {@code vzproc} command: what OpenVZ's kernel has in /proc and a stock kernel has not, as files below {@code
 * /run/jvz/proc}.
 */
public final class Vzproc {
    private static final int OK = 0;
    private static final int FAILURE = 1;
    private static final String DEFAULT_FILE = "user_beancounters";

    private Vzproc() {}

    /** How the command reaches the host. */
    interface Surroundings {
        /** Whether the caller may see VEs. */
        boolean isRoot() throws IOException;

        /** Writes the files as they are now. */
        void refresh(HostPaths paths) throws IOException;
    }

    private static final class ThisHost implements Surroundings {
        @Override
        public boolean isRoot() throws IOException {
            return ProcessOwner.isRoot();
        }

        @Override
        public void refresh(HostPaths paths) throws IOException {
            HostBeancounters.publish(paths);
        }
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err, new ThisHost());
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 for whatever is wrong
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err, Surroundings around) {
        try {
            return run(args, HostPaths.of(env), out, around);
        } catch (UsageException e) {
            err.println(e.text());
        } catch (IOException | RuntimeException | LinkageError e) {
            Failures.tell(e, err);
        }
        return FAILURE;
    }

    private static int run(String[] args, HostPaths paths, PrintStream out, Surroundings around)
            throws UsageException, IOException {
        String verb = args.length == 0 ? "" : args[0];
        if (verb.equals("--help") || verb.equals("-h")) {
            out.println(Usage.vzproc());
            return OK;
        }
        boolean refresh = verb.equals("refresh") && args.length == 1;
        boolean show = verb.equals("show") && args.length <= 2;
        if (!refresh && !show) {
            throw new UsageException(FAILURE, Usage.vzproc());
        }
        if (!around.isRoot()) {
            throw new UsageException(FAILURE, Words.ROOT_ONLY);
        }
        around.refresh(paths);
        if (show) {
            show(args.length == 2 ? args[1] : DEFAULT_FILE, paths, out);
        }
        return OK;
    }

    private static void show(String name, HostPaths paths, PrintStream out) throws UsageException, IOException {
        Path proc = paths.procDir();
        String relative = name.startsWith("/proc/") ? name.substring("/proc/".length()) : name;
        Path file = proc.resolve(relative).normalize();
        if (!file.startsWith(proc) || Files.isDirectory(file)) {
            throw unknown(name);
        }
        try {
            out.print(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException none) {
            throw unknown(name);
        }
    }

    private static UsageException unknown(String name) {
        return new UsageException(
                FAILURE,
                "There is no " + name + ": there are user_beancounters, bc/resources, and bc/CTID/resources of running"
                        + " containers and of 0, the host");
    }
}
