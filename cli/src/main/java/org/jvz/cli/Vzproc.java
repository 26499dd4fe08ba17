package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.ve.PublishVz;

/**
 * The {@code vzproc} command: what OpenVZ's kernel has in /proc and a stock kernel has not, as files below {@code
 * /run/jvz/proc}, and for one command in /proc itself.
 */
public final class Vzproc {
    private static final int OK = 0;
    private static final int FAILURE = 1;
    private static final String DEFAULT_FILE = "user_beancounters";
    private static final int EVERY_SECONDS = 10;

    private Vzproc() {}

    /** How the command reaches the host. */
    interface Surroundings {
        /** Whether the caller may see VEs. */
        boolean isRoot() throws IOException;

        /** Writes the files as they are now. */
        void refresh(HostPaths paths) throws IOException;

        /**
         * Runs a command that finds the files in /proc, and writes them anew while it runs.
         *
         * @param every seconds between two refreshes; 0 for none
         * @return the command's exit status
         */
        int run(HostPaths paths, List<String> command, int every) throws IOException;
    }

    private static final class ThisHost implements Surroundings {
        @Override
        public boolean isRoot() throws IOException {
            return ProcessOwner.isRoot();
        }

        @Override
        public void refresh(HostPaths paths) throws IOException {
            HostBeancounters.publish(paths);
            new PublishVz(HostBeancounters.host(paths)).run();
        }

        @Override
        public int run(HostPaths paths, List<String> command, int every) throws IOException {
            return new ClientRun(HostBeancounters.host(paths), command).run(every, () -> refresh(paths));
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
        return Tool.run(err, "", () -> run(args, HostPaths.of(env), out, around));
    }

    private static int run(String[] args, HostPaths paths, PrintStream out, Surroundings around)
            throws UsageException, IOException {
        String verb = args.length == 0 ? "" : args[0];
        if (verb.equals("--help") || verb.equals("-h")) {
            out.println(Usage.vzproc());
            return OK;
        }
        if (verb.equals("run")) {
            return runCommand(args, paths, around);
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

    private static int runCommand(String[] args, HostPaths paths, Surroundings around)
            throws UsageException, IOException {
        int from = 1;
        int every = EVERY_SECONDS;
        if (args.length > 1 && args[1].equals("--every")) {
            every = seconds(args.length > 2 ? args[2] : "");
            from = 3;
        }
        if (args.length > from && args[from].equals("--")) {
            from++;
        }
        if (args.length <= from || (from == 1 && args[1].startsWith("-"))) {
            throw new UsageException(FAILURE, Usage.vzproc());
        }
        if (!around.isRoot()) {
            throw new UsageException(FAILURE, Words.ROOT_ONLY);
        }
        around.refresh(paths);
        return around.run(paths, List.of(args).subList(from, args.length), every);
    }

    private static int seconds(String text) throws UsageException {
        if (!CtId.isNumber(text) || text.length() > 6) {
            throw new UsageException(FAILURE, "vzproc: --every needs a number of seconds");
        }
        return Integer.parseInt(text);
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
                "There is no " + name + ": there are user_beancounters, bc/resources, bc/CTID/resources of running"
                        + " containers and of 0, the host, and vz/veinfo, vestat, veip, veth, vzquota, version, vswap,"
                        + " vz/fairsched/CTID/cpu.nr_cpus, vz/beancounter/CTID/blkio.io_service_bytes");
    }
}
