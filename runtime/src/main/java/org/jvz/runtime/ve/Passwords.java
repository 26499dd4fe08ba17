package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.WaitStatus;

/**
 * Sets passwords of users inside a VE, by the VE's own {@code chpasswd}, so that its own rules of hashing count. A stopped
 * VE is started for it. Passwords travel through pipes only: nobody inside sees them among the arguments of a process.
 */
final class Passwords {
    private final VeHost host;

    Passwords(VeHost host) {
        this.host = host;
    }

    /** Sets all of them; none is no work. */
    void set(VeSession session, List<SetOptions.UserPassword> passwords) throws IOException {
        if (passwords.isEmpty()) {
            return;
        }
        boolean stopped = session.running() == null;
        if (stopped) {
            new StartVe(host).run(session, new StartOptions(true, false, true, false));
        }
        try (RunningVe ve = RunningVe.open(host, session.id())) {
            if (ve == null) {
                throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.NOT_RUNNING));
            }
            DistScripts dists = DistScripts.of(host.paths(), VeConf.read(host.conf(), session.id()));
            for (SetOptions.UserPassword each : passwords) {
                WaitStatus status = dists.has(DistScripts.Action.SET_USERPASS)
                        ? dists.password(host, ve, each)
                        : new InsideScript(host).feed(ve, script(each).getBytes(StandardCharsets.UTF_8), "chpasswd");
                if (status.shellStatus() != 0) {
                    throw new VeException(
                            VzError.CHANGE_PASSWORD, VeEvent.of(VeEvent.Kind.PASSWORD_NOT_CHANGED, each.user()));
                }
            }
        } finally {
            if (stopped) {
                new StopVe(host).run(session, new StopOptions(true, false));
            }
        }
    }

    /** Reads the script to its end before it runs anything, so that its own commands cannot eat the rest. */
    static String script(SetOptions.UserPassword user) {
        String name = quoted(user.user());
        return "{ id -u " + name + " >/dev/null 2>&1 || useradd -m " + name + " 2>/dev/null || adduser -D " + name
                + " || exit 1\n"
                + "printf '%s\\n' " + quoted(user.user() + ":" + user.password()) + " | chpasswd\n"
                + "exit $?; }\n";
    }

    /** A shell word that stands for the text, whatever is in it. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
