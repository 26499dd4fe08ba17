package org.jvz.cli;

import java.io.IOException;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.RefreshViews;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VeHost;

/**
 * The program {@code lxcfs-up}, for lxcfs's unit and for administrators: starts lxcfs unless it runs, and shows it to the VEs
 * that run, whose files of a former one are dead.
 *
 * <p>Exit status: 0 done, 1 failed.
 */
public final class LxcfsUp {
    private LxcfsUp() {}

    /** Runs the program and ends the process with its exit status. */
    public static void main(String[] args) {
        Output output = new Output(System.out, System.err);
        System.exit(run(output));
    }

    private static int run(Output output) {
        try {
            if (!ProcessOwner.isRoot()) {
                output.complain("lxcfs-up: run as root");
                return 1;
            }
            VzConf conf = VzConf.read(HostPaths.of(System.getenv()));
            int refreshed = new RefreshViews(new VeHost(conf, null, false)).run(output);
            if (refreshed > 0) {
                output.answer("Containers that see lxcfs again: " + refreshed);
            }
            return 0;
        } catch (IOException | VeException e) {
            output.complain("lxcfs-up: " + e.getMessage());
            return 1;
        }
    }
}
