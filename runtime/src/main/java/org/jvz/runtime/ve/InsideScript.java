package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WaitStatus;
import org.jvz.runtime.linux.spawn.Spawned;

/**
 * Feeds a script of the host to a shell in a VE. It goes through a pipe: a descriptor of the file itself would be a way from
 * the VE to the host.
 */
final class InsideScript {
    private static final int POLL_MILLIS = 200;

    private final VeHost host;

    InsideScript(VeHost host) {
        this.host = host;
    }

    /**
     * Runs the action script if it is there and executable.
     *
     * @throws VeException with {@link VzError#ACTION_SCRIPT} if it does not end with 0
     */
    void run(RunningVe ve, Path script, String action) throws IOException {
        if (!ActionScripts.isScript(script)) {
            return;
        }
        WaitStatus status = feed(ve, script);
        if (status.shellStatus() != 0) {
            throw new VeException(
                    VzError.ACTION_SCRIPT,
                    VeEvent.of(VeEvent.Kind.ACTION_SCRIPT_FAILED, action, script.toString()),
                    new IOException(script + " ended with " + status));
        }
    }

    /** Runs the script to its end. */
    WaitStatus feed(RunningVe ve, Path script) throws IOException {
        return feed(ve, Files.readAllBytes(script), script.toString());
    }

    /**
     * The same with its text.
     *
     * @param name for messages
     */
    WaitStatus feed(RunningVe ve, byte[] text, String name) throws IOException {
        Linux linux = host.linux();
        try (PipeEnds pipe = linux.pipe();
                Spawned shell = ExecVe.shell(ve, List.of(), pipe.read())) {
            pipe.read().close();
            startWriter(linux, pipe.write(), text);
            await(linux, shell, name);
            return shell.waitExit();
        }
    }

    /** Waits for the end of the script; who cancels the operation does not have to wait for it. */
    private static void await(Linux linux, Spawned shell, String name) throws IOException {
        while (!linux.awaitEnd(shell.pidfd(), POLL_MILLIS)) {
            if (Thread.interrupted()) {
                linux.signal(shell.pidfd(), Signal.KILL.number());
                shell.waitExit();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while " + name + " ran in the container");
            }
        }
    }

    /** Writes and closes on a thread of its own: the script may be larger than a pipe, and its shell may read no more of it. */
    static void startWriter(Linux linux, Fd into, byte[] text) {
        Thread writer = new Thread(
                () -> {
                    try (into) {
                        linux.writeFully(into, text);
                    } catch (SyscallException closed) {
                        // EPIPE: the shell has ended before the end of its script, as "exit" does.
                    }
                },
                "script-writer");
        writer.setDaemon(true);
        writer.start();
    }
}
