package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.WaitStatus;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.undo.Transaction;

/** Runs a script of the host in a VE; a stopped one gets an environment for just as long, in which the shell is pid 1. */
public final class RunScript {
    private static final String[] SHELLS = {"/bin/bash", "/bin/sh"};

    private final VeHost host;

    /** Runs scripts in VEs of this host. */
    public RunScript(VeHost host) {
        this.host = host;
    }

    /** Runs the script; its output is the caller's. */
    public WaitStatus run(CtId id, Path script, VeEvents events) throws IOException {
        if (!Files.isRegularFile(script)) {
            throw new VeException(VzError.NO_SCRIPT, VeEvent.of(VeEvent.Kind.SCRIPT_NOT_FOUND, script.toString()));
        }
        try (RunningVe ve = RunningVe.open(host, id)) {
            if (ve != null) {
                return new InsideScript(host).feed(ve, script);
            }
        }
        try (VeSession session = VeSession.open(host, id, "running script", events)) {
            return runStopped(session, script);
        }
    }

    private WaitStatus runStopped(VeSession session, Path script) throws IOException {
        Ve ve = session.ve();
        byte[] text = Files.readAllBytes(script);
        IdClaim claim = IdClaim.of(session, ve);
        // Never committed: the environment is taken away with the end of the transaction, however that comes.
        try (Transaction transaction = session.begin()) {
            if (!RootMount.isMounted(ve.root())) {
                new Mounting(session, claim.ve(), claim.shift()).mount(transaction);
            }
            return feed(session, claim, transaction, text);
        }
    }

    private WaitStatus feed(VeSession session, IdClaim claim, Transaction transaction, byte[] text) throws IOException {
        Linux linux = host.linux();
        String shell = shell(claim);
        try (PipeEnds pipe = linux.pipe()) {
            ExecList.Program program = new ExecList.Program(
                    List.of(shell), List.of(shell), GuestEnvironment.PLAIN, pipe.read(), Fd.STDOUT, Fd.STDERR, false);
            try (Spawned started = new Launch(session, claim.ve(), claim.shift()).run(transaction, program)) {
                pipe.read().close();
                InsideScript.startWriter(linux, pipe.write(), text);
                return started.waitExit();
            }
        }
    }

    private String shell(IdClaim claim) throws IOException {
        try (InsideRoot inside = InsideRoot.open(host.linux(), claim.ve().root(), claim.shift())) {
            for (String shell : SHELLS) {
                if (inside.isExecutable(shell)) {
                    return shell;
                }
            }
        }
        throw new VeException(
                VzError.BAD_TEMPLATE,
                "No shell found in container " + claim.ve().id());
    }
}
