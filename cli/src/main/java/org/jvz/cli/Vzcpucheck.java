package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.LiveVes;
import org.jvz.runtime.ve.VeHost;

/** The {@code vzcpucheck} command: compares the CPUUNITS of what runs with the power of the host. */
public final class Vzcpucheck {
    static final String USAGE = "Usage: vzcpucheck [-v]";
    private static final int USAGE_ERROR = 2;
    private static final int DEFAULT_UNITS = 1000;
    /** CPUUNITS of one unit of /proc/cpuinfo's BogoMIPS. */
    private static final double UNITS_PER_BOGOMIPS = 25;

    private Vzcpucheck() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, 1 if the host tells nothing, 2 for a wrong command line
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err) {
        boolean verbose = args.length == 1 && args[0].equals("-v");
        if (args.length > 0 && !verbose) {
            err.println(USAGE);
            return USAGE_ERROR;
        }
        return Tool.run(err, "", () -> check(Tool.conf(HostPaths.of(env)), verbose, out));
    }

    private static int check(VzConf conf, boolean verbose, PrintStream out) throws IOException {
        long power = power(Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1));
        long sum = units(conf.text(VzKey.VE0CPUUNITS));
        if (verbose) {
            out.println("VEID\t\tCPUUNITS");
            out.println("-------------------------");
            out.println("0\t\t" + sum);
        }
        for (CtId id : LiveVes.look(new VeHost(conf, null, false)).ids()) {
            long units = units(VeConf.read(conf, id).text("CPUUNITS"));
            if (verbose) {
                out.println(id + "\t\t" + units);
            }
            sum += units;
        }
        out.println("Current CPU utilization: " + sum);
        out.println("Power of the node: " + power);
        if (sum > power) {
            out.println("Warning: hardware node is overcommitted");
        }
        return 0;
    }

    private static long units(@Nullable String text) {
        return text != null && CtId.isNumber(text) && text.length() < 10 ? Long.parseLong(text) : DEFAULT_UNITS;
    }

    /** The power of all CPUs in CPUUNITS. */
    static long power(String cpuinfo) {
        double sum = 0;
        for (String line : cpuinfo.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equalsIgnoreCase("bogomips")) {
                sum += Double.parseDouble(line.substring(colon + 1).strip());
            }
        }
        return (long) (sum * UNITS_PER_BOGOMIPS);
    }
}
