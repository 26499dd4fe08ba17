package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.undo.UndoStep;

/**
 * Limits of a VE's processes, which they inherit from init: open files, locked memory, queued signals, file locks. A change
 * reaches every process that runs, and commands executed later take what init was given last ({@link RunningVe#exec}).
 */
final class ProcessLimits implements VePart {
    /** Under this word a running VE's limits are kept, in the form of {@link Rlimits#text}. */
    static final String SETTING = "rlimits";

    /** Kind of the undo step; its arguments are the CTID, the former limits, and those of each process. */
    static final String UNDO = "rlimits";

    @Override
    public Set<String> liveKeys() {
        return Set.of("NUMFILE", "LOCKEDPAGES", "NUMSIGINFO", "NUMFLOCK", "PHYSPAGES", "PRIVVMPAGES");
    }

    @Override
    public Set<String> keysToRepeat() {
        return liveKeys();
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        Rlimits limits = Rlimits.of(start.conf());
        start.transaction()
                .step("set resource limits", "container " + start.ve().id(), null, () -> {
                    for (Map.Entry<ResourceLimit, ResourceLimit.Pair> limit :
                            limits.pairs().entrySet()) {
                        set(start, pid, limit.getKey(), limit.getValue());
                    }
                    return pid;
                });
        start.settings().put(SETTING, limits.text());
    }

    /** Sets one limit; a caller who may not raise limits (no CAP_SYS_RESOURCE, as in a container) passes its own on. */
    private static void set(Starting start, int pid, ResourceLimit resource, ResourceLimit.Pair limit)
            throws IOException {
        try {
            start.linux().setLimit(pid, resource, limit.soft(), limit.hard());
        } catch (SyscallException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            String key = Rlimits.keyOf(resource);
            if (!key.isEmpty() && start.text(key) != null) {
                start.cannotKeep(key, "raising it takes CAP_SYS_RESOURCE, which this process has not");
            }
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        String kept = change.settings().get(SETTING);
        Rlimits now = kept == null ? Rlimits.of(change.result().before()) : Rlimits.parse(kept);
        Rlimits wanted = Rlimits.of(change.result().after());
        Map<ResourceLimit, ResourceLimit.Pair> changed = new EnumMap<>(ResourceLimit.class);
        for (Map.Entry<ResourceLimit, ResourceLimit.Pair> limit : wanted.pairs().entrySet()) {
            if (isConcerned(change, limit.getKey())
                    && !limit.getValue().equals(now.pairs().get(limit.getKey()))) {
                changed.put(limit.getKey(), limit.getValue());
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        VeProcesses processes = new VeProcesses(change.host(), change.session().id());
        List<String> undo = new ArrayList<>();
        undo.add(change.session().id().toString());
        undo.add(now.text());
        undo.addAll(processes.limits(changed.keySet()));
        change.transaction().step("set resource limits", change.object(), new UndoStep(UNDO, undo), () -> {
            for (Map.Entry<ResourceLimit, ResourceLimit.Pair> limit : changed.entrySet()) {
                try {
                    processes.setAll(limit.getKey(), now.pairs().get(limit.getKey()), limit.getValue());
                } catch (IOException e) {
                    // What only follows the RAM is not worth refusing the RAM for; a start goes on as well.
                    if (change.concerns(Rlimits.keyOf(limit.getKey())) || !isDenied(e)) {
                        throw e;
                    }
                }
            }
            return changed;
        });
        now.pairs().putAll(changed);
        change.settings().put(SETTING, now.text());
    }

    private static boolean isDenied(IOException failure) {
        return failure.getCause() instanceof SyscallException refused && refused.is(Errno.EPERM);
    }

    /** RAM decides about locked memory where LOCKEDPAGES does not. */
    private static boolean isConcerned(Changing change, ResourceLimit resource) {
        return change.concerns(Rlimits.keyOf(resource))
                || (resource == ResourceLimit.MEMLOCK && change.concerns("PHYSPAGES", "PRIVVMPAGES"));
    }

    /** Gives all processes of the VE the limits they had, and those made meanwhile what the VE had. */
    static void undo(VeHost host, UndoStep step) throws IOException {
        CtId id = CtId.parse(step.args().get(0));
        Rlimits former = Rlimits.parse(step.args().get(1));
        @Nullable VeState state = VeState.read(host.paths().state(id));
        if (state == null || !state.initAlive()) {
            return;
        }
        new VeProcesses(host, id)
                .putBack(former, step.args().subList(2, step.args().size()));
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_UBC;
    }
}
