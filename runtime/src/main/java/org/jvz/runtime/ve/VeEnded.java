package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.HostUptime;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WaitStatus;

/**
 * What happens once a VE's init has ended by itself: what the VE had on the host is taken away, and if it was {@code reboot} that ended it,
 * the VE is started again. For the VE's {@link Keeper} only: this process must be init's parent, to learn how it ended.
 *
 * <p>reboot(2) in a PID namespace ends its init as by SIGHUP for a restart and as by SIGINT for a halt.
 */
public final class VeEnded {
    /** Word of the lock while a VE is started again. */
    private static final String REBOOTING = "rebooting";
    /** When the VE was started again lately: seconds since the host's boot, joined by blanks. */
    private static final String SETTING = "reboots";
    /** So many restarts within so many seconds, and the VE stays down. */
    private static final int MOST = 5;

    private static final long WITHIN_SECONDS = 60;
    /** How long to wait for a command that works on the VE, milliseconds. */
    private static final long LOCKED_MILLIS = 600_000;

    private static final long PAUSE_MILLIS = 100;

    private final VeHost host;

    /** For the VEs of this host. */
    public VeEnded(VeHost host) {
        this.host = host;
    }

    /**
     * Clears away or starts again, unless somebody else does: a stop, or a later life of the VE.
     *
     * @throws VeException if the VE cannot be started again, or somebody held its lock for too long
     */
    public void run(CtId id, VeEvents events) throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        WaitStatus end = state == null ? null : reap(state);
        if (state == null || end == null) {
            return;
        }
        events.event(VeEvent.Kind.DETAIL, "init has ended: " + end);
        boolean reboot = end.signal() == Signal.HUP.number();
        try (VeSession session = open(id, state, events)) {
            if (session == null || !reboot) {
                return;
            }
            startAgain(session, state);
        }
    }

    /** How init ended; null if it was no child of this process. */
    private @Nullable WaitStatus reap(VeState state) throws IOException {
        ProcStat init = ProcStat.read(state.initPid());
        if (init == null
                || init.startTicks() != state.initStart()
                || !Integer.toString(init.parent()).equals(VeLock.ownPid())) {
            return null;
        }
        try (Fd pidfd = host.linux().openPidfd(state.initPid())) {
            return host.linux().waitFor(pidfd);
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH) || e.is(Errno.ECHILD)) {
                return null;
            }
            throw e;
        }
    }

    /** The VE's session, in which it is cleared away; null if somebody else has done so by then. */
    private @Nullable VeSession open(CtId id, VeState state, VeEvents events) throws IOException {
        long end = System.nanoTime() + LOCKED_MILLIS * 1_000_000;
        while (state.equals(VeState.read(host.paths().state(id)))) {
            try {
                return VeSession.open(host, id, REBOOTING, event -> {
                    if (event.kind() != VeEvent.Kind.LOCKED_BY) {
                        events.event(event);
                    }
                });
            } catch (VeException e) {
                if (e.error() != VzError.LOCKED || System.nanoTime() > end) {
                    throw e;
                }
            }
            pause();
        }
        return null;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while somebody else works on the container");
        }
    }

    private void startAgain(VeSession session, VeState before) throws IOException {
        long now = (long) HostUptime.seconds();
        List<String> reboots = recent(before.settings().getOrDefault(SETTING, ""), now);
        if (reboots.size() >= MOST) {
            session.events()
                    .event(
                            VeEvent.Kind.WARNING,
                            "Container has restarted itself " + MOST + " times within " + WITHIN_SECONDS
                                    + " seconds and stays down: vzctl start " + session.id() + " starts it");
            return;
        }
        reboots.add(Long.toString(now));
        session.events().event(VeEvent.Kind.RESTARTING);
        Path flag = host.paths().vzrebootDir().resolve(session.id().toString());
        Files.createDirectories(host.paths().vzrebootDir());
        Files.write(flag, new byte[0]);
        try {
            new StartVe(host, Map.of(SETTING, String.join(" ", reboots)))
                    .run(session, new StartOptions(false, false, false, false));
        } finally {
            Files.deleteIfExists(flag);
        }
    }

    /** Those of the times that count still. */
    static List<String> recent(String times, long now) {
        List<String> recent = new ArrayList<>();
        for (String time : times.split(" ")) {
            if (CtId.isNumber(time) && time.length() < 12 && now - Long.parseLong(time) < WITHIN_SECONDS) {
                recent.add(time);
            }
        }
        return recent;
    }
}
