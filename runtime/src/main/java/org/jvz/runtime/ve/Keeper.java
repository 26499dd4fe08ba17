package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.spawn.KeeperProgram;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.ThenProgram;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.undo.Transaction;

/**
 * The parent of a VE's init: a process of a few pages that waits for its end and then executes the program {@code ended}, which runs
 * {@link VeEnded} (ADR 30). Until then it holds the VE's consoles (ADR 36).
 */
final class Keeper implements AutoCloseable {
    /** Names the program that keepers execute; set by {@code ./install}. Without it VEs have no keepers. */
    static final String PROPERTY = "jvz.ended";

    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final String NAME = "vzctl-keeper";

    private final Fd file;
    private final KeeperProgram program;
    private final Consoles consoles;

    private Keeper(Fd file, KeeperProgram program, Consoles consoles) {
        this.file = file;
        this.program = program;
        this.consoles = consoles;
    }

    /** The keeper of a VE that is about to start, with its consoles; null if this program does not know what to have executed. */
    static @Nullable Keeper of(VeSession session, Transaction transaction, IdShift shift) throws IOException {
        String ended = System.getProperty(PROPERTY);
        if (ended == null) {
            return null;
        }
        Consoles consoles = Consoles.open(session, transaction, shift);
        try {
            return of(session.host(), session.id(), ended, consoles);
        } catch (IOException | RuntimeException e) {
            consoles.close();
            throw e;
        }
    }

    private static Keeper of(VeHost host, CtId id, String ended, Consoles consoles) throws IOException {
        List<String> argv = List.of(
                NAME,
                ended,
                id.toString(),
                host.paths().state(id).toString(),
                host.lockDir().resolve(id + ".lck").toString());
        List<String> environment = new ArrayList<>(List.of("HOME=/root", PATH));
        Path prefix = host.paths().prefix();
        if (host.paths().isPrefixed()) {
            environment.add("JVZ_PREFIX=" + prefix);
        }
        Fd file = host.linux().memoryFile(NAME);
        try {
            host.linux().writeFully(file, ThenProgram.bytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new Keeper(file, new KeeperProgram(file, argv, environment, consoles.descriptors()), consoles);
    }

    KeeperProgram program() {
        return program;
    }

    Consoles consoles() {
        return consoles;
    }

    /** Whether this process is a keeper that waits. */
    static boolean is(int pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"))
                    .toString()
                    .startsWith("/memfd:" + NAME + " ");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Lets the keeper of what was started wait for its end. */
    void keep(Spawned started, Linux linux) throws IOException {
        consoles.watch(linux, started.pidfd());
        started.keep();
    }

    @Override
    public void close() {
        consoles.close();
        file.close();
    }
}
