package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.jvz.runtime.cgroup.StartLimits;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.ResourceLimit;

/**
 * The limits of a VE's processes (getrlimit(2)), which init starts with and the others inherit: those that the
 * configuration names, and for the rest what they are on any Debian, whatever the caller has.
 *
 * @param pairs by resource
 */
record Rlimits(Map<ResourceLimit, ResourceLimit.Pair> pairs) {
    /** Descriptors a process of a VE may open unless it raises its limit itself: as on any Debian. */
    private static final long OPEN_FILES_SOFT = 1024;

    private static final long MEMLOCK_BYTES = 8L << 20;
    private static final long STACK_BYTES = 8L << 20;
    private static final long INFINITY = ResourceLimit.INFINITY;

    Rlimits {
        Map<ResourceLimit, ResourceLimit.Pair> copy = new EnumMap<>(ResourceLimit.class);
        copy.putAll(pairs);
        pairs = copy;
    }

    /** The limits that a configuration gives; those of signals and file locks only if it names them. */
    static Rlimits of(VeConf conf) throws BadConfException {
        StartLimits limits = StartLimits.of(conf);
        long files = limits.openFiles().orElse(StartLimits.OPEN_FILES_MAX);
        long locked = limits.lockedBytes().orElse(MEMLOCK_BYTES);
        Map<ResourceLimit, ResourceLimit.Pair> pairs = new EnumMap<>(ResourceLimit.class);
        pairs.put(ResourceLimit.NOFILE, new ResourceLimit.Pair(Math.min(files, OPEN_FILES_SOFT), files));
        pairs.put(ResourceLimit.NPROC, new ResourceLimit.Pair(INFINITY, INFINITY));
        pairs.put(ResourceLimit.CORE, new ResourceLimit.Pair(0, INFINITY));
        pairs.put(ResourceLimit.STACK, new ResourceLimit.Pair(STACK_BYTES, INFINITY));
        pairs.put(ResourceLimit.MEMLOCK, new ResourceLimit.Pair(Math.min(locked, MEMLOCK_BYTES), locked));
        if (limits.pendingSignals().isPresent()) {
            long signals = limits.pendingSignals().getAsLong();
            pairs.put(ResourceLimit.SIGPENDING, new ResourceLimit.Pair(signals, signals));
        }
        long locks = limits.fileLocks().orElse(INFINITY);
        pairs.put(ResourceLimit.LOCKS, new ResourceLimit.Pair(locks, locks));
        return new Rlimits(pairs);
    }

    /** The key of CTID.conf that decides about a resource, empty if none does. */
    static String keyOf(ResourceLimit resource) {
        return switch (resource) {
            case NOFILE -> "NUMFILE";
            case MEMLOCK -> "LOCKEDPAGES";
            case SIGPENDING -> "NUMSIGINFO";
            case LOCKS -> "NUMFLOCK";
            case STACK, CORE, NPROC, MSGQUEUE, NICE, RTPRIO -> "";
        };
    }

    /** {@code STACK=8388608:-1 CORE=0:-1}: the form in which a running VE's are kept. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<ResourceLimit, ResourceLimit.Pair> entry : pairs.entrySet()) {
            text.append(text.length() == 0 ? "" : " ")
                    .append(entry.getKey())
                    .append('=')
                    .append(entry.getValue().soft())
                    .append(':')
                    .append(entry.getValue().hard());
        }
        return text.toString();
    }

    /** The inverse of {@link #text}. */
    static Rlimits parse(String text) throws IOException {
        Map<ResourceLimit, ResourceLimit.Pair> pairs = new EnumMap<>(ResourceLimit.class);
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf(' ', start);
            String word = text.substring(start, end < 0 ? text.length() : end);
            int equals = word.indexOf('=');
            int colon = word.indexOf(':');
            try {
                pairs.put(
                        ResourceLimit.valueOf(word.substring(0, equals)),
                        new ResourceLimit.Pair(
                                Long.parseLong(word.substring(equals + 1, colon)),
                                Long.parseLong(word.substring(colon + 1))));
            } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
                throw new IOException("not a resource limit: " + word, e);
            }
            start += word.length() + 1;
        }
        return new Rlimits(pairs);
    }
}
