package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.undo.Transaction;

/**
 * A start of a VE, as its parts see it.
 *
 * @param transaction what the start does to the host, to be undone if it fails
 * @param shift the VE's ids
 * @param cgroup its cgroups
 * @param dev its {@code /dev}, mounted nowhere yet
 * @param unenforced what this host cannot keep, told at the end of the start in one line
 * @param settings what later commands have to know of what the VE was given; see {@link VeState}
 */
record Starting(
        VeSession session,
        Transaction transaction,
        Ve ve,
        IdShift shift,
        VeCgroup cgroup,
        Fd dev,
        List<Unenforced> unenforced,
        Map<String, String> settings) {
    Starting(VeSession session, Transaction transaction, Ve ve, IdShift shift, VeCgroup cgroup, Fd dev) {
        this(session, transaction, ve, shift, cgroup, dev, new ArrayList<>(), new TreeMap<>());
    }

    VeConf conf() {
        return ve.conf();
    }

    Linux linux() {
        return session.host().linux();
    }

    VeEvents events() {
        return session.events();
    }

    /** The text of a key in CTID.conf alone; null if it is not set there or empty. */
    @Nullable
    String text(String key) {
        String value = ve.conf().file().get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Notes that this host does not keep what a key asks for, with the reason. */
    void cannotKeep(String key, String reason) {
        unenforced.add(new Unenforced(key, reason));
    }
}
