package org.jvz.runtime.ve;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.VeFreezer;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;
import org.jvz.runtime.undo.UndoStep;

/** Freezing and thawing of one running VE, as steps of operations. */
final class Freezing {
    /** Kind of the undo step that lets a VE go on whose freeze was not finished. */
    static final String UNDO = "thaw";

    /** How long the VE's processes may take to stand still, milliseconds. */
    private static final long FREEZE_MILLIS = 10_000;
    /** How long they may take to run again, milliseconds. */
    private static final long THAW_MILLIS = 5_000;

    private final VeHost host;
    private final CtId id;

    Freezing(VeHost host, CtId id) {
        this.host = host;
        this.id = id;
    }

    /** Whether the running VE is frozen. */
    boolean isFrozen() throws IOException {
        VeFreezer freezer = VeFreezer.of(host.cgroup(id));
        return freezer != null && freezer.isFrozen();
    }

    /** Freezes the VE; undone with the transaction. */
    void freeze(Transaction transaction) throws IOException {
        VeFreezer freezer = VeFreezer.of(host.cgroup(id));
        if (freezer == null) {
            throw new IOException("this host has neither cgroup2 nor the v1 controller freezer mounted");
        }
        transaction.step("freeze", object(), UndoStep.of(UNDO, id.toString()), () -> {
            freezer.freeze(host.linux(), FREEZE_MILLIS);
            return freezer;
        });
    }

    /** Lets the VE go on. */
    void thaw() throws IOException {
        @Nullable VeFreezer freezer = VeFreezer.of(host.cgroup(id));
        if (freezer != null) {
            new ForwardSteps(host.observer()).step("thaw", object(), () -> {
                freezer.thaw(host.linux(), THAW_MILLIS);
                return freezer;
            });
        }
    }

    /** Lets a VE go on that was being frozen. One that has ended meanwhile is no obstacle. */
    static void undo(VeHost host, UndoStep step) throws IOException {
        new Freezing(host, CtId.parse(step.args().get(0))).thaw();
    }

    private String object() {
        return "container " + id;
    }
}
