package org.jvz.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadCtIdException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.VeEnded;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VeHost;

/**
 * The program {@code ended}, which becomes of a VE's keeper when its init has ended: clears away, and starts a VE again that has rebooted
 * itself. It speaks to the log only.
 *
 * <p>Exit status: 0 done, 1 failed.
 */
public final class Ended {
    private static final int DETAILS = 1;

    private Ended() {}

    /** Runs the program, whose one argument is a CTID, and ends the process. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        Output output = new Output(System.out, System.err);
        try {
            CtId id = CtId.parse(args.length == 1 ? args[0] : "");
            VzConf conf = VzConf.read(HostPaths.of(System.getenv()));
            @Nullable String logFile = conf.text(VzKey.LOGFILE);
            if (logFile != null && !"no".equals(conf.text(VzKey.LOGGING))) {
                output.log(new LogFile(logFile, DETAILS, id.value()));
            }
            new VeEnded(new VeHost(conf, null, false)).run(id, output);
            return 0;
        } catch (VeException e) {
            output.failure(e);
        } catch (BadCtIdException e) {
            output.complain("ended: " + e.getMessage());
        } catch (IOException e) {
            output.say(-1, "Unable to start container again: " + Failures.message(e));
        }
        return 1;
    }
}
