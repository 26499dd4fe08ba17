package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.seccomp.SeccompFilter;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;

/** A VE that runs, held by a pidfd of its init: it may end at any time, but its pid cannot become somebody else's. */
final class RunningVe implements AutoCloseable {
    private final VeHost host;
    private final CtId id;
    private final VeState state;
    private final Fd init;

    private RunningVe(VeHost host, CtId id, VeState state, Fd init) {
        this.host = host;
        this.id = id;
        this.state = state;
        this.init = init;
    }

    /** Takes hold of the VE, or returns null if it does not run. Takes no lock. */
    static @Nullable RunningVe open(VeHost host, CtId id) throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        return state == null || !state.initAlive() ? null : open(host, id, state);
    }

    /** The same with a state that was read already. */
    static @Nullable RunningVe open(VeHost host, CtId id, VeState state) throws IOException {
        Fd init;
        try {
            init = host.linux().openPidfd(state.initPid());
        } catch (IOException gone) {
            return null;
        }
        RunningVe ve = new RunningVe(host, id, state, init);
        // Only now is it certain that the pidfd is of that init and not of a process that got its pid in between.
        if (!state.initAlive()) {
            ve.close();
            return null;
        }
        return ve;
    }

    CtId id() {
        return id;
    }

    VeState state() {
        return state;
    }

    boolean shifted() {
        return state.idBase() != 0;
    }

    /** The most its processes may have; as it was started with, whatever the configuration says by now. */
    Set<Capability> capabilities() {
        @Nullable String kept = state.settings().get(Rights.SETTING);
        return kept == null ? VeGuards.defaults(shifted()) : Capability.ofMask(Long.parseLong(kept, 16));
    }

    /** The pidfd of init. */
    Fd init() {
        return init;
    }

    /**
     * Starts a program inside; the caller waits for it.
     *
     * <p>Also in a VE that has as many processes as NUMPROC allows, so that its administrator can end some: the kernel counts
     * forks against the limit, not who is moved there (cgroup-v1/pids.rst). What the program forks it counts again.
     *
     * @throws VeException if the VE is frozen: the program would not begin before somebody lets the VE go on
     */
    Spawned exec(ExecList.Program program) throws IOException {
        if (new Freezing(host, id).isFrozen()) {
            throw new VeException(VzError.SYSTEM, VeEvent.of(VeEvent.Kind.IS_SUSPENDED, id.toString()));
        }
        VeCgroup cgroup = host.cgroup(id);
        byte[] filter = SeccompFilter.program(
                VeGuards.refusals(shifted(), capabilities(), !state.settings().containsKey(Rights.NO_NETFILTER)),
                host.filterCache(),
                host.linux());
        try (Fd dir = openCgroup(cgroup)) {
            try {
                return exec(program, cgroup, dir, false, filter);
            } catch (SpawnException e) {
                if (dir == null || !e.is(Errno.EAGAIN) || !e.record().equals(ExecList.CLONE)) {
                    throw e;
                }
                return exec(program, cgroup, dir, true, filter);
            }
        }
    }

    private Spawned exec(ExecList.Program program, VeCgroup cgroup, @Nullable Fd unified, boolean moved, byte[] filter)
            throws IOException {
        try (CallList list = ExecList.of(
                this, init, limits(), cgroup.v1TaskFiles(), unified, moved, filter, program, host.faults())) {
            return new Spawner(host.linux()).run(list, Set.<CloneFlag>of(), null);
        }
    }

    /** What the VE's processes inherit; none for a VE that was started by a jvz which did not note it. */
    private Rlimits limits() throws IOException {
        String text = state.settings().get(ProcessLimits.SETTING);
        return Rlimits.parse(text == null ? "" : text);
    }

    /**
     * The v2 cgroup to start in: init's own, for an init such as systemd moves everything out of the VE's top one and the
     * kernel then lets no process into it (cgroup-v2.rst, "No Internal Process Constraint").
     */
    private @Nullable Fd openCgroup(VeCgroup cgroup) throws IOException {
        Path top = cgroup.unified();
        if (top == null) {
            return null;
        }
        Path dir = top;
        String inside = unifiedPath(
                Files.readString(Path.of("/proc/" + state.initPid() + "/cgroup"), StandardCharsets.ISO_8859_1));
        String own = "/" + cgroup.name() + "/";
        int start = inside.indexOf(own);
        if (start >= 0) {
            // The kernel's own words on where a process of ours is: below the VE's cgroup, whatever the VE does.
            dir = top.resolve(inside.substring(start + own.length()));
        }
        return host.linux().open(dir, OpenFlag.PATH, OpenFlag.DIRECTORY);
    }

    /** The path in the line {@code 0::PATH}; empty if there is none. */
    private static String unifiedPath(String text) {
        int start = text.startsWith("0::") ? 0 : text.indexOf("\n0::") + 1;
        if (!text.startsWith("0::", start)) {
            return "";
        }
        int end = text.indexOf('\n', start);
        return text.substring(start + 3, end < 0 ? text.length() : end);
    }

    @Override
    public void close() {
        init.close();
    }
}
