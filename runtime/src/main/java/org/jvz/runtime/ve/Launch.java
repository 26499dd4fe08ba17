package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.HostDevices;
import org.jvz.runtime.cgroup.LimitPlan;
import org.jvz.runtime.cgroup.Limits;
import org.jvz.runtime.cgroup.StartLimits;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeAddress;
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
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.undo.Transaction;

/** Makes the environment of a mounted VE (cgroups, namespaces, ids) and executes its first program in it. */
final class Launch {
    private static final String DEFAULT_HOSTNAME = "localhost";

    /** Descriptors a process of a VE may open unless it raises its limit itself: as on any Debian. */
    private static final long OPEN_FILES_SOFT = 1024;

    private static final long MEMLOCK_BYTES = 8L << 20;
    private static final long STACK_BYTES = 8L << 20;

    /** Settings that are kept and that this version does not put into effect, with the reason told at every start. */
    private static final String[][] NOT_BUILT = {
        {"DISKSPACE", "this version of jvz has no disk quota"},
        {"DISKINODES", "this version of jvz has no disk quota"},
        {"NETIF", "this version of jvz has no veth devices"},
        {"NETDEV", "this version of jvz moves no host devices"},
        {"NAMESERVER", "this version of jvz writes no resolv.conf"},
        {"SEARCHDOMAIN", "this version of jvz writes no resolv.conf"},
        {"CAPABILITY", "this version of jvz gives every container the same capabilities"},
        {"FEATURES", "this version of jvz gives every container the same features"},
        {"DEVICES", "this version of jvz passes no devices"},
        {"DEVNODES", "this version of jvz passes no devices"},
        {"PCI", "this version of jvz passes no devices"},
    };

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
        applyLimits(transaction, cgroup);
        byte[] filter = SeccompFilter.program(VeGuards.refusals(), host.filterCache(), linux);
        StartLimits limits = StartLimits.of(ve.conf());
        CallList list = StartList.of(spec(cgroup, limits, first), filter, host.faults());
        Path unified = cgroup.unified();
        try (Fd dir = unified == null ? null : linux.open(unified, OpenFlag.PATH, OpenFlag.DIRECTORY);
                Spawning spawning = new Spawner(linux).start(list, StartList.namespaces(shift.shifts()), dir)) {
            try {
                admit(transaction, spawning.pid(), limits);
                connect(transaction, spawning.pid());
            } catch (IOException e) {
                throw whyReally(spawning, e);
            }
            spawning.release();
            Spawned started = spawning.await();
            // Of whoever called us only the VE's own defaults may remain: a VE started by cron is the same as by hand.
            // Not
            // before the execve: until then the child's value and ours are one (proc_pid_oom_score_adj(5)).
            Path adjustment = Path.of("/proc/" + started.pid() + "/oom_score_adj");
            write(transaction, "reset oom_score_adj", adjustment, "0\n");
            return started;
        }
    }

    /** Sets the VE's limits while its cgroups are empty, and tells what this host cannot hold it to. */
    private void applyLimits(Transaction transaction, VeCgroup cgroup) throws IOException {
        Linux linux = session.host().linux();
        LimitPlan plan = transaction.step("set limits", cgroup.name(), null, () -> {
            LimitPlan made = Limits.plan(ve.conf(), cgroup, new HostDevices(linux), linux);
            made.apply(linux);
            return made;
        });
        VeEvents events = session.events();
        tell(events, VeEvent.Kind.CPU_LIMIT, "CPULIMIT");
        tell(events, VeEvent.Kind.CPU_UNITS, "CPUUNITS");
        tell(events, VeEvent.Kind.CPUS, "CPUS");
        tell(events, VeEvent.Kind.IO_LIMIT, "IOLIMIT");
        tell(events, VeEvent.Kind.IOPS_LIMIT, "IOPSLIMIT");
        List<Unenforced> all = new ArrayList<>(plan.unenforced());
        for (String[] later : NOT_BUILT) {
            String value = ve.conf().file().get(later[0]);
            if (value != null && !value.isEmpty()) {
                all.add(new Unenforced(later[0], later[1]));
            }
        }
        if (!all.isEmpty()) {
            events.event(VeEvent.Kind.NOT_ENFORCED, Unenforced.summary(all));
        }
    }

    private void tell(VeEvents events, VeEvent.Kind kind, String key) {
        String value = ve.conf().file().get(key);
        if (value != null && !value.isEmpty() && !value.equals("0")) {
            events.event(kind, value);
        }
    }

    private StartList.StartSpec spec(VeCgroup cgroup, StartLimits limits, ExecList.Program first) {
        String hostname = ve.conf().file().get("HOSTNAME");
        return new StartList.StartSpec(
                cgroup.v1TaskFiles(),
                ve.root(),
                cgroup.unified() != null,
                hostname == null || hostname.isEmpty() ? DEFAULT_HOSTNAME : hostname,
                limits.shmBytes().orElse(0),
                limits.ptys().orElse(0),
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
    private void admit(Transaction transaction, int pid, StartLimits limits) throws IOException {
        Path proc = Path.of("/proc/" + pid);
        if (shift.shifts()) {
            String range = " " + IdShift.COUNT + "\n";
            write(transaction, "map users", proc.resolve("uid_map"), "0 " + shift.uid() + range);
            write(transaction, "map groups", proc.resolve("gid_map"), "0 " + shift.gid() + range);
        }
        transaction.step("set resource limits", "container " + ve.id(), null, () -> {
            long files = limits.openFiles().orElse(StartLimits.OPEN_FILES_MAX);
            long locked = limits.lockedBytes().orElse(MEMLOCK_BYTES);
            limit(pid, ResourceLimit.NOFILE, Math.min(files, OPEN_FILES_SOFT), files);
            limit(pid, ResourceLimit.NPROC, ResourceLimit.INFINITY, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.CORE, 0, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.STACK, STACK_BYTES, ResourceLimit.INFINITY);
            limit(pid, ResourceLimit.MEMLOCK, Math.min(locked, MEMLOCK_BYTES), locked);
            if (limits.pendingSignals().isPresent()) {
                long signals = limits.pendingSignals().getAsLong();
                limit(pid, ResourceLimit.SIGPENDING, signals, signals);
            }
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

    /** Gives the VE its addresses before its init can look for them. */
    private void connect(Transaction transaction, int pid) throws IOException {
        List<VeAddress> addresses = ve.conf().get(ConfKey.IP_ADDRESS).orElse(List.of());
        if (addresses.isEmpty()) {
            return;
        }
        VeHost host = session.host();
        session.events().event(VeEvent.Kind.ADDING_IPS, LiveSettings.join(addresses));
        try (VeNamespace namespace = VeNamespace.ofInit(host.linux(), pid)) {
            Venet venet = new Venet(host.linux(), host.conf());
            for (String changed : venet.up(transaction, ve.id(), namespace, addresses)) {
                session.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
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
