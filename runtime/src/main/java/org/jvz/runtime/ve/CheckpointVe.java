package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.undo.Transaction;

/**
 * The stages of a checkpoint. What backup tools need works: a VE is frozen ({@link Stage#SUSPEND}), copied while nothing in it
 * moves, and let go on ({@link Stage#RESUME}). Its processes cannot be written to a file; a VE asked for that goes on as it was.
 */
public final class CheckpointVe {
    /** How long the kernel may take to end killed processes, milliseconds. */
    private static final int KILL_MILLIS = 30_000;

    private static final String NO_DUMP =
            "this version of jvz cannot write the processes of a container to a file; it goes on as it was";

    /** What to do. */
    public enum Stage {
        /** Freeze, dump, kill and unmount. */
        ALL,
        /** Freeze only. */
        SUSPEND,
        /** Dump what is frozen. */
        DUMP,
        /** Let it go on. */
        RESUME,
        /** Kill what is frozen. */
        KILL
    }

    private final VeHost host;

    /** Checkpoints VEs of this host. */
    public CheckpointVe(VeHost host) {
        this.host = host;
    }

    /** Makes one stage. */
    public void run(CtId id, Stage stage, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "checkpointing", events)) {
            VeState state = session.running();
            switch (stage) {
                case RESUME -> resume(session, state, VzError.CHECKPOINT);
                case KILL -> kill(session, state, VzError.CHECKPOINT);
                default -> {
                    if (state == null) {
                        throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.CANT_CHECKPOINT_STOPPED));
                    }
                    events.event(VeEvent.Kind.CHECKPOINTING);
                    if (stage != Stage.SUSPEND) {
                        throw new VeException(
                                VzError.CHECKPOINT,
                                VeEvent.of(VeEvent.Kind.CHECKPOINT_FAILED),
                                new IOException(NO_DUMP));
                    }
                    suspend(session);
                }
            }
        }
    }

    /** Freezes the VE. One that is frozen stays so: whoever asks wants it to stand still. */
    private void suspend(VeSession session) throws IOException {
        session.events().event(VeEvent.Kind.SUSPENDING);
        Freezing freezing = new Freezing(host, session.id());
        if (freezing.isFrozen()) {
            return;
        }
        session.events().lasting("Waiting for its processes to stand still");
        try (Transaction transaction = session.begin()) {
            freezing.freeze(transaction);
            transaction.commit();
        } catch (IOException e) {
            throw new VeException(VzError.CHECKPOINT, VeEvent.of(VeEvent.Kind.CHECKPOINT_FAILED), e);
        }
    }

    /** Lets a frozen VE go on. */
    static void resume(VeSession session, @Nullable VeState state, VzError error) throws IOException {
        Freezing freezing = needFrozen(session, state, error, VeEvent.Kind.CANT_RESUME);
        session.events().event(VeEvent.Kind.RESUMING);
        session.events().lasting("Waiting for its processes to go on");
        try {
            freezing.thaw();
        } catch (IOException e) {
            throw new VeException(error, VeEvent.of(VeEvent.Kind.CANT_RESUME), e);
        }
    }

    /** Ends a frozen VE where it stands. Its root stays mounted, as it was for the programs that ask for this stage. */
    static void kill(VeSession session, @Nullable VeState state, VzError error) throws IOException {
        needFrozen(session, state, error, VeEvent.Kind.CANT_KILL);
        session.events().event(VeEvent.Kind.KILLING_SUSPENDED);
        VeHost host = session.host();
        VeState frozen = Objects.requireNonNull(state);
        TearDown tearDown = new TearDown(host, session.id(), session.events());
        try (VeNamespace held = HostNetDevices.hold(host, frozen)) {
            end(host, session, frozen, error);
            tearDown.removeCgroups();
            tearDown.takeDevicesBack(held, frozen);
        }
        tearDown.removeNetwork(frozen);
        tearDown.forget();
    }

    private static void end(VeHost host, VeSession session, VeState state, VzError error) throws IOException {
        try (RunningVe running = RunningVe.open(host, session.id(), state)) {
            if (running != null) {
                try (Shutdown shutdown = new Shutdown(host, running, session.events())) {
                    if (!shutdown.kill(KILL_MILLIS)) {
                        throw new VeException(error, VeEvent.of(VeEvent.Kind.CANT_KILL));
                    }
                }
            }
        }
    }

    private static Freezing needFrozen(VeSession session, @Nullable VeState state, VzError error, VeEvent.Kind refusal)
            throws IOException {
        if (state == null) {
            throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.NOT_RUNNING));
        }
        Freezing freezing = new Freezing(session.host(), session.id());
        if (!freezing.isFrozen()) {
            throw new VeException(error, VeEvent.of(refusal), new IOException("it is not suspended"));
        }
        return freezing;
    }

    /** The file a VE's processes are written to unless another is named; null if DUMPDIR is set to nothing. */
    static @Nullable Path dumpFile(Ve ve) throws IOException {
        Path dir = ve.conf().dumpDir();
        return dir == null ? null : dir.resolve("Dump." + ve.id());
    }
}
