package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.StartLimits;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.spawn.Call;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.FdSource;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.undo.UndoStep;

/**
 * Limits kept by what a VE has inside: the size of /dev/shm and {@code kernel.shmall} of its IPC namespace (SHMPAGES), the
 * number of pseudo-terminals of its devpts (NUMPTY). The VE's own root can lift them, as a machine's root can; what they
 * hold counts as the VE's memory in any case.
 */
final class InsideLimits implements VePart {
    /** Kind of the undo step; its arguments are the CTID and {@link Values#text}. */
    static final String UNDO = "inside-limits";

    private static final String SETTING = "inside";

    /** {@code NR_UNIX98_PTY_MAX} of devpts. */
    private static final long PTYS_NONE = 1_048_576;

    private int init;
    private @Nullable Call shmallByChild;

    /**
     * Limits; 0 for none.
     *
     * @param shmBytes size of /dev/shm
     * @param shmPages shared memory of System V, pages of 4096 bytes
     * @param ptys pseudo-terminals
     */
    private record Values(long shmBytes, long shmPages, long ptys) {
        static Values of(StartLimits limits) {
            return new Values(
                    limits.shmBytes().orElse(0),
                    limits.shmPages().orElse(0),
                    limits.ptys().orElse(0));
        }

        static Values parse(String text) {
            String[] words = text.split(" ", -1);
            return new Values(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
        }

        String text() {
            return shmBytes + " " + shmPages + " " + ptys;
        }
    }

    @Override
    public Set<String> liveKeys() {
        return Set.of("SHMPAGES", "NUMPTY", "PHYSPAGES", "PRIVVMPAGES");
    }

    @Override
    public Set<String> keysToRepeat() {
        return liveKeys();
    }

    /** The file systems are mounted with their limits ({@link StartList}); here the rest. */
    @Override
    public void inside(Starting start, CallList list) throws IOException {
        Values values = Values.of(StartLimits.of(start.conf()));
        if (values.shmPages() > 0) {
            byte[] text = Shmall.text(values.shmPages());
            shmallByChild = list.writeFileIfPermitted("set shmall", FdSource.CWD, Shmall.FILE.toString(), text);
        }
        start.settings().put(SETTING, values.text());
    }

    @Override
    public void admit(Starting start, int pid) {
        init = pid;
    }

    /** Where the file belongs to the host's root (Linux before 6.9), the child could not. */
    @Override
    public void started(Starting start) throws IOException {
        Call byChild = shmallByChild;
        if (byChild != null && byChild.value() < 0) {
            Values values = Values.of(StartLimits.of(start.conf()));
            start.transaction().step("set shmall", "container " + start.ve().id(), null, () -> {
                Shmall.set(start.session().host(), init, start.shift().shifts(), values.shmPages());
                return values;
            });
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        String kept = change.settings().get(SETTING);
        Values now = kept == null ? Values.of(StartLimits.of(change.result().before())) : Values.parse(kept);
        Values after = Values.of(StartLimits.of(change.result().after()));
        boolean shm = change.concerns("SHMPAGES");
        // /dev/shm follows the RAM where SHMPAGES says nothing; it is not worth refusing a change of the RAM for.
        boolean implied = !shm && change.result().after().text("SHMPAGES") == null;
        Values wanted = new Values(
                shm || implied ? after.shmBytes() : now.shmBytes(),
                shm ? after.shmPages() : now.shmPages(),
                change.concerns("NUMPTY") ? after.ptys() : now.ptys());
        if (wanted.equals(now)) {
            return;
        }
        CtId id = change.session().id();
        Values made = change.transaction()
                .step("set limits inside", change.object(), UndoStep.of(UNDO, id.toString(), now.text()), () -> {
                    try {
                        apply(change.host(), change.state(), id, now, wanted);
                        return wanted;
                    } catch (SpawnException e) {
                        if (!implied || wanted.ptys() != now.ptys()) {
                            throw new IOException(
                                    (shm ? "SHMPAGES" : "NUMPTY") + ": " + e.getMessage()
                                            + ": more is in use, or the container has unmounted it",
                                    e);
                        }
                        return now;
                    }
                });
        change.settings().put(SETTING, made.text());
    }

    /** Sets the former limits anew, if the VE still runs. What its root has unmounted meanwhile has no limit to put back. */
    static void undo(VeHost host, UndoStep step) throws IOException {
        CtId id = CtId.parse(step.args().get(0));
        VeState state = VeState.read(host.paths().state(id));
        if (state == null || !state.initAlive()) {
            return;
        }
        try {
            apply(host, state, id, null, Values.parse(step.args().get(1)));
        } catch (SpawnException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
        }
    }

    private static void apply(VeHost host, VeState state, CtId id, @Nullable Values now, Values wanted)
            throws IOException {
        boolean shm = now == null || now.shmBytes() != wanted.shmBytes();
        boolean ptys = now == null || now.ptys() != wanted.ptys();
        if (shm || ptys) {
            remount(host, state, id, shm, ptys, wanted);
        }
        if (now == null || now.shmPages() != wanted.shmPages()) {
            Shmall.set(host, state.initPid(), state.idBase() != 0, wanted.shmPages());
        }
    }

    /** Remounts with the rights of the VE's root, in whose file tree the names may be anything. */
    private static void remount(VeHost host, VeState state, CtId id, boolean shm, boolean ptys, Values wanted)
            throws IOException {
        try (RunningVe ve = RunningVe.open(host, id, state)) {
            if (ve == null) {
                return;
            }
            try (CallList list = new CallList(host.faults())) {
                EnumSet<CloneFlag> inside = EnumSet.of(CloneFlag.NEWNS);
                if (ve.shifted()) {
                    inside.add(CloneFlag.NEWUSER);
                }
                list.setNamespace("enter namespaces", FdSource.of(ve.init()), "container " + id, inside);
                list.becomeUser("become root inside", 0, 0);
                if (shm) {
                    list.mount(
                            "resize shm",
                            null,
                            "/dev/shm",
                            null,
                            Set.of(MountFlag.REMOUNT, MountFlag.NOSUID, MountFlag.NODEV),
                            StartList.shmOptions(wanted.shmBytes()));
                }
                if (ptys) {
                    list.mount(
                            "limit devpts",
                            null,
                            "/dev/pts",
                            null,
                            Set.of(MountFlag.REMOUNT, MountFlag.NOSUID, MountFlag.NOEXEC),
                            StartList.ptyOptions(wanted.ptys() > 0 ? wanted.ptys() : PTYS_NONE));
                }
                try (Spawned done = new Spawner(host.linux()).run(list, Set.of(), null)) {
                    done.waitExit();
                }
            }
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_UBC;
    }
}
