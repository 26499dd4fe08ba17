package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.PollEntry;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.Termios;

/**
 * Joins the caller's terminal to the master side of a pty in a VE until the VE's side is closed. The caller's terminal is
 * raw meanwhile and as before afterwards, however the relay ends. Bytes from the VE are passed on, never interpreted.
 */
final class TerminalRelay {
    private static final int BUFFER = 16 * 1024;
    /** What a terminal's line discipline takes for "end of input" (termios(3), VEOF). */
    private static final byte[] END_OF_INPUT = {4};
    /** How often the end of input is told again to a shell that does not end. */
    private static final int END_AGAIN_MILLIS = 250;

    private final Linux linux;
    private final Fd input;
    private final Fd output;
    private final Fd master;
    private final Fd shell;
    private final Fd notices;

    /**
     * @param master the pty's master, opened non-blocking
     * @param notices the read end of what {@link EnterVe.Notices} are written to
     * @param shell pidfd of the process whose end ends the relay, even if others still hold the terminal
     */
    TerminalRelay(Linux linux, Fd input, Fd output, Fd master, Fd shell, Fd notices) {
        this.linux = linux;
        this.input = input;
        this.output = output;
        this.master = master;
        this.shell = shell;
        this.notices = notices;
    }

    /**
     * Passes {@code first} to the VE as if it had been typed, then relays until the other side hangs up.
     *
     * @throws IOException if a descriptor fails; the terminal is restored before
     */
    void run(byte[] first) throws IOException {
        Termios before = linux.termiosOrNull(input);
        try {
            if (before != null) {
                linux.setTermios(input, before.raw(), false);
                linux.setWinSize(master, linux.winSize(input));
            }
            relay(first, before != null);
        } finally {
            if (before != null) {
                linux.setTermios(input, before, false);
            }
        }
    }

    private void relay(byte[] first, boolean terminal) throws IOException {
        Pending toVe = new Pending(first);
        byte[] buffer = new byte[BUFFER];
        PollEntry in = new PollEntry(input, PollEntry.IN);
        PollEntry ve = new PollEntry(master, PollEntry.IN);
        PollEntry window = new PollEntry(notices, PollEntry.IN);
        PollEntry ended = new PollEntry(shell, PollEntry.IN);
        boolean inputOpen = true;
        while (true) {
            List<PollEntry> waiting = new ArrayList<>(4);
            waiting.add(ve);
            waiting.add(ended);
            waiting.add(window);
            // Typing is read only when what was typed before is through: a VE that does not read stops the typist.
            if (inputOpen && toVe.isEmpty()) {
                waiting.add(in);
            }
            ve.events(toVe.isEmpty() ? PollEntry.IN : PollEntry.IN | PollEntry.OUT);
            int events = linux.poll(waiting, inputOpen ? -1 : END_AGAIN_MILLIS);
            if (events == 0 && !inputOpen && toVe.isEmpty()) {
                // The shell was not waiting for input when the first one came, so it was no end to it.
                toVe = new Pending(END_OF_INPUT);
                continue;
            }
            if (window.readable()) {
                int told = linux.read(notices, buffer, 0, buffer.length);
                for (int i = 0; i < told; i++) {
                    if (buffer[i] == EnterVe.LEAVE) {
                        return;
                    }
                }
                if (terminal) {
                    linux.setWinSize(master, linux.winSize(input));
                }
            }
            boolean more = ve.readable() && pass(buffer);
            if (!more && (ended.readable() || ve.hungUp())) {
                return;
            }
            if (!toVe.isEmpty() && ve.writable()) {
                toVe.writeTo(linux, master);
            }
            if (inputOpen && waiting.contains(in) && in.readable()) {
                int n = linux.read(input, buffer, 0, buffer.length);
                inputOpen = n > 0;
                toVe = new Pending(n > 0 ? java.util.Arrays.copyOf(buffer, n) : END_OF_INPUT);
            }
        }
    }

    /** Moves what the VE wrote; false if there is no more: a master whose last slave was closed reads EIO (pty(7)). */
    private boolean pass(byte[] buffer) throws IOException {
        int n;
        try {
            n = linux.read(master, buffer, 0, buffer.length);
        } catch (SyscallException e) {
            if (e.is(Errno.EIO) || e.is(Errno.EAGAIN)) {
                return false;
            }
            throw e;
        }
        for (int done = 0; done < n; ) {
            done += linux.write(output, buffer, done, n - done);
        }
        return n > 0;
    }

    /** Bytes on their way to the VE. */
    private static final class Pending {
        private final byte[] bytes;
        private int done;

        Pending(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean isEmpty() {
            return done == bytes.length;
        }

        void writeTo(Linux linux, Fd master) throws IOException {
            try {
                done += linux.write(master, bytes, done, bytes.length - done);
            } catch (SyscallException e) {
                if (!e.is(Errno.EAGAIN)) {
                    throw e;
                }
            }
        }
    }
}
