package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.net.VeNamespace;

/** Stops a VE: asks its init to shut down, kills what does not follow in time, and takes its environment away. */
public final class StopVe {
    private static final int DEFAULT_TIMEOUT_SECONDS = 120;
    /** How long the kernel may take to end killed processes, milliseconds. */
    private static final int KILL_MILLIS = 30_000;

    private final VeHost host;
    private final int killMillis;

    /** Stops VEs of this host. */
    public StopVe(VeHost host) {
        this(host, KILL_MILLIS);
    }

    /** @param killMillis how long the kernel may take to end killed processes */
    StopVe(VeHost host, int killMillis) {
        this.host = host;
        this.killMillis = killMillis;
    }

    /** Stops the VE; one that does not run is a remark, not a failure. */
    public void run(CtId id, StopOptions options, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "stopping", events)) {
            if (!run(session, options)) {
                events.event(VeEvent.Kind.STOP_NOT_RUNNING);
            }
        }
    }

    /** The same in a session that is open already; false if the VE does not run. */
    boolean run(VeSession session, StopOptions options) throws IOException {
        Ve ve = session.ve();
        VeState state = session.running();
        if (state == null) {
            return false;
        }
        VeEvents events = session.events();
        events.event(VeEvent.Kind.STOPPING);
        TearDown tearDown = new TearDown(host, ve.id(), events);
        try (VeNamespace held = HostNetDevices.hold(host, state)) {
            try (RunningVe running = RunningVe.open(host, ve.id(), state)) {
                if (running != null) {
                    end(running, ve, options, events);
                }
            }
            tearDown.removeCgroups();
            tearDown.takeDevicesBack(held, state);
        }
        tearDown.removeNetwork(state);
        events.event(VeEvent.Kind.STOPPED);
        if (options.skipUmount()) {
            tearDown.forget();
        } else {
            tearDown.unmountAndForget(Path.of(state.root()));
        }
        return true;
    }

    /** Ends init, and with it every process of the VE. */
    private void end(RunningVe running, Ve ve, StopOptions options, VeEvents events) throws IOException {
        Freezing freezing = new Freezing(host, ve.id());
        if (freezing.isFrozen()) {
            // What stands still cannot shut down.
            freezing.thaw();
        }
        if (!options.fast()) {
            new InsideScript(host).run(running, host.paths().confSibling(ve.id(), "stop"), "stop");
        }
        try (Shutdown shutdown = new Shutdown(host, running, events)) {
            if (!options.fast() && shutdown.ask(timeoutMillis(ve))) {
                return;
            }
            events.event(VeEvent.Kind.KILLING);
            if (!shutdown.kill(killMillis)) {
                throw new VeException(VzError.STOP, VeEvent.of(VeEvent.Kind.CANT_STOP, "timeout"));
            }
        }
    }

    private static long timeoutMillis(Ve ve) {
        String text = ve.conf().text("STOP_TIMEOUT");
        if (text != null && CtId.isNumber(text) && text.length() < 7) {
            return Long.parseLong(text) * 1000;
        }
        return DEFAULT_TIMEOUT_SECONDS * 1000L;
    }
}
