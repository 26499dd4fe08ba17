package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SyscallException;

/** The resource limits of all processes of a running VE, which may fork and end meanwhile. */
final class VeProcesses {
    /** A VE that forks without end has children that were listed before their parent was changed; these are few, then none. */
    private static final int ROUNDS = 20;

    private final VeHost host;
    private final CtId id;

    VeProcesses(VeHost host, CtId id) {
        this.host = host;
        this.id = id;
    }

    /** What the processes have of these resources now: {@code PID RESOURCE SOFT HARD} each. */
    List<String> limits(Set<ResourceLimit> resources) throws IOException {
        List<String> all = new ArrayList<>();
        for (int pid : pids()) {
            for (ResourceLimit resource : resources) {
                ResourceLimit.Pair pair = limit(pid, resource);
                if (pair != null) {
                    all.add(pid + " " + resource + " " + pair.soft() + " " + pair.hard());
                }
            }
        }
        return all;
    }

    /**
     * Sets a limit of every process. One that has changed its soft limit keeps that, as far as the new hard limit allows.
     *
     * @param now what the VE's processes had by default; null if there was no default
     * @throws IOException naming the key; EPERM for a higher limit without CAP_SYS_RESOURCE
     */
    void setAll(ResourceLimit resource, ResourceLimit.@Nullable Pair now, ResourceLimit.Pair wanted)
            throws IOException {
        Set<Integer> done = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean more = false;
            for (int pid : pids()) {
                if (done.add(pid)) {
                    more = true;
                    setOne(pid, resource, now, wanted);
                }
            }
            if (!more) {
                return;
            }
        }
    }

    private void setOne(int pid, ResourceLimit resource, ResourceLimit.@Nullable Pair now, ResourceLimit.Pair wanted)
            throws IOException {
        ResourceLimit.Pair has = limit(pid, resource);
        if (has == null) {
            return;
        }
        boolean byDefault = now == null || has.soft() == now.soft();
        long soft = byDefault ? wanted.soft() : least(has.soft(), wanted.hard());
        try {
            linux().setLimit(pid, resource, soft, wanted.hard());
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH)) {
                return;
            }
            String hint = e.is(Errno.EPERM) ? ": raising it takes CAP_SYS_RESOURCE, which this process has not" : "";
            throw new IOException(Rlimits.keyOf(resource) + ": " + e.getMessage() + hint, e);
        }
    }

    /** Of two limits, of which the infinite one is -1. */
    private static long least(long one, long other) {
        return Long.compareUnsigned(one, other) <= 0 ? one : other;
    }

    /**
     * Gives processes what they had.
     *
     * @param former what the VE had; processes that are not listed get its hard limits
     * @param listed as {@link #limits} made them; those that are no more in the VE are passed over
     */
    void putBack(Rlimits former, List<String> listed) throws IOException {
        Set<Integer> members = new HashSet<>(pids());
        Set<Integer> known = new HashSet<>();
        Set<ResourceLimit> resources = new HashSet<>();
        for (String line : listed) {
            String[] words = line.split(" ", -1);
            int pid = Integer.parseInt(words[0]);
            ResourceLimit resource = ResourceLimit.valueOf(words[1]);
            known.add(pid);
            resources.add(resource);
            if (members.contains(pid)) {
                set(pid, resource, Long.parseLong(words[2]), Long.parseLong(words[3]));
            }
        }
        members.removeAll(known);
        for (int pid : members) {
            for (ResourceLimit resource : resources) {
                ResourceLimit.Pair pair = former.pairs().get(resource);
                if (pair != null) {
                    set(pid, resource, pair.soft(), pair.hard());
                }
            }
        }
    }

    /** What a caller without CAP_SYS_RESOURCE has lowered it cannot raise again. */
    private void set(int pid, ResourceLimit resource, long soft, long hard) throws SyscallException {
        try {
            linux().setLimit(pid, resource, soft, hard);
        } catch (SyscallException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }

    private ResourceLimit.@Nullable Pair limit(int pid, ResourceLimit resource) throws SyscallException {
        try {
            return linux().limit(pid, resource);
        } catch (SyscallException e) {
            if (e.is(Errno.ESRCH)) {
                return null;
            }
            throw e;
        }
    }

    private Set<Integer> pids() throws IOException {
        return host.cgroup(id).pids(linux());
    }

    private Linux linux() {
        return host.linux();
    }
}
