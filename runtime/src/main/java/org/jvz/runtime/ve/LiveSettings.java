package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
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
    private final boolean skipArpDetect;
    private final String failed;

    /** The changed settings, and of those asked for the ones of which the VE may have another value than the configuration. */
    LiveSettings(VeSession session, EditResult result, SetOptions options) {
        this(
                session,
                result,
                keys(result, options),
                options.skipArpDetect(),
                options.save()
                        ? "Error: failed to apply some parameters, not saving configuration file!"
                        : "Error: failed to apply some parameters, nothing is changed");
    }

    /**
     * Settings to be applied whether they have changed or not.
     *
     * @param failed what to say if that fails
     */
    LiveSettings(VeSession session, EditResult result, Collection<String> keys, String failed) {
        this(session, result, keys, false, failed);
    }

    private LiveSettings(
            VeSession session, EditResult result, Collection<String> keys, boolean skipArpDetect, String failed) {
        this.session = session;
        this.result = result;
        this.keys = keys;
        this.skipArpDetect = skipArpDetect;
        this.failed = failed;
    }

    private static List<String> keys(EditResult result, SetOptions options) {
        List<String> keys = names(result.changed());
        List<String> asked = names(options.asked());
        asked.removeAll(keys);
        if (!result.drop().isNone() && asked.remove(ConfKey.IP_ADDRESS.name())) {
            keys.add(ConfKey.IP_ADDRESS.name());
        }
        for (VePart part : VeParts.of(asked)) {
            for (String each : part.keysToRepeat()) {
                if (asked.contains(each) && !keys.contains(each)) {
                    keys.add(each);
                }
            }
        }
        return keys;
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
        try {
            apply(parts, state, rest);
        } finally {
            VeParts.close(parts);
        }
    }

    private void apply(List<VePart> parts, VeState state, Step<?> rest) throws IOException {
        Changing change;
        try (Transaction transaction = session.begin()) {
            change = new Changing(session, transaction, state, result, keys, skipArpDetect);
            for (VePart part : parts) {
                change(part, change);
            }
            remember(change);
            for (VePart part : parts) {
                part.announce(change);
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

    /** Writes down what later commands have to know; taken back with the rest. */
    private static void remember(Changing change) throws IOException {
        VeState state = change.state();
        VeState changed = state.with(change.settings());
        if (!changed.equals(state)) {
            Path file = change.host().paths().state(change.session().id());
            change.transaction().step("write state", file.toString(), HostUndo.text(file), () -> {
                changed.write(file);
                return changed;
            });
        }
    }

    private void change(VePart part, Changing change) {
        try {
            part.change(change);
        } catch (IOException e) {
            throw new VeException(part.changeError(e), failed, e);
        }
    }
}
