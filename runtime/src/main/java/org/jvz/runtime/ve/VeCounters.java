package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;

/**
 * The beancounters of one running VE. A part of them is read when one of its numbers is first asked for, and then stays, so
 * that the numbers fit together. Amounts are in the unit of the key.
 */
public final class VeCounters {
    /** A number that this host does not tell, or the VE has stopped meanwhile. */
    public static final long UNKNOWN = -1;

    private final LiveVes live;
    private final CtId id;
    private final VeState state;
    private final VeCgroup cgroup;
    private final Set<Beancounter.Part> read = EnumSet.noneOf(Beancounter.Part.class);
    private boolean historyRead;
    private Usage usage = Usage.NONE;

    VeCounters(LiveVes live, CtId id, VeState state, VeCgroup cgroup) {
        this.live = live;
        this.id = id;
        this.state = state;
        this.cgroup = cgroup;
    }

    /** What is held now, or {@link #UNKNOWN}. */
    public long held(Beancounter counter) {
        // The one number of the list that everybody asks for: one file instead of three.
        if (counter == Beancounter.NUMPROC && usage.tasks() == null) {
            return live.reader().taskCount(cgroup);
        }
        return load(counter.part()) ? counter.held(usage) : UNKNOWN;
    }

    /** The most that was held since the VE started, or {@link #UNKNOWN}; never less than what is held. */
    public long maxHeld(Beancounter counter) {
        if (!load(counter.part())) {
            return UNKNOWN;
        }
        loadHistory(counter);
        return Math.max(
                counter.maxHeld(usage), live.kept().maxHeld(id.value(), state.initPid(), state.initStart(), counter));
    }

    /** How often more was refused since the VE started, or {@link #UNKNOWN}. */
    public long failures(Beancounter counter) {
        boolean known = counter.part() == Beancounter.Part.TASKS ? load(counter.part()) : loadHistory(counter);
        return known
                ? Math.max(
                        counter.failures(usage),
                        live.kept().failures(id.value(), state.initPid(), state.initStart(), counter))
                : UNKNOWN;
    }

    /**
     * Barrier and limit: the configuration's, but for what the kernel itself knows better, since a limit may have been set
     * without saving it.
     *
     * @param conf the VE's configuration
     */
    public BarrierLimit bounds(Beancounter counter, VeConf conf) {
        BarrierLimit bounds = Bounds.inForce(conf, counter);
        switch (counter) {
            case NUMPROC, PHYSPAGES, SWAPPAGES -> {
                long limit = live.reader().limit(cgroup, counter);
                if (limit < 0 || limit == bounds.limit()) {
                    return bounds;
                }
                long barrier = bounds.barrier() == bounds.limit() ? limit : Math.min(bounds.barrier(), limit);
                return new BarrierLimit(barrier, limit);
            }
            default -> {
                return bounds;
            }
        }
    }

    /** How much the VE has waited for a resource; null where the host does not count that. */
    public @Nullable Pressure pressure(Pressure.Of resource) {
        return live.reader().pressure(cgroup, resource);
    }

    /** Notes what has been seen, for the next look. */
    void keep(KeptCounters kept, Beancounter counter) {
        kept.keep(
                id.value(),
                state.initPid(),
                state.initStart(),
                counter,
                Math.max(0, maxHeld(counter)),
                Math.max(0, failures(counter)));
    }

    /** Reads a part unless that is done. Returns whether there is one. */
    private boolean load(Beancounter.Part part) {
        if (read.add(part)) {
            try {
                usage = with(part);
            } catch (IOException stopping) {
                // The part stays unknown.
            }
        }
        return switch (part) {
            case NONE -> true;
            case MEMORY -> usage.memory() != null;
            case TASKS -> usage.tasks() != null;
            case SOCKETS -> usage.sockets() != null;
            case HANDLES -> usage.handles() != null;
        };
    }

    private Usage with(Beancounter.Part part) throws IOException {
        Usage.Memory memory = usage.memory();
        Usage.Tasks tasks = usage.tasks();
        Usage.Sockets sockets = usage.sockets();
        Usage.Handles handles = usage.handles();
        switch (part) {
            case NONE -> {}
            case MEMORY -> memory = live.reader().memory(cgroup);
            case TASKS -> tasks = live.reader().tasks(cgroup);
            case SOCKETS -> sockets = live.reader().sockets(state.initPid());
            case HANDLES -> handles = live.handles().read(cgroup.members(live.linux()));
        }
        return new Usage(memory, usage.memoryHistory(), tasks, null, null, sockets, handles);
    }

    /** Reads memory's peaks and failures, if they say something about this counter. Returns whether all is known. */
    private boolean loadHistory(Beancounter counter) {
        if (counter.part() != Beancounter.Part.MEMORY) {
            return true;
        }
        if (!historyRead) {
            historyRead = true;
            try {
                usage = new Usage(
                        usage.memory(),
                        live.reader().memoryHistory(cgroup),
                        usage.tasks(),
                        null,
                        null,
                        usage.sockets(),
                        usage.handles());
            } catch (IOException stopping) {
                // Unknown.
            }
        }
        return usage.memoryHistory() != null;
    }
}
