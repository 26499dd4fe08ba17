package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.HostWeight;
import org.jvz.runtime.cgroup.StartLimits;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.seccomp.SeccompFilter;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.OomScore;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.linux.spawn.Spawning;
import org.jvz.runtime.rootfs.DeviceFiles;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.undo.Transaction;

/** Makes the environment of a mounted VE (cgroups, namespaces, ids) and executes its first program in it. */
final class Launch {
    private final VeSession session;
    private final Ve ve;
    private final IdShift shift;
    private Map<String, String> settings = Map.of();
    private @Nullable Keeper keeper;

    Launch(VeSession session, Ve ve, IdShift shift) {
        this.session = session;
        this.ve = ve;
        this.shift = shift;
    }

    /** Gives what is started a keeper; {@link #keep} lets it begin. */
    Launch keptBy(@Nullable Keeper keeper) {
        this.keeper = keeper;
        return this;
    }

    /** From here on, what was started does without us. */
    void keep(Spawned started) throws IOException {
        if (keeper != null) {
            keeper.keep(started, session.host().linux());
        }
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
            new HostWeight(Math.max(1, host.conf().number(VzKey.VE0CPUUNITS, 1000))).apply(linux, cgroup);
            return cgroup;
        });
        String object = "container " + ve.id();
        List<VePart> parts = VeParts.all();
        try (Fd dev = transaction.step("make /dev", object, null, () -> DeviceFiles.make(linux, shift))) {
            Starting start = new Starting(session, transaction, ve, shift, cgroup, dev);
            for (VePart part : parts) {
                part.prepare(start);
            }
            Set<Capability> capabilities = Rights.capabilities(ve.conf(), shift.shifts());
            start.settings().put(Rights.SETTING, Long.toHexString(Capability.mask(capabilities)));
            if (!Rights.mayFilter(ve.conf())) {
                start.settings().put(Rights.NO_NETFILTER, "yes");
            }
            return spawn(start, parts, spec(cgroup, capabilities, first));
        } finally {
            VeParts.close(parts);
        }
    }

    private Spawned spawn(Starting start, List<VePart> parts, StartList.StartSpec spec) throws IOException {
        VeHost host = session.host();
        Linux linux = host.linux();
        Transaction transaction = start.transaction();
        byte[] filter = SeccompFilter.program(
                VeGuards.refusals(shift.shifts(), spec.capabilities(), Rights.mayFilter(ve.conf())),
                host.filterCache(),
                linux);
        CallList list = StartList.of(spec, start, parts, filter, keeper, host.faults());
        Path unified =
                shift.shifts() ? start.cgroup().unified() : start.cgroup().inner();
        try (Fd dir = unified == null ? null : linux.open(unified, OpenFlag.PATH, OpenFlag.DIRECTORY);
                Spawning spawning = new Spawner(linux).start(list, StartList.namespaces(shift.shifts()), dir)) {
            try {
                mapIds(transaction, spawning.pid());
                for (VePart part : parts) {
                    part.admit(start, spawning.pid());
                }
            } catch (IOException e) {
                throw whyReally(spawning, e);
            }
            spawning.release();
            Spawned started = spawning.await();
            // Of whoever called us only the VE's own defaults may remain: a VE started by cron is the same as by hand.
            transaction.step(
                    "reset oom_score_adj", "process " + started.pid(), null, () -> OomScore.ofChild(started.pid(), 0));
            tellUnenforced(start);
            for (VePart part : parts) {
                part.started(start);
            }
            settings = start.settings();
            return started;
        }
    }

    /** What the VE was given, to be kept in its state. */
    Map<String, String> settings() {
        return settings;
    }

    /** Tells in one line what of the configuration has no effect on this host. */
    private void tellUnenforced(Starting start) {
        Recorded.tell(start);
        if (!start.unenforced().isEmpty()) {
            start.events().event(VeEvent.Kind.NOT_ENFORCED, Unenforced.summary(start.unenforced()));
        }
    }

    private StartList.StartSpec spec(VeCgroup cgroup, Set<Capability> capabilities, ExecList.Program first)
            throws IOException {
        StartLimits limits = StartLimits.of(ve.conf());
        String hostname = ve.conf().file().get("HOSTNAME");
        return new StartList.StartSpec(
                cgroup.v1TaskFiles(),
                ve.root(),
                cgroup.unified() != null,
                Features.hasSysfs(ve.conf()),
                capabilities,
                hostname == null || hostname.isEmpty() ? GuestSetup.DEFAULT_HOSTNAME : hostname,
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

    /** The child has no rights before its ids are mapped. */
    private void mapIds(Transaction transaction, int pid) throws IOException {
        if (shift.shifts()) {
            Path proc = Path.of("/proc/" + pid);
            String range = " " + IdShift.COUNT + "\n";
            write(transaction, "map users", proc.resolve("uid_map"), "0 " + shift.uid() + range);
            write(transaction, "map groups", proc.resolve("gid_map"), "0 " + shift.gid() + range);
        }
    }

    private static void write(Transaction transaction, String step, Path file, String text) throws IOException {
        transaction.step(
                step,
                file.toString(),
                null,
                () -> Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE));
    }
}
