package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.Set;
import org.jvz.runtime.cgroup.StartLimits;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SyscallException;

/** Limits that a VE's processes inherit from its init; getrlimit(2). */
final class ProcessLimits implements VePart {
    /** Descriptors a process of a VE may open unless it raises its limit itself: as on any Debian. */
    private static final long OPEN_FILES_SOFT = 1024;

    private static final long MEMLOCK_BYTES = 8L << 20;
    private static final long STACK_BYTES = 8L << 20;

    @Override
    public Set<String> liveKeys() {
        return Set.of();
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        StartLimits limits = StartLimits.of(start.conf());
        start.transaction()
                .step("set resource limits", "container " + start.ve().id(), null, () -> {
                    long files = limits.openFiles().orElse(StartLimits.OPEN_FILES_MAX);
                    long locked = limits.lockedBytes().orElse(MEMLOCK_BYTES);
                    limit(start, pid, ResourceLimit.NOFILE, Math.min(files, OPEN_FILES_SOFT), files);
                    limit(start, pid, ResourceLimit.NPROC, ResourceLimit.INFINITY, ResourceLimit.INFINITY);
                    limit(start, pid, ResourceLimit.CORE, 0, ResourceLimit.INFINITY);
                    limit(start, pid, ResourceLimit.STACK, STACK_BYTES, ResourceLimit.INFINITY);
                    limit(start, pid, ResourceLimit.MEMLOCK, Math.min(locked, MEMLOCK_BYTES), locked);
                    if (limits.pendingSignals().isPresent()) {
                        long signals = limits.pendingSignals().getAsLong();
                        limit(start, pid, ResourceLimit.SIGPENDING, signals, signals);
                    }
                    return pid;
                });
    }

    /** Sets one limit; a caller who may not raise limits (no CAP_SYS_RESOURCE, as in a container) passes its own on. */
    private static void limit(Starting start, int pid, ResourceLimit resource, long soft, long hard)
            throws IOException {
        try {
            start.linux().setLimit(pid, resource, soft, hard);
        } catch (SyscallException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_UBC;
    }
}
