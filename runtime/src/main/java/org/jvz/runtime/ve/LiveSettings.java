package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.undo.Step;
import org.jvz.runtime.undo.Transaction;

/** Applies to a running VE what it can take at once: all of it or nothing. */
final class LiveSettings {
    private final VeSession session;
    private final EditResult result;
    private final Collection<String> keys;

    /** The changed settings. */
    LiveSettings(VeSession session, EditResult result) {
        this(session, result, names(result.changed()));
    }

    /** Settings to be applied whether they have changed or not. */
    LiveSettings(VeSession session, EditResult result, Collection<String> keys) {
        this.session = session;
        this.result = result;
        this.keys = keys;
    }

    private static List<String> names(List<ConfKey<?>> keys) {
        List<String> names = new ArrayList<>();
        for (ConfKey<?> key : keys) {
            names.add(key.name());
        }
        return names;
    }

    /**
     * Applies the settings and then does the rest, usually saving them; if either fails, or we are killed, the VE is as
     * before.
     *
     * @throws VeException with the status of what failed
     */
    void apply(VeState state, Step<?> rest) throws IOException {
        List<VePart> parts = VeParts.of(keys);
        Changing change;
        try (Transaction transaction = session.begin()) {
            change = new Changing(session, transaction, state, result, keys);
            for (VePart part : parts) {
                change(part, change);
            }
            rest.run();
            transaction.commit();
        }
        for (VePart part : parts) {
            part.afterChange(change);
        }
        if (!change.unenforced().isEmpty()) {
            session.events().event(VeEvent.Kind.NOT_ENFORCED, Unenforced.summary(change.unenforced()));
        }
    }

    private static void change(VePart part, Changing change) {
        try {
            part.change(change);
        } catch (IOException e) {
            throw new VeException(
                    part.changeError(e), "Error: failed to apply some parameters, not saving configuration file!", e);
        }
    }
}
