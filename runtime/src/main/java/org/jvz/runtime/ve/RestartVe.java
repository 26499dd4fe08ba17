package org.jvz.runtime.ve;

import java.io.IOException;
import org.jvz.runtime.config.CtId;

/** Stops a VE if it runs and starts it again, under one lock. */
public final class RestartVe {
    private final VeHost host;

    /** Restarts VEs of this host. */
    public RestartVe(VeHost host) {
        this.host = host;
    }

    /** Restarts the VE; a stopped one is started. */
    public void run(CtId id, StartOptions start, StopOptions stop, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "restarting", events)) {
            session.ve();
            events.event(VeEvent.Kind.RESTARTING);
            new StopVe(host).run(session, stop);
            new StartVe(host).run(session, start);
        }
    }
}
