package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.net.Traffic;
import org.jvz.runtime.ve.ReadTraffic;
import org.jvz.runtime.ve.VeHost;

/** The {@code vznetstat} command: what VEs have sent and received since they were started. */
public final class Vznetstat {
    static final String USAGE = "Usage: vznetstat [-4|-6] [-v CTID|NAME] [-c CLASS]\n       vznetstat -h";

    private static final String ROW = "%-10s %9s %18s %14s %18s %14s%n";

    /** What the command reaches beyond its streams. */
    interface Surroundings {
        /** Whether the caller may see VEs. */
        boolean isRoot() throws IOException;

        /** Whether this host tells classes and families apart. */
        boolean byClass(HostPaths paths) throws IOException;

        /** The traffic of all running VEs. */
        SortedMap<CtId, List<Traffic>> read(HostPaths paths) throws IOException;
    }

    /** This host. */
    private static final class ThisHost implements Surroundings {
        @Override
        public boolean isRoot() throws IOException {
            return ProcessOwner.isRoot();
        }

        @Override
        public boolean byClass(HostPaths paths) throws IOException {
            return reader(paths).byClass();
        }

        @Override
        public SortedMap<CtId, List<Traffic>> read(HostPaths paths) throws IOException {
            return reader(paths).run();
        }

        private static ReadTraffic reader(HostPaths paths) throws IOException {
            VzConf conf;
            try {
                conf = VzConf.read(paths);
            } catch (NoSuchFileException none) {
                conf = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
            }
            return new ReadTraffic(new VeHost(conf, null, false));
        }
    }

    private final Surroundings around;
    private final HostPaths paths;
    private @Nullable Boolean v6;
    private @Nullable CtId id;
    private int trafficClass = -1;

    private Vznetstat(Surroundings around, HostPaths paths) {
        this.around = around;
        this.paths = paths;
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
        if (List.of(args).contains("-h") || List.of(args).contains("--help")) {
            out.println(USAGE);
            return 0;
        }
        return Tool.run(err, "", () -> {
            Vznetstat command = new Vznetstat(around, HostPaths.of(env));
            command.parse(args);
            command.print(out);
            return 0;
        });
    }

    private void parse(String[] args) throws UsageException, IOException {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-4" -> v6 = false;
                case "-6" -> v6 = true;
                case "-v" -> id = ve(value(args, ++i));
                case "-c" -> trafficClass = trafficClass(value(args, ++i));
                default -> throw new UsageException(1, "vznetstat: unknown argument: " + args[i] + "\n" + USAGE);
            }
        }
        if (!around.isRoot()) {
            throw new UsageException(1, Words.ROOT_ONLY);
        }
        if (v6 != null && !around.byClass(paths)) {
            throw new UsageException(
                    1,
                    "vznetstat: IPv4 and IPv6 are told apart on hosts with classes of networks: there is no "
                            + NetworkClasses.file(paths));
        }
    }

    private static String value(String[] args, int at) throws UsageException {
        if (at >= args.length) {
            throw new UsageException(1, "vznetstat: " + args[at - 1] + " needs a value\n" + USAGE);
        }
        return args[at];
    }

    private static int trafficClass(String text) throws UsageException {
        if (CtId.isNumber(text) && text.length() <= 2 && Integer.parseInt(text) <= NetworkClasses.LAST) {
            return Integer.parseInt(text);
        }
        throw new UsageException(1, "vznetstat: not a class from 0 to " + NetworkClasses.LAST + ": " + text);
    }

    private CtId ve(String text) throws UsageException, IOException {
        try {
            if (CtId.isNumber(text)) {
                return CtId.parse(text);
            }
        } catch (BadCtIdException e) {
            throw new UsageException(1, "vznetstat: bad container id: " + text);
        }
        CtId owner = new Names(paths).owner(text);
        if (owner == null) {
            throw new UsageException(1, "vznetstat: no container of that name: " + text);
        }
        return owner;
    }

    private void print(PrintStream out) throws IOException {
        SortedMap<CtId, List<Traffic>> all = around.read(paths);
        out.printf(
                Locale.ROOT, ROW, "CTID", "Net.Class", "Input(bytes)", "Input(pkts)", "Output(bytes)", "Output(pkts)");
        for (Map.Entry<CtId, List<Traffic>> each : all.entrySet()) {
            if (id == null || id.equals(each.getKey())) {
                print(out, each.getKey(), each.getValue());
            }
        }
    }

    /** One row per class, of both families unless one is asked for. */
    private void print(PrintStream out, CtId ve, List<Traffic> traffic) {
        SortedMap<Integer, Traffic> rows = new TreeMap<>();
        for (Traffic each : traffic) {
            boolean wanted = trafficClass < 0 || trafficClass == each.trafficClass();
            if (wanted && (v6 == null || v6 == each.v6())) {
                rows.merge(
                        each.trafficClass(),
                        each,
                        (one, other) -> new Traffic(
                                one.trafficClass(),
                                false,
                                one.received().plus(other.received()),
                                one.sent().plus(other.sent())));
            }
        }
        for (Traffic each : rows.values()) {
            out.printf(
                    Locale.ROOT,
                    ROW,
                    ve,
                    each.trafficClass(),
                    each.received().bytes(),
                    each.received().packets(),
                    each.sent().bytes(),
                    each.sent().packets());
        }
    }
}
