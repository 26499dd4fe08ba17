package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.undo.Transaction;

/**
 * One operation's hold on one VE: its lock, and a VE in order. Opening a session puts right what a killed command or a VE
 * that ended by itself left behind, so that the operation finds the VE either running or stopped, never in between.
 */
final class VeSession implements AutoCloseable {
    private final VeHost host;
    private final CtId id;
    private final VeEvents events;
    private final VeLock lock;

    private VeSession(VeHost host, CtId id, VeEvents events, VeLock lock) {
        this.host = host;
        this.id = id;
        this.events = events;
        this.lock = lock;
    }

    /**
     * Takes the VE's lock and repairs the VE if need be.
     *
     * @param doing the status word in the lock file
     * @throws VeException with {@link VzError#LOCKED} if somebody else works on the VE
     * @throws IOException if what was left behind cannot be put right; says what
     */
    static VeSession open(VeHost host, CtId id, String doing, VeEvents events) throws IOException {
        VeLock lock = host.skipLock() ? VeLock.skipped() : VeLock.take(host, id, doing, events);
        VeSession session = new VeSession(host, id, events, lock);
        try {
            session.repair();
            return session;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void repair() throws IOException {
        if (Transaction.recover(host.journal(id), new HostUndo(host, events))) {
            events.event(VeEvent.Kind.REPAIRED, "undid an interrupted command");
        }
        VeState state = VeState.read(host.paths().state(id));
        if (state != null && !state.initAlive()) {
            new TearDown(host, id, events).afterDeath(state);
            events.event(VeEvent.Kind.REPAIRED, "cleared away after the end of init");
        }
    }

    VeHost host() {
        return host;
    }

    CtId id() {
        return id;
    }

    VeEvents events() {
        return events;
    }

    /** The VE's configuration, as of now. */
    Ve ve() throws IOException {
        return Ve.load(host.conf(), id);
    }

    /**
     * Tells what is odd about the VE's configuration file: a key that is set twice, of which the first counts, and lines that
     * mean nothing. Only who starts or changes the VE is told, on stdout: other programs read the words of the rest.
     */
    void tellOddities(VeConf conf) {
        for (String each : conf.file().warnings()) {
            events.event(VeEvent.Kind.WARNING, each);
        }
    }

    /** What is known of the running VE, or null if it does not run. */
    @Nullable
    VeState running() throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        return state != null && state.initAlive() ? state : null;
    }

    /** A transaction on this VE; one at a time. */
    Transaction begin() throws IOException {
        Path journal = host.journal(id);
        Files.createDirectories(java.util.Objects.requireNonNull(journal.getParent()));
        return Transaction.begin(journal, new HostUndo(host, events), host.observer());
    }

    /** Releases the lock. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
