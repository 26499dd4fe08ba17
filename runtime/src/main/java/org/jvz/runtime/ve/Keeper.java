package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.spawn.KeeperProgram;
import org.jvz.runtime.linux.spawn.ThenProgram;

/**
 * The parent of a VE's init: a process of a page or two that waits for its end and then executes the program {@code ended}, which runs
 * {@link VeEnded} (ADR 30).
 */
final class Keeper implements AutoCloseable {
    /** Names the program that keepers execute; set by {@code ./install}. Without it VEs have no keepers. */
    static final String PROPERTY = "jvz.ended";

    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Fd file;
    private final KeeperProgram program;

    private Keeper(Fd file, KeeperProgram program) {
        this.file = file;
        this.program = program;
    }

    /** The keeper of a VE that is about to start; null if this program does not know what to have executed. */
    static @Nullable Keeper of(VeHost host, CtId id) throws IOException {
        String ended = System.getProperty(PROPERTY);
        if (ended == null) {
            return null;
        }
        List<String> argv = List.of(
                "vzctl-keeper",
                ended,
                id.toString(),
                host.paths().state(id).toString(),
                host.lockDir().resolve(id + ".lck").toString());
        List<String> environment = new ArrayList<>(List.of("HOME=/root", PATH));
        Path prefix = host.paths().prefix();
        if (host.paths().isPrefixed()) {
            environment.add("JVZ_PREFIX=" + prefix);
        }
        Fd file = host.linux().memoryFile("vzctl-keeper");
        try {
            host.linux().writeFully(file, ThenProgram.bytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new Keeper(file, new KeeperProgram(file, argv, environment));
    }

    KeeperProgram program() {
        return program;
    }

    @Override
    public void close() {
        file.close();
    }
}
