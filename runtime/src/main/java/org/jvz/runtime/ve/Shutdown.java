package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.PollEntry;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.undo.ForwardSteps;

/** Brings a VE's init to its end, and with it, by the kernel's rules for PID namespaces, every process of the VE. */
final class Shutdown implements AutoCloseable {
    private static final int POLL_MILLIS = 200;
    private static final List<String> HALT = List.of("/sbin/halt", "/usr/sbin/halt", "/bin/halt");

    private final VeHost host;
    private final RunningVe ve;
    private final ForwardSteps steps;
    /** The {@code halt} we run inside, until it is reaped: the kernel does not let init go before that. */
    private @Nullable Spawned halt;

    private final VeEvents events;

    Shutdown(VeHost host, RunningVe ve, VeEvents events) {
        this.host = host;
        this.ve = ve;
        this.events = events;
        this.steps = new ForwardSteps(host.observer());
    }

    /** Asks init to shut down; false if it has not ended in that time. */
    boolean ask(long millis) throws IOException {
        host.observer().before("halt", "container " + ve.id());
        try {
            halt = ve.exec(
                    new ExecList.Program(HALT, List.of("halt"), GuestEnvironment.PLAIN, null, null, null, false));
        } catch (SpawnException noHalt) {
            signal();
        }
        return await(millis);
    }

    /** Kills all of the VE; false if the kernel has not ended init in that time. */
    boolean kill(long millis) throws IOException {
        VeCgroup cgroup = host.cgroup(ve.id());
        steps.step("kill", "container " + ve.id(), () -> {
            cgroup.kill(host.linux());
            return cgroup;
        });
        return await(millis);
    }

    /**
     * Tells init by signal what {@code halt} could not tell it, for example while it is only coming up: SIGRTMIN+3 halts a
     * systemd (systemd(1)), SIGPWR others (init(8)). An init that handles neither is not hurt: the kernel spares it.
     */
    private void signal() throws IOException {
        try {
            host.linux().signal(ve.init(), Signal.RTMIN_3.number());
            host.linux().signal(ve.init(), Signal.PWR.number());
        } catch (SyscallException gone) {
            // It has ended meanwhile, which the next look will show.
        }
    }

    private boolean await(long millis) throws IOException {
        Linux linux = host.linux();
        PollEntry init = new PollEntry(ve.init(), PollEntry.IN);
        long start = System.nanoTime();
        long end = start + millis * 1_000_000L;
        while (true) {
            events.waiting("Waiting for its init to end", start, (int) (millis / 1000));
            Spawned asked = halt;
            PollEntry ours = asked == null ? null : new PollEntry(asked.pidfd(), PollEntry.IN);
            linux.poll(ours == null ? List.of(init) : List.of(init, ours), POLL_MILLIS);
            if (asked != null && ours != null && ours.readable()) {
                reap(asked, init.readable());
            }
            if (init.readable()) {
                return true;
            }
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted while container " + ve.id() + " stops");
            }
            if (System.nanoTime() > end) {
                return false;
            }
        }
    }

    private void reap(Spawned asked, boolean ended) throws IOException {
        boolean failed = asked.waitExit().shellStatus() != 0;
        asked.close();
        halt = null;
        if (failed && !ended) {
            signal();
        }
    }

    /** Reaps what can be reaped without waiting. */
    @Override
    public void close() throws IOException {
        Spawned asked = halt;
        if (asked != null) {
            host.linux().waitNow(asked.pidfd());
            asked.close();
        }
    }
}
