package org.jvz.cli;

import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.ve.EnterVe;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What signals do to a command. Java has no API of its own for them; {@code sun.misc.Signal} is the one that the JDK keeps
 * for this (JEP 260), and nobody but this class uses it.
 */
final class Signals {
    private Signals() {}

    /**
     * A signal that would end the process interrupts the calling thread instead, so that an operation that changes the
     * host takes back what it did so far.
     */
    static void cancel(Output output) {
        Thread operation = Thread.currentThread();
        SignalHandler cancel = signal -> {
            output.complain("\nCancelling...");
            output.lasting("Cancelling");
            operation.interrupt();
        };
        handle("INT", cancel);
        handle("TERM", cancel);
        handle("HUP", cancel);
    }

    /**
     * A signal that would end the process goes to a command inside, whose end is then ours. An interrupt from the keyboard
     * reaches both without that: the command is in our process group.
     *
     * @param command pidfd of the command
     */
    static void pass(Linux linux, Fd command) {
        SignalHandler pass = signal -> {
            try {
                linux.signal(command, signal.getNumber());
            } catch (SyscallException ended) {
                // Then this process is about to end, too.
                return;
            }
        };
        handle("INT", signal -> {});
        handle("TERM", pass);
        handle("HUP", pass);
    }

    /** Reports changes of the terminal window's size, and signals that would end the process, to who relays a terminal. */
    static void report(Linux linux, Fd into) {
        handle("WINCH", signal -> write(linux, into, EnterVe.WINDOW_CHANGED));
        handle("INT", signal -> write(linux, into, EnterVe.LEAVE));
        handle("TERM", signal -> write(linux, into, EnterVe.LEAVE));
        handle("HUP", signal -> write(linux, into, EnterVe.LEAVE));
    }

    private static void write(Linux linux, Fd into, byte notice) {
        try {
            linux.write(into, new byte[] {notice}, 0, 1);
        } catch (SyscallException closed) {
            // The relay has just ended by itself.
            return;
        }
    }

    private static void handle(String name, SignalHandler handler) {
        Signal signal = new Signal(name);
        SignalHandler former = Signal.handle(signal, handler);
        if (former == SignalHandler.SIG_IGN) {
            // nohup(1) and the like mean it.
            Signal.handle(signal, former);
        }
    }
}
