package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.Transaction;

/**
 * A change of a running VE, as its parts see it.
 *
 * @param transaction undone if any part of the change fails
 * @param state the running VE
 * @param result the configuration before and after; the same where settings are only applied anew
 * @param keys names of the keys that the change is about
 * @param skipArpDetect whether new addresses are taken without asking for other owners
 * @param unenforced what this host cannot keep, told at the end in one line
 * @param settings what the VE has been given, to be changed with it; see {@link VeState}
 */
record Changing(
        VeSession session,
        Transaction transaction,
        VeState state,
        EditResult result,
        Collection<String> keys,
        boolean skipArpDetect,
        List<Unenforced> unenforced,
        Map<String, String> settings) {
    Changing(
            VeSession session,
            Transaction transaction,
            VeState state,
            EditResult result,
            Collection<String> keys,
            boolean skipArpDetect) {
        this(
                session,
                transaction,
                state,
                result,
                keys,
                skipArpDetect,
                new ArrayList<>(),
                new TreeMap<>(state.settings()));
    }

    VeHost host() {
        return session.host();
    }

    Linux linux() {
        return session.host().linux();
    }

    VeEvents events() {
        return session.events();
    }

    /** What a step is done to, for messages. */
    String object() {
        return "container " + session.id();
    }

    /** Whether the change is about one of these keys. */
    boolean concerns(String... names) {
        for (String name : names) {
            if (keys.contains(name)) {
                return true;
            }
        }
        return false;
    }
}
