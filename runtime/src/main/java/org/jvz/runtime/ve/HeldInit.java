package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.Linux;

/**
 * An init that waits to be executed while scripts run in its VE. What waits is a shell of the VE as pid 1, reading from a pipe:
 * the spawn engine's child cannot, for it has our memory until its execve, and nobody may run beside it in the VE before that
 * (ADR 2). A VE without such scripts has no such shell.
 */
final class HeldInit implements AutoCloseable {
    private static final String[] SHELLS = {"/bin/sh", "/bin/bash"};
    /** The end of the pipe without a word, as when we are killed, ends the shell and with it the VE. */
    private static final String WAIT =
            "read -r go && unset PWD OLDPWD SHLVL && exec \"$0\" -z </dev/null >/dev/null 2>&1";

    private static final String WAITING = "sh\0-c\0read -r go";
    private static final byte[] GO = {'g', 'o', '\n'};
    /** How long the shell may take from the word to its execve, milliseconds. */
    private static final long EXEC_MILLIS = 30_000;

    private final Linux linux;
    private final String init;
    private final PipeEnds pipe;

    private HeldInit(Linux linux, String init, PipeEnds pipe) {
        this.linux = linux;
        this.init = init;
        this.pipe = pipe;
    }

    /** @param init path of the program inside */
    static HeldInit of(Linux linux, String init) throws IOException {
        return new HeldInit(linux, init, linux.pipe());
    }

    /**
     * What is to be executed as the VE's first process.
     *
     * @param environment of the shell, and then of init
     */
    ExecList.Program program(List<String> environment) {
        return new ExecList.Program(
                List.of(SHELLS), List.of("sh", "-c", WAIT, init), environment, pipe.read(), null, null, false);
    }

    /**
     * Lets init be executed, and waits until it is.
     *
     * @param pid host pid of the VE's first process
     * @throws IOException if it cannot be executed
     */
    void release(int pid) throws IOException {
        linux.writeFully(pipe.write(), GO);
        long end = System.nanoTime() + EXEC_MILLIS * 1_000_000L;
        for (long pause = 1; waits(pid); pause = Math.min(2 * pause, 20)) {
            ProcStat stat = ProcStat.read(pid);
            if (stat == null || !stat.alive()) {
                throw new IOException("the container's shell could not execute " + init);
            }
            if (System.nanoTime() > end) {
                throw new IOException("the container's shell did not execute " + init + " in time");
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted before " + init + " was executed");
            }
        }
    }

    /** Whether pid 1 is still the shell; a process that has ended has an empty command line, and /proc knows it. */
    private static boolean waits(int pid) throws IOException {
        String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        if (line.isEmpty()) {
            ProcStat stat = ProcStat.read(pid);
            return stat == null || !stat.alive();
        }
        return line.startsWith(WAITING);
    }

    @Override
    public void close() {
        pipe.close();
    }
}
