package org.jvz.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeOfProcess;

/** The {@code vzpid} command: tells which VEs the processes of the host belong to. */
public final class Vzpid {
    static final String USAGE = "Usage: vzpid [-p] <pid> ...\n       vzpid [-p] -";

    private Vzpid() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.in, System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 if there is nothing to look up
     */
    static int run(String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err) {
        return Tool.run(err, "vzpid: ", () -> list(args, env, in, out, err));
    }

    private static int list(String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err)
            throws IOException {
        boolean inside = args.length > 0 && args[0].equals("-p");
        List<String> pids = new ArrayList<>(List.of(args).subList(inside ? 1 : 0, args.length));
        if (pids.isEmpty()) {
            err.println(USAGE);
            return 1;
        }
        if (pids.size() == 1 && (pids.get(0).equals("-h") || pids.get(0).equals("--help"))) {
            out.println(USAGE);
            return 0;
        }
        if (pids.size() == 1 && pids.get(0).equals("-")) {
            pids = words(in);
        }
        HostPaths paths = HostPaths.of(env);
        // Where the host's files are is all that is asked of it: no configuration is read.
        VeHost host = new VeHost(VzConf.of(paths, ConfFile.empty(paths.vzConf())), null, false);
        out.println(inside ? "Pid\tCT/Pid\tCTID\tName" : "Pid\tCTID\tName");
        for (String pid : pids) {
            // As ever, what is no process is passed over: it may have ended since it was listed.
            VeOfProcess found =
                    CtId.isNumber(pid) && pid.length() < 10 ? VeOfProcess.read(host, Integer.parseInt(pid)) : null;
            if (found != null) {
                out.println(found.pid() + "\t" + (inside ? found.pidInside() + "\t" : "") + found.id() + "\t"
                        + printable(found.name()));
            }
        }
        return 0;
    }

    private static List<String> words(InputStream in) throws IOException {
        List<String> words = new ArrayList<>();
        StringTokenizer text = new StringTokenizer(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        while (text.hasMoreTokens()) {
            words.add(text.nextToken());
        }
        return words;
    }

    /** The first word of a process's name, without what would do something to a terminal: processes of VEs choose theirs. */
    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length() && name.charAt(i) != ' '; i++) {
            char c = name.charAt(i);
            text.append(Character.isISOControl(c) ? '?' : c);
        }
        return text.toString();
    }
}
