package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.guest.BootKind;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.PollEntry;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;

/**
 * Waits until a VE says itself that it is up: systemd through {@code systemctl is-system-running --wait}, sysvinit and
 * OpenRC by their run level, a guest on busybox by the file {@code /run/ve-started}, which its boot scripts make last.
 */
final class StartedProbe {
    private static final int TIMEOUT_SECONDS = 300;
    private static final long PAUSE_MILLIS = 20;
    private static final int POLL_MILLIS = 200;
    private static final int ANSWER_SIZE = 64;
    private static final long NANOS = 1_000_000_000;
    private static final List<String> SYSTEMCTL = List.of("/bin/systemctl", "/usr/bin/systemctl");
    private static final List<String> SHELL = List.of("/bin/sh");

    private final VeHost host;
    private final VeSession session;
    private int seconds;
    private long begin;

    StartedProbe(VeHost host, VeSession session) {
        this.host = host;
        this.session = session;
    }

    /**
     * Returns when the VE is up; services that failed inside do not matter.
     *
     * @throws VeException with {@link VzError#WAIT_FAILED} if it ends, or does not say so within START_TIMEOUT; it runs on then
     */
    void await(CtId id, BootKind kind) throws IOException {
        seconds = host.conf().number(VzKey.START_TIMEOUT, TIMEOUT_SECONDS);
        begin = System.nanoTime();
        while (isTime()) {
            try (RunningVe ve = RunningVe.open(host, id)) {
                if (ve == null) {
                    throw new VeException(
                            VzError.WAIT_FAILED,
                            VeEvent.of(VeEvent.Kind.WAIT_FAILED),
                            new IOException("init of container " + id + " ended"));
                }
                if (isUp(ve, kind)) {
                    return;
                }
            }
            pause();
        }
        throw new VeException(VzError.WAIT_FAILED, VeEvent.of(VeEvent.Kind.WAIT_FAILED, "timeout"));
    }

    private boolean isTime() {
        session.events().waiting("Waiting until it is up", begin, seconds);
        return System.nanoTime() - begin < seconds * NANOS;
    }

    private boolean isUp(RunningVe ve, BootKind kind) throws IOException {
        return switch (kind) {
            case SYSTEMD ->
                switch (systemState(ve)) {
                    case "running", "degraded", "maintenance" -> true;
                    default -> false;
                };
            case BUSYBOX -> succeeds(ve, "[ -e /run/ve-started ]");
            case SYSV -> succeeds(ve, "runlevel | grep -q '[0-9]'");
            case OPENRC -> succeeds(ve, "grep -q default /run/openrc/softlevel");
            // An init of its own kind has no way to say more than that it runs.
            case OTHER -> true;
        };
    }

    /** What systemd calls its state once it has left {@code starting}; empty while it cannot be asked. */
    private String systemState(RunningVe ve) throws IOException {
        Linux linux = host.linux();
        try (PipeEnds pipe = linux.pipe()) {
            ExecList.Program ask = new ExecList.Program(
                    SYSTEMCTL,
                    List.of("systemctl", "is-system-running", "--wait"),
                    GuestEnvironment.PLAIN,
                    null,
                    pipe.write(),
                    null,
                    false);
            try (Spawned systemctl = ve.exec(ask)) {
                pipe.write().close();
                exitStatus(systemctl);
                // What is there when it has ended: the guest's systemctl may be anything, and leave others behind that
                // write on.
                PollEntry written = new PollEntry(pipe.read(), PollEntry.IN);
                byte[] answer = new byte[ANSWER_SIZE];
                int length =
                        linux.poll(List.of(written), 0) == 0 ? 0 : linux.read(pipe.read(), answer, 0, answer.length);
                return new String(answer, 0, length, StandardCharsets.ISO_8859_1).strip();
            } catch (SpawnException notYet) {
                return "";
            }
        }
    }

    private boolean succeeds(RunningVe ve, String test) throws IOException {
        ExecList.Program program =
                new ExecList.Program(SHELL, List.of("sh", "-c", test), GuestEnvironment.PLAIN, null, null, null, false);
        try (Spawned shell = ve.exec(program)) {
            return exitStatus(shell) == 0;
        } catch (SpawnException gone) {
            return false;
        }
    }

    /** How a program in the VE ends; one that does not in the time there is, is killed. */
    private int exitStatus(Spawned program) throws IOException {
        Linux linux = host.linux();
        PollEntry ended = new PollEntry(program.pidfd(), PollEntry.IN);
        while (linux.poll(List.of(ended), POLL_MILLIS) == 0) {
            if (!isTime()) {
                linux.signal(program.pidfd(), Signal.KILL.number());
                break;
            }
        }
        return program.waitExit().shellStatus();
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while container " + session.id() + " started");
        }
    }
}
