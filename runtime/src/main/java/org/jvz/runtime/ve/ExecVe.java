package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.WaitStatus;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;

/**
 * Runs a command in a running VE with the caller's own streams: no terminal, nothing between, so that they are binary safe
 * and end when they end. Takes no lock.
 */
public final class ExecVe {
    private static final String BASH = "/bin/bash";
    private static final String SH = "/bin/sh";

    private final VeHost host;
    private final Started started;

    /** Told of a command that runs, so that a caller that is signalled can pass the signal on. */
    @FunctionalInterface
    public interface Started {
        /** @param pidfd of the command, open until it has ended */
        void started(Fd pidfd);
    }

    /** Runs commands in VEs of this host. */
    public ExecVe(VeHost host, Started started) {
        this.host = host;
        this.started = started;
    }

    /** Gives a line to the VE's shell. */
    public WaitStatus shell(CtId id, String line) throws IOException {
        try (RunningVe ve = open(id)) {
            return await(shell(ve, List.of("-c", line), Fd.STDIN));
        }
    }

    /** Has the VE's shell read a script from the caller's standard input. */
    public WaitStatus shellFromStdin(CtId id) throws IOException {
        try (RunningVe ve = open(id)) {
            return await(shell(ve, List.of(), Fd.STDIN));
        }
    }

    /** Runs a program without a shell; a name without slash is looked for in the usual directories. */
    public WaitStatus program(CtId id, List<String> argv) throws IOException {
        String name = argv.get(0);
        List<String> paths = name.indexOf('/') >= 0
                ? List.of(name)
                : List.of(
                        "/usr/local/sbin/" + name,
                        "/usr/local/bin/" + name,
                        "/usr/sbin/" + name,
                        "/usr/bin/" + name,
                        "/sbin/" + name,
                        "/bin/" + name);
        try (RunningVe ve = open(id)) {
            return await(ve.exec(
                    new ExecList.Program(paths, argv, GuestEnvironment.PLAIN, Fd.STDIN, Fd.STDOUT, Fd.STDERR, false)));
        }
    }

    /** The running VE, or the refusal. */
    RunningVe open(CtId id) throws IOException {
        RunningVe ve = RunningVe.open(host, id);
        if (ve == null) {
            Ve.load(host.conf(), id);
            throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.NOT_RUNNING));
        }
        return ve;
    }

    /**
     * Starts the VE's shell with the caller's output: bash, or sh where there is none. Two tries and not one list, for the
     * program sees its name, and a busybox called bash would not be a shell.
     */
    static Spawned shell(RunningVe ve, List<String> arguments, Fd in) throws IOException {
        try {
            return ve.exec(program(BASH, arguments, in));
        } catch (SpawnException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        try {
            return ve.exec(program(SH, arguments, in));
        } catch (SpawnException e) {
            if (e.is(Errno.ENOENT)) {
                throw new VeException(VzError.BAD_TEMPLATE, "No shell found in container " + ve.id(), e);
            }
            throw e;
        }
    }

    private static ExecList.Program program(String shell, List<String> arguments, Fd in) {
        java.util.ArrayList<String> argv = new java.util.ArrayList<>();
        argv.add(shell);
        argv.addAll(arguments);
        return new ExecList.Program(List.of(shell), argv, GuestEnvironment.PLAIN, in, Fd.STDOUT, Fd.STDERR, false);
    }

    private WaitStatus await(Spawned command) throws IOException {
        try (command) {
            started.started(command.pidfd());
            return command.waitExit();
        }
    }
}
