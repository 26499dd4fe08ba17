package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.HostMemory;
import org.jvz.runtime.ve.LiveVes;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeMemory;

/** The {@code vzcalc} command: which part of the host one VE uses, is promised and may use. */
public final class Vzcalc {
    static final String USAGE = "Usage: vzcalc [-v] <veid>";
    private static final double LOW_SHARE = 0.4;
    private static final String NONE = "n/a";

    private Vzcalc() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 for whatever is wrong
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err) {
        return Tool.run(err, "", () -> calculate(args, env, out, err));
    }

    private static int calculate(String[] args, Map<String, String> env, PrintStream out, PrintStream err)
            throws IOException {
        boolean verbose = args.length > 0 && args[0].equals("-v");
        if (args.length == 1 && args[0].equals("-h")) {
            out.println(USAGE);
            return 0;
        }
        if (args.length != (verbose ? 2 : 1)) {
            err.println(USAGE);
            return 1;
        }
        String word = args[args.length - 1];
        HostPaths paths = HostPaths.of(env);
        CtId id;
        try {
            id = CtId.parse(word);
        } catch (BadCtIdException e) {
            err.println("Invalid CT ID: " + word);
            return 1;
        }
        if (!Files.exists(paths.conf(id))) {
            err.println("Container configuration file: " + paths.conf(id) + " not found");
            return 1;
        }
        print(Tool.conf(paths), id, verbose, out);
        return 0;
    }

    private static void print(VzConf conf, CtId id, boolean verbose, PrintStream out) throws IOException {
        HostMemory host = HostMemory.read();
        VeMemory.Promise promise = VeMemory.Promise.of(VeConf.read(conf, id), host);
        double low = 100 / (host.low() * LOW_SHARE);
        double ram = 100.0 / host.ram();
        double all = 100 / ((double) host.ram() + host.swap());
        double threads = 100
                / Double.parseDouble(
                        Files.readString(Path.of("/proc/sys/kernel/threads-max"), StandardCharsets.US_ASCII)
                                .strip());
        VeHost ves = new VeHost(conf, null, false);
        boolean runs = LiveVes.look(ves).ids().contains(id);
        VeMemory held = runs ? VeMemory.held(ves, id) : new VeMemory(0, 0, 0, 0);
        double[] current = {
            held.kernel() * low,
            held.ram() * ram,
            held.ramAndSwap() * all,
            held.allocated() * all,
            runs ? VeMemory.processes(ves, id) * threads : 0
        };
        double[] promised = {promise.kernel() * low, promise.guaranteed() * all, promise.allocation() * all};
        double[] most = {
            promise.kernel() * low, promise.allocationLimit() * all, Math.min(100, promise.processes() * threads)
        };
        out.println("Resource     Current(%)  Promised(%)  Max(%)");
        if (verbose) {
            row(out, "Low Mem   ", now(runs, current[0]), number(promised[0]), number(most[0]));
            row(out, "Total RAM ", now(runs, current[1]), NONE, NONE);
            row(out, "Mem + Swap", now(runs, current[2]), number(promised[1]), NONE);
            row(out, "Alloc. Mem", now(runs, current[3]), number(promised[2]), number(most[1]));
            row(out, "Num. Proc ", now(runs, current[4]), NONE, number(most[2]));
            out.println("--------------------------------------------");
        }
        row(out, "Memory    ", now(runs, largest(current)), number(largest(promised)), number(largest(most)));
    }

    private static void row(PrintStream out, String name, String current, String promised, String most) {
        out.println(String.format(Locale.ROOT, "%s %10s %10s %10s", name, current, promised, most));
    }

    private static String now(boolean runs, double value) {
        return runs ? number(value) : NONE;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        return largest;
    }
}
