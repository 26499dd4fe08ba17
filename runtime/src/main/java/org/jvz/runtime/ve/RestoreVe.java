package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;

/** The stages of a restore: the other end of {@link CheckpointVe}. */
public final class RestoreVe {
    /** Why a dump, made elsewhere, is of no use here. */
    static final String NO_UNDUMP =
            "this version of jvz cannot bring processes back from a file; vzctl start boots the container anew";

    /** What to do. */
    public enum Stage {
        /** Mount, undump and let go on. */
        ALL,
        /** Undump only. */
        UNDUMP,
        /** Let a frozen VE go on. */
        RESUME,
        /** Kill a frozen VE. */
        KILL
    }

    private final VeHost host;

    /** Restores VEs of this host. */
    public RestoreVe(VeHost host) {
        this.host = host;
    }

    /**
     * Makes one stage.
     *
     * @param dumpFile where the processes are, null for the usual file
     */
    public void run(CtId id, Stage stage, @Nullable Path dumpFile, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "restoring", events)) {
            VeState state = session.running();
            switch (stage) {
                case RESUME -> CheckpointVe.resume(session, state, VzError.RESTORE);
                case KILL -> CheckpointVe.kill(session, state, VzError.RESTORE);
                default -> {
                    if (state != null) {
                        throw new VeException(VzError.RUNNING, VeEvent.of(VeEvent.Kind.CANT_RESTORE_RUNNING));
                    }
                    restore(session, dumpFile);
                }
            }
        }
    }

    private static void restore(VeSession session, @Nullable Path named) throws IOException {
        session.events().event(VeEvent.Kind.RESTORING);
        Path file = named == null ? CheckpointVe.dumpFile(session.ve()) : named;
        if (file == null) {
            throw new VeException(VzError.RESTORE, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "DUMPDIR"));
        }
        String reason = Files.exists(file) ? NO_UNDUMP : "No such file or directory";
        throw new VeException(
                VzError.RESTORE, VeEvent.of(VeEvent.Kind.CANT_OPEN_DUMP, file.toString()), new IOException(reason));
    }
}
