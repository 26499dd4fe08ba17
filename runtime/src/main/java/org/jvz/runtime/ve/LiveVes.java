package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.UsageReader;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.HostUptime;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.MountEntry;
import org.jvz.runtime.rootfs.MountTable;

/**
 * The VEs that run at one moment, and what can be seen of them without native code, locks or changes. One directory is
 * listed for all of them, and the table of mounts is read at most once. Several threads may look at VEs, each at others.
 */
public final class LiveVes {
    private static final String SUFFIX = ".json";
    /** {@code USER_HZ}, the unit of times in /proc on all architectures we run on (time(7)). */
    private static final double TICKS_PER_SECOND = 100;

    private final VeHost host;
    private final SortedMap<CtId, VeState> running;
    private final ThreadLocal<UsageReader> reader;
    private final HandleReader handles = new HandleReader();
    private @Nullable KeptCounters kept;
    private @Nullable Mounts mounts;

    private LiveVes(VeHost host, SortedMap<CtId, VeState> running) {
        this.host = host;
        this.running = running;
        this.reader = new ReaderOfThread(host);
    }

    /** Looks at the host now. */
    public static LiveVes look(VeHost host) {
        SortedMap<CtId, VeState> running = new TreeMap<>();
        String[] names = host.paths().runDir().toFile().list();
        if (names != null) {
            for (String name : names) {
                String digits = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
                if (CtId.isNumber(digits) && digits.length() <= 10 && Long.parseLong(digits) <= CtId.MAX) {
                    CtId id = CtId.parse(digits);
                    VeState state = stateOf(host, id);
                    if (state != null) {
                        running.put(id, state);
                    }
                }
            }
        }
        return new LiveVes(host, running);
    }

    /** The state of a VE that runs; one whose state cannot be read does not, as far as anybody can tell. */
    private static @Nullable VeState stateOf(VeHost host, CtId id) {
        try {
            VeState state = VeState.read(host.paths().state(id));
            return state != null && state.initAlive() ? state : null;
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** The VEs that run, by rising id. */
    public List<CtId> ids() {
        return new ArrayList<>(running.keySet());
    }

    /** Seconds since the VE's init started, or -1 if the VE does not run. */
    public double uptimeSeconds(CtId id) {
        VeState state = running.get(id);
        if (state == null) {
            return -1;
        }
        try {
            return Math.max(0, HostUptime.seconds() - state.initStart() / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException noProc) {
            return -1;
        }
    }

    /** Whether a VE runs, but stands still for a checkpoint. */
    public boolean isFrozen(CtId id) {
        try {
            return running.containsKey(id) && new Freezing(host, id).isFrozen();
        } catch (IOException ended) {
            return false;
        }
    }

    /** The beancounters of a VE, read as they are asked for; null if the VE does not run. */
    public @Nullable VeCounters counters(CtId id) throws IOException {
        VeState state = running.get(id);
        return state == null ? null : new VeCounters(this, id, state, host.cgroup(id));
    }

    /** The addresses that a VE has on venet0, separated by blanks; null if it does not run or never had one. */
    public @Nullable String addresses(CtId id) {
        VeState state = running.get(id);
        return state == null ? null : state.settings().get(Addresses.SETTING);
    }

    /** What is known of a VE that runs, or null. */
    @Nullable
    VeState state(CtId id) {
        return running.get(id);
    }

    /** The calling thread's own. */
    UsageReader reader() {
        return reader.get();
    }

    Linux linux() {
        return host.linux();
    }

    HandleReader handles() {
        return handles;
    }

    /** What earlier looks have seen. What cannot be read is lost, and seen anew. */
    synchronized KeptCounters kept() {
        KeptCounters found = kept;
        if (found == null) {
            try {
                found = KeptCounters.read(host.paths().keptCounters());
            } catch (IOException unreadable) {
                found = new KeptCounters();
            }
            kept = found;
        }
        return found;
    }

    /** Whether a VE's root is mounted. */
    public boolean isMounted(Path root) throws IOException {
        // Most roots of VEs that are down are not there; an exception for each of a thousand takes its time.
        if (!root.toFile().exists()) {
            return false;
        }
        Mounts now = mounts();
        try {
            String real = root.toRealPath().toString();
            // Listed, but perhaps covered by a later mount: only then the tree is to be walked.
            return now.points.contains(real) && now.table.topAt(real) != null;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    private synchronized Mounts mounts() throws IOException {
        Mounts known = mounts;
        if (known == null) {
            MountTable table = MountTable.read();
            Set<String> points = new HashSet<>();
            for (MountEntry entry : table.entries()) {
                points.add(entry.mountPoint());
            }
            known = new Mounts(table, points);
            mounts = known;
        }
        return known;
    }

    private static final class ReaderOfThread extends ThreadLocal<UsageReader> {
        private final VeHost host;

        ReaderOfThread(VeHost host) {
            this.host = host;
        }

        @Override
        protected UsageReader initialValue() {
            return new UsageReader(host);
        }
    }

    /** The host's mounts, and where they are. */
    private record Mounts(MountTable table, Set<String> points) {}
}
