package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.net.BridgeMember;

/** The {@code vznetaddbr} command, OpenVZ's usual EXTERNAL_SCRIPT: puts a veth device of the host on the bridge of its NETIF entry, or on vmbr0. */
public final class Vznetaddbr {
    static final String USAGE = "Usage: vznetaddbr init|down veth DEVICE, with the id of its container in VEID";

    private static final String DEFAULT_BRIDGE = "vmbr0";

    private Vznetaddbr() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        int status = run(args, System.getenv(), System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command within this process.
     *
     * @return the exit status: 0, or 1 if it cannot be done
     */
    static int run(String[] args, Map<String, String> env, PrintStream out, PrintStream err) {
        return Tool.run(err, "vznetaddbr: ", () -> bridge(args, env, out, err));
    }

    private static int bridge(String[] args, Map<String, String> env, PrintStream out, PrintStream err)
            throws IOException {
        CtId id = Vznetcfg.container(env);
        boolean known =
                args.length == 3 && (args[0].equals("init") || args[0].equals("down")) && args[1].equals("veth");
        if (!known || id == null) {
            err.println(USAGE);
            return 1;
        }
        String device = args[2];
        NetIf entry = entry(env, id, device);
        if (entry == null) {
            err.println("vznetaddbr: container " + id + " has no veth device " + device);
            return 1;
        }
        String named = entry.bridge();
        String bridge = named == null ? DEFAULT_BRIDGE : named;
        BridgeMember member = new BridgeMember(new JffiLinux());
        if (args[0].equals("down")) {
            member.remove(device, bridge);
        } else {
            out.println("Adding interface " + device + " to bridge " + bridge + " on CT0 for CT" + id);
            member.add(device, bridge);
        }
        return 0;
    }

    private static @Nullable NetIf entry(Map<String, String> env, CtId id, String device) throws IOException {
        VeConf conf = VeConf.read(VzConf.read(HostPaths.of(env)), id);
        for (NetIf each : conf.get(ConfKey.NETIF).orElse(List.of())) {
            if (device.equals(each.hostIfname())) {
                return each;
            }
        }
        return null;
    }
}
