package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.ve.VznetScript;

/** The {@code vznetcfg} command: has EXTERNAL_SCRIPT of vznet.conf do what is to be done with a veth device of the host. */
public final class Vznetcfg {
    static final String USAGE = "Usage: vznetcfg init|create|down veth DEVICE, with the id of its container in VEID";

    private Vznetcfg() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        System.exit(run(args, System.getenv(), System.err));
    }

    /**
     * Runs the command within this process; the script has this process's streams.
     *
     * @return the exit status: 0, also where no script is named, or 1
     */
    static int run(String[] args, Map<String, String> env, PrintStream err) {
        return Tool.run(err, "vznetcfg: ", () -> configure(args, env, err));
    }

    private static int configure(String[] args, Map<String, String> env, PrintStream err) throws IOException {
        CtId id = container(env);
        boolean known = args.length == 3
                && (args[0].equals("init") || args[0].equals("create") || args[0].equals("down"))
                && args[1].equals("veth");
        if (!known || id == null) {
            err.println(USAGE);
            return 1;
        }
        // To scripts, a device that has been made is one to be put to use, whoever asks.
        new VznetScript(HostPaths.of(env), id).run(args[0].equals("down") ? "down" : "init", args[2]);
        return 0;
    }

    /** The container that VEID names; null if it names none. */
    static @Nullable CtId container(Map<String, String> env) {
        try {
            return CtId.parse(env.getOrDefault("VEID", ""));
        } catch (BadCtIdException none) {
            return null;
        }
    }
}
