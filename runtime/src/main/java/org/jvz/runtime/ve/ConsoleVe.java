package org.jvz.runtime.ve;

import java.io.IOException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.PipeEnds;

/**
 * Attaches the caller's terminal to a console of a VE. Consoles outlast whoever looks at them: what runs there goes on, and a VE that is
 * stopped, or started again, detaches nobody.
 */
public final class ConsoleVe {
    /** How many consoles a VE has; they are numbered from 1. */
    public static final int COUNT = Consoles.COUNT;

    private final VeHost host;
    private final EnterVe.Notices notices;

    /** Attaches to VEs of this host. */
    public ConsoleVe(VeHost host, EnterVe.Notices notices) {
        this.host = host;
        this.notices = notices;
    }

    /**
     * Relays until the caller detaches, or the VE is destroyed.
     *
     * @param tty the console's number, 1 to {@link #COUNT}
     */
    public void run(CtId id, int tty, VeEvents events) throws IOException {
        try (PipeEnds told = host.linux().pipe();
                ConsoleRelay relay = new ConsoleRelay(host, id, tty, events, told.read())) {
            notices.report(told.write());
            events.event(VeEvent.Kind.ATTACHED, id.toString());
            try {
                relay.run(Fd.STDIN, Fd.STDOUT);
            } finally {
                events.event(VeEvent.Kind.DETACHED, id.toString());
            }
        }
    }
}
