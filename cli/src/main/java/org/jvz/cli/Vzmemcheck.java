package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.HostMemory;
import org.jvz.runtime.ve.LiveVes;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeMemory;

/** The {@code vzmemcheck} command: how much of the host's memory the running VEs use, and how much they are promised. */
public final class Vzmemcheck {
    static final String USAGE = "Usage: vzmemcheck [-v] [-A]";
    private static final int COLUMNS = 8;
    /** The share of low memory that OpenVZ reckons with for kernel memory. */
    private static final double LOW_SHARE = 0.4;

    private static final double MB = 1024 * 1024;

    private final HostMemory memory;
    private final double[] whole;
    private final boolean absolute;

    private Vzmemcheck(HostMemory memory, boolean absolute) {
        this.memory = memory;
        this.absolute = absolute;
        double low = memory.low() * LOW_SHARE;
        double all = (double) memory.ram() + memory.swap();
        this.whole = new double[] {low, low, memory.ram(), all, all, all, all, all};
    }

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
        boolean verbose = false;
        boolean absolute = false;
        for (String arg : args) {
            switch (arg) {
                case "-v" -> verbose = true;
                case "-A" -> absolute = true;
                case "-vA", "-Av" -> verbose = absolute = true;
                default -> {
                    boolean help = arg.equals("-h");
                    (help ? out : err).println(USAGE);
                    return help ? 0 : 1;
                }
            }
        }
        boolean rows = verbose;
        boolean megabytes = absolute;
        return Tool.run(err, "", () -> {
            new Vzmemcheck(HostMemory.read(), megabytes).print(Tool.conf(HostPaths.of(env)), rows, out);
            return 0;
        });
    }

    private void print(VzConf conf, boolean verbose, PrintStream out) throws IOException {
        out.println(absolute ? "Output values in Mbytes" : "Output values in %");
        out.println((verbose ? "CTID       " : "") + " LowMem  LowMem     RAM MemSwap MemSwap   Alloc   Alloc   Alloc");
        out.println((verbose ? "           " : "") + "   util  commit    util    util  commit    util  commit   limit");
        VeHost host = new VeHost(conf, null, false);
        double[] sum = new double[COLUMNS];
        for (CtId id : LiveVes.look(host).ids()) {
            double[] row = row(VeMemory.held(host, id), VeMemory.Promise.of(VeConf.read(conf, id), memory));
            for (int i = 0; i < COLUMNS; i++) {
                sum[i] += row[i];
            }
            if (verbose) {
                out.println(String.format(Locale.ROOT, "%-10d ", id.value()) + line(row));
            }
        }
        if (verbose) {
            out.println("-".repeat(74));
        }
        out.println((verbose ? "Summary:   " : "") + line(sum));
        if (absolute) {
            // What these are parts of.
            out.println((verbose ? "           " : "") + line(whole));
        }
    }

    private static double[] row(VeMemory held, VeMemory.Promise promise) {
        return new double[] {
            held.kernel(),
            promise.kernel(),
            held.ram(),
            held.ramAndSwap(),
            promise.guaranteed(),
            held.allocated(),
            promise.allocation(),
            promise.allocationLimit()
        };
    }

    private String line(double[] bytes) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < COLUMNS; i++) {
            double shown = absolute ? bytes[i] / MB : 100 * bytes[i] / whole[i];
            line.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%7.2f", shown));
        }
        return line.toString();
    }
}
