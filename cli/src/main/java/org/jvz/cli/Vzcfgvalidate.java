package org.jvz.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.BeancounterCheck;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.HostMemory;

/** The {@code vzcfgvalidate} command: checks a VE's configuration, and repairs it if asked to. */
public final class Vzcfgvalidate implements BeancounterCheck.Decision {
    static final String USAGE = "Usage: vzcfgvalidate [-r | -i] [-v yes|no] <configfile>";
    private static final int ERROR = 1;
    private static final int INVALID = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final BufferedReader answers;
    private boolean repair;
    private boolean ask;
    private String vswap = "";

    private Vzcfgvalidate(InputStream in, PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        this.answers = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.in, System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0 the file is good, or is now; 1 it could not be checked; 2 it is not good
     */
    static int run(String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err) {
        return Tool.run(err, "", () -> {
            try {
                return new Vzcfgvalidate(in, out, err).run(args, HostPaths.of(env));
            } catch (UsageException e) {
                throw new UsageException(ERROR, e.text() + "\n" + USAGE);
            }
        });
    }

    private int run(String[] args, HostPaths paths) throws UsageException, IOException {
        OptionTable table = new OptionTable(
                List.of(),
                List.of(),
                "rihv",
                List.of(Option.flag("r"), Option.flag("i"), Option.flag("h"), Option.value("v", "yes|no")));
        OptionReader reader = new OptionReader("vzcfgvalidate", table, args, 0, ERROR);
        while (reader.next()) {
            switch (reader.name()) {
                case "r" -> repair = true;
                case "i" -> ask = true;
                case "h" -> {
                    out.println(USAGE);
                    return 0;
                }
                default -> vswap = reader.value();
            }
        }
        if (!vswap.isEmpty() && !vswap.equals("yes") && !vswap.equals("no")) {
            throw new UsageException(ERROR, "Invalid argument for -v: " + vswap);
        }
        if (reader.operands().size() != 1) {
            throw new UsageException(ERROR, "vzcfgvalidate: one configuration file, please");
        }
        Path file = Path.of(reader.operands().get(0)).toAbsolutePath();
        if (!Files.exists(file)) {
            err.println("Container configuration file " + reader.operands().get(0) + " not found");
            return ERROR;
        }
        return check(VeConf.of(global(paths), new CtId(0), ConfFile.read(file)));
    }

    private VzConf global(HostPaths paths) throws IOException {
        if (!Files.exists(paths.vzConf())) {
            err.println("WARNING: Global configuration file " + paths.vzConf() + " not found");
            return VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        }
        return VzConf.read(paths);
    }

    private int check(VeConf conf) throws IOException {
        for (String each : conf.file().warnings()) {
            remark("Warning: " + each);
        }
        BeancounterCheck.Outcome outcome = isVswap(conf) ? vswap(conf) : BeancounterCheck.classical(conf, this);
        if (!outcome.valid()) {
            return INVALID;
        }
        if (!outcome.repaired().isEmpty()) {
            ConfFile repaired = conf.file();
            for (Map.Entry<String, BarrierLimit> value : outcome.repaired().entrySet()) {
                repaired = repaired.with(value.getKey(), value.getValue().toString());
            }
            repaired.save();
        }
        err.println("Validation completed: success");
        return 0;
    }

    private BeancounterCheck.Outcome vswap(VeConf conf) throws IOException {
        HostMemory memory = HostMemory.read();
        return BeancounterCheck.vswap(conf, memory.ramPages(), memory.swapPages(), this);
    }

    /** Whether RAM is what is limited: only a VSwap configuration has a limit there. */
    private boolean isVswap(VeConf conf) throws BadConfException {
        if (!vswap.isEmpty()) {
            return vswap.equals("yes");
        }
        @Nullable BarrierLimit ram = conf.get(ConfKey.PHYSPAGES).orElse(null);
        return ram != null && !ram.isUnlimited();
    }

    @Override
    public void remark(String text) {
        err.println(text);
    }

    @Override
    public boolean repair(String text, String value) {
        err.println(text);
        if (!repair && !ask) {
            return false;
        }
        out.println("set to " + value);
        return !ask || yes();
    }

    /** An answer, an empty line for yes; the end of the input is a no. */
    private boolean yes() {
        try {
            while (true) {
                err.print(" (y/n) [y] ");
                err.flush();
                String line = answers.readLine();
                if (line == null || line.startsWith("n")) {
                    return false;
                }
                if (line.isEmpty() || line.startsWith("y")) {
                    return true;
                }
            }
        } catch (IOException unreadable) {
            return false;
        }
    }
}
