package org.jvz.runtime.ve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.PollEntry;
import org.jvz.runtime.linux.Termios;

/**
 * Joins the caller's terminal to a console of a VE, whether the VE runs or not. The caller's terminal is raw meanwhile and as before
 * afterwards. Bytes from the VE are passed on, never interpreted.
 */
final class ConsoleRelay implements AutoCloseable {
    /** How often to look whether a VE that did not run does. */
    private static final int LOOK_MILLIS = 200;
    /** So many looks at a VE that runs and has no console, and the caller is told. */
    private static final int PATIENCE = 5;

    private static final int BUFFER = 4_096;

    private final VeHost host;
    private final Linux linux;
    private final CtId id;
    private final int tty;
    private final VeEvents events;
    private final Path file;
    private final Fd notices;
    private final ConsoleKeys keys = new ConsoleKeys();
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable ConsoleOutput output;
    private @Nullable ConsoleLine line;
    private byte[] pending = {};
    private int looks;

    /** @param notices the read end of what {@link EnterVe.Notices} are written to */
    ConsoleRelay(VeHost host, CtId id, int tty, VeEvents events, Fd notices) {
        this.host = host;
        this.linux = host.linux();
        this.id = id;
        this.tty = tty;
        this.events = events;
        this.file = Consoles.output(host.paths(), id, tty);
        this.notices = notices;
    }

    /** Relays until the caller detaches, its input ends, or the VE is destroyed. */
    void run(Fd in, Fd out) throws IOException {
        @Nullable Termios before = linux.termiosOrNull(in);
        try {
            if (before != null) {
                linux.setTermios(in, before.raw(), false);
            }
            relay(in, out, before == null ? null : in);
        } finally {
            if (before != null) {
                linux.setTermios(in, before, false);
            }
        }
    }

    private void relay(Fd in, Fd out, @Nullable Fd window) throws IOException {
        output = ConsoleOutput.open(linux, file, false);
        PollEntry typed = new PollEntry(in, PollEntry.IN);
        PollEntry told = new PollEntry(notices, PollEntry.IN);
        while (find(window)) {
            if (output != null) {
                output.copyTo(out);
            }
            List<PollEntry> waiting = new ArrayList<>(List.of(told, typed));
            @Nullable PollEntry written = await(waiting, output == null ? null : output.writes(), PollEntry.IN);
            @Nullable PollEntry ended = await(waiting, line == null ? null : line.keeper(), PollEntry.IN);
            @Nullable
            PollEntry room = await(waiting, line == null || pending.length == 0 ? null : line.master(), PollEntry.OUT);
            // Typing is read only when what was typed before is through.
            typed.events(pending.length == 0 ? PollEntry.IN : -1);
            linux.poll(waiting, line == null ? LOOK_MILLIS : -1);
            if (output != null && isReady(written)) {
                output.forgetNotices();
            }
            if (isReady(ended)) {
                drop();
            }
            if (isReady(room)) {
                send();
            }
            if (isReady(told) && !heed(window)) {
                return;
            }
            if (isReady(typed) && !take(linux.read(in, buffer, 0, BUFFER))) {
                return;
            }
        }
    }

    private static @Nullable PollEntry await(List<PollEntry> waiting, @Nullable Fd fd, int events) {
        if (fd == null) {
            return null;
        }
        PollEntry entry = new PollEntry(fd, events);
        waiting.add(entry);
        return entry;
    }

    private static boolean isReady(@Nullable PollEntry entry) {
        return entry != null && (entry.readable() || entry.writable());
    }

    /** Looks for the way in and for what comes out; false if there will never be any: the VE is destroyed. */
    private boolean find(@Nullable Fd window) throws IOException {
        if (line == null) {
            line = ConsoleLine.open(host, id, tty);
            if (line != null && window != null) {
                line.resize(linux.winSize(window));
            }
        }
        if (output == null) {
            output = ConsoleOutput.open(linux, file, true);
        }
        if (line != null) {
            looks = 0;
            return true;
        }
        @Nullable VeState state = VeState.read(host.paths().state(id));
        if (state == null || !state.initAlive()) {
            looks = 0;
            return Files.exists(host.paths().conf(id));
        }
        if (++looks == PATIENCE) {
            events.event(
                    VeEvent.Kind.WARNING,
                    "Container runs without a console, as its keeper has ended or has none: vzctl restart " + id
                            + " gives it one");
        }
        return true;
    }

    /** Does as a notice says; false if the caller is to go. */
    private boolean heed(@Nullable Fd window) throws IOException {
        int n = linux.read(notices, buffer, 0, BUFFER);
        for (int i = 0; i < n; i++) {
            if (buffer[i] == EnterVe.LEAVE) {
                return false;
            }
        }
        if (line != null && window != null) {
            line.resize(linux.winSize(window));
        }
        return true;
    }

    /** Takes what was typed; false if that was to detach, or there will be no more. */
    private boolean take(int n) throws IOException {
        ByteArrayOutputStream forVe = new ByteArrayOutputStream();
        boolean detach = n == 0;
        for (int i = 0; i < n && !detach; i++) {
            switch (keys.take(buffer[i], forVe)) {
                case DETACH -> detach = true;
                case ATTENTION -> {
                    pending = forVe.toByteArray();
                    forVe.reset();
                    send();
                    if (line != null) {
                        line.hangUp();
                    }
                }
                case NONE -> {}
            }
        }
        pending = forVe.toByteArray();
        send();
        return !detach;
    }

    /** Hands over what the VE takes; what nobody will ever read is dropped, as by a terminal that is not connected. */
    private void send() throws IOException {
        int sent = line == null || pending.length == 0 ? -1 : line.write(pending, 0);
        pending = sent < 0 ? new byte[0] : java.util.Arrays.copyOfRange(pending, sent, pending.length);
    }

    private void drop() {
        if (line != null) {
            line.close();
            line = null;
        }
        pending = new byte[0];
    }

    @Override
    public void close() {
        drop();
        if (output != null) {
            output.close();
        }
    }
}
