package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.seccomp.SeccompFilter;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.linux.spawn.Spawning;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.undo.Transaction;

/** Makes the environment of a mounted VE (cgroups, namespaces, ids) and executes its first program in it. */
final class Launch {
    private static final String DEFAULT_HOSTNAME = "localhost";

    /** Descriptors a process of a VE may open: soft as on any Debian, hard as much as the kernel allows by default. */
    private static final long OPEN_FILES_SOFT = 1024;

    private static final long OPEN_FILES_HARD = 1 << 20;
    private static final long MEMLOCK_BYTES = 8L << 20;
    private static final long STACK_BYTES = 8L << 20;

    private final VeSession session;
    private final Ve ve;
    private final IdShift shift;

    Launch(VeSession session, Ve ve, IdShift shift) {
        this.session = session;
        this.ve = ve;
        this.shift = shift;
    }

    /**
     * Starts the program. Undone with the transaction: whatever is in the VE's cgroups is killed, and they are removed.
     *
     * @throws IOException naming the step, or the record of the list, that failed
     */
    Spawned run(Transaction transaction, ExecList.Program first) throws IOException {
        VeHost host = session.host();
        Linux linux = host.linux();
        VeCgroup cgroup = host.cgroup(ve.id());
        transaction.step("make cgroup", cgroup.name(), HostUndo.cgroup(ve.id()), () -> {
            cgroup.create(linux, shift.uid());
            return cgroup;
        });
        byte[] filter = SeccompFilter.program(VeGuards.refusals(), host.filterCache(), linux);
        CallList list = StartList.of(spec(cgroup, first), filter, host.faults());
        Path unified = cgroup.unified();
        try (Fd dir = unified == null ? null : linux.open(unified, OpenFlag.PATH, OpenFlag.DIRECTORY);
                Spawning spawning = new Spawner(linux).start(list, StartList.namespaces(shift.shifts()), dir)) {
            try {
                admit(transaction, spawning.pid());
            } catch (IOException e) {
                throw whyReally(spawning, e);
            }
            spawning.release();
            return spawning.await();
        }
    }

    private StartList.StartSpec spec(VeCgroup cgroup, ExecList.Program first) {
        String hostname = ve.conf().file().get("HOSTNAME");
        return new StartList.StartSpec(
                cgroup.v1TaskFiles(),
                ve.root(),
                cgroup.unified() != null,
                hostname == null || hostname.isEmpty() ? DEFAULT_HOSTNAME : hostname,
                0,
                0,
                first);
    }

    /** A child that failed before the gate makes our steps on it fail, too; its own failure is the one to tell. */
    private static IOException whyReally(Spawning spawning, IOException ours) {
        @Nullable IOException own = spawning.failure();
        if (own == null) {
            return ours;
        }
        own.addSuppressed(ours);
        return own;
    }

    /** The parent's part while the child waits: what only host root may do for it. */
    private void admit(Transaction transaction, int pid) throws IOException {
        Path proc = Path.of("/proc/" + pid);
        if (shift.shifts()) {
            String range = " " + IdShift.COUNT + "\n";
            write(transaction, "map users", proc.resolve("uid_map"), "0 " + shift.uid() + range);
            write(transaction, "map groups", proc.resolve("gid_map"), "0 " + shift.gid() + range);
        }
        // Of whoever called us only the VE's own defaults may remain: a VE started by cron is the same as by hand.
        write(transaction, "reset oom_score_adj", proc.resolve("oom_score_adj"), "0\n");
        transaction.step("set resource limits", "container " + ve.id(), null, () -> {
            limit(pid, ResourceLimit.NOFILE, OPEN_FILES_SOFT, OPEN_FILES_HARD);
            limit(pid, ResourceLimit.NPROC, ResourceLimit.INFINITY, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.CORE, 0, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.STACK, STACK_BYTES, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.MEMLOCK, MEMLOCK_BYTES, MEMLOCK_BYTES);
            return pid;
        });
    }

    private static void write(Transaction transaction, String step, Path file, String text) throws IOException {
        transaction.step(
                step,
                file.toString(),
                null,
                () -> Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE));
    }

    /** Sets one limit; a caller who may not raise limits (no CAP_SYS_RESOURCE, as in a container) passes its own on. */
    private void limit(int pid, ResourceLimit resource, long soft, long hard) throws IOException {
        try {
            session.host().linux().setLimit(pid, resource, soft, hard);
        } catch (SyscallException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }
}
