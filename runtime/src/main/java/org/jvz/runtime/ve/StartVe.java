package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.RequiredBeancounters;
import org.jvz.runtime.guest.BootKind;
import org.jvz.runtime.guest.Guest;
import org.jvz.runtime.linux.Causes;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.undo.Transaction;
import org.jvz.runtime.undo.UndoStep;
import org.jvz.runtime.ve.DistScripts.Action;

/** Starts a VE: mounts its root, makes its environment and executes its init. */
public final class StartVe {
    /** What OpenVZ gives init, and by what systemd knows where it is. */
    private static final List<String> INIT_ENVIRONMENT = List.of("HOME=/", "TERM=linux", "container=openvz");

    private final VeHost host;
    private final Map<String, String> remembered;

    /** Starts VEs of this host. */
    public StartVe(VeHost host) {
        this(host, Map.of());
    }

    /** @param remembered what a VE's state is to hold besides what its parts say */
    StartVe(VeHost host, Map<String, String> remembered) {
        this.host = host;
        this.remembered = remembered;
    }

    /** Starts the VE, or leaves the host as it was. */
    public void run(CtId id, StartOptions options, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "starting", events)) {
            run(session, options);
        }
    }

    /** The same in a session that is open already. */
    void run(VeSession session, StartOptions options) throws IOException {
        Ve ve = session.ve();
        if (session.running() != null) {
            throw new VeException(VzError.RUNNING, VeEvent.of(VeEvent.Kind.ALREADY_RUNNING));
        }
        if (!options.force() && "yes".equals(ve.conf().file().get("DISABLED"))) {
            throw new VeException(VzError.START_DISABLED, VeEvent.of(VeEvent.Kind.START_IS_DISABLED));
        }
        ve.needPrivateArea();
        needBeancounters(ve);
        session.tellOddities(ve.conf());
        VeEvents events = session.events();
        Path dump = CheckpointVe.dumpFile(ve);
        if (dump != null && Files.exists(dump)) {
            events.event(VeEvent.Kind.DUMP_FILE_FOUND, dump.toString());
            events.event(VeEvent.Kind.CANT_RESTORE_DUMP, RestoreVe.NO_UNDUMP);
        }
        events.event(VeEvent.Kind.STARTING);
        boolean mounted = RootMount.isMounted(ve.root());
        if (mounted && !options.skipRemount()) {
            new TearDown(host, ve.id(), events).unmount(ve.root());
            mounted = false;
        }
        IdClaim claim = IdClaim.of(session, ve);
        start(session, claim.ve(), claim.shift(), options, mounted);
        if (dump != null) {
            // The files go on from here: what the dump remembers of them is no longer true.
            Files.deleteIfExists(dump);
        }
        if (options.waitUntilUp()) {
            new StartedProbe(host, session).await(ve.id(), bootKind(claim));
            events.event(VeEvent.Kind.STARTED);
        }
    }

    /** As for OpenVZ, a configuration that leaves open what the VE may use is no configuration to start. */
    private static void needBeancounters(Ve ve) throws IOException {
        List<String> missing = RequiredBeancounters.missing(ve.conf());
        if (!missing.isEmpty()) {
            throw new VeException(VzError.NOT_ENOUGH_UBC, VeEvent.of(VeEvent.Kind.UBC_NOT_SET, missing.get(0)));
        }
    }

    private void start(VeSession session, Ve ve, IdShift shift, StartOptions options, boolean mounted)
            throws IOException {
        boolean ours = false;
        try (Transaction transaction = session.begin()) {
            if (!mounted) {
                new Mounting(session, ve, shift).mount(transaction);
                ours = true;
            }
            DistScripts dists = DistScripts.of(host.paths(), ve.conf());
            if (!options.skipSetup()) {
                preStart(transaction, ve, shift, dists);
            }
            String init = prepareGuest(transaction, ve, shift, dists, options, session.events());
            Map<Action, Map<String, String>> scripts = options.skipSetup() ? Map.of() : dists.atStart(ve.conf());
            launch(session, transaction, ve, shift, init, new Inside(dists, scripts));
            transaction.commit();
        } catch (IOException | VeException e) {
            if (ours && !RootMount.isMounted(ve.root())) {
                session.events().event(VeEvent.Kind.UNMOUNTED);
            }
            if (e instanceof VeException refused) {
                throw refused;
            }
            throw new VeException(reason(e), VeEvent.of(VeEvent.Kind.START_FAILED), e);
        }
        session.events().event(options.waitUntilUp() ? VeEvent.Kind.START_WAITING : VeEvent.Kind.START_IN_PROGRESS);
    }

    /** What a distribution's scripts do inside before init. */
    private record Inside(DistScripts dists, Map<Action, Map<String, String>> scripts) {}

    /** What the administrator has the host do for a guest of this distribution. */
    private static void preStart(Transaction transaction, Ve ve, IdShift shift, DistScripts dists) throws IOException {
        if (dists.has(Action.PRE_START)) {
            Map<String, String> variables = Map.of(
                    "VE_ROOT",
                    ve.root().toString(),
                    "VZ_KERNEL",
                    "no",
                    "USERNS",
                    shift.equals(IdShift.NONE) ? "no" : "yes");
            transaction.step("run distribution script", Action.PRE_START.name(), null, () -> {
                dists.runOnHost(Action.PRE_START, variables);
                return dists;
            });
        }
    }

    private static VzError reason(Throwable failure) {
        if (Addresses.isInUse(failure) || Translating.isInUse(failure)) {
            return VzError.IP_IN_USE;
        }
        if (Causes.find(failure, BadConfException.class).isPresent()) {
            return VzError.INVALID_CONFIG;
        }
        return Rights.isRefused(failure) ? VzError.SET_CAPABILITY : VzError.ENV_CREATE;
    }

    /** Writes what the guest's files are to say of it and finds its init. */
    private String prepareGuest(
            Transaction transaction, Ve ve, IdShift shift, DistScripts dists, StartOptions options, VeEvents events)
            throws IOException {
        UndoStep undo = options.skipSetup() ? null : GuestSetup.undo(ve.root());
        return transaction.step("prepare guest", ve.root().toString(), undo, () -> {
            try (InsideRoot inside = InsideRoot.open(host.linux(), ve.root(), shift)) {
                String init = inside.findInit();
                if (init == null) {
                    throw new VeException(VzError.BAD_TEMPLATE, VeEvent.of(VeEvent.Kind.NO_INIT));
                }
                if (!options.skipSetup()) {
                    GuestSetup.prepare(inside, ve.conf(), dists, events);
                }
                return init;
            }
        });
    }

    private BootKind bootKind(IdClaim claim) throws IOException {
        try (InsideRoot inside = InsideRoot.open(host.linux(), claim.ve().root(), claim.shift())) {
            return Guest.bootKind(inside);
        }
    }

    /** Makes the VE's environment and executes its init; what the administrator wants run inside before that, runs. */
    private void launch(VeSession session, Transaction transaction, Ve ve, IdShift shift, String init, Inside inside)
            throws IOException {
        try (Keeper keeper = Keeper.of(session, transaction, shift)) {
            launch(session, transaction, ve, shift, init, inside, new Launch(session, ve, shift).keptBy(keeper));
        }
    }

    private void launch(
            VeSession session, Transaction transaction, Ve ve, IdShift shift, String init, Inside inside, Launch launch)
            throws IOException {
        Path script = host.paths().confSibling(ve.id(), "start");
        if (!ActionScripts.isScript(script) && inside.scripts().isEmpty()) {
            ExecList.Program program = new ExecList.Program(
                    List.of(init), List.of("init", "-z"), INIT_ENVIRONMENT, null, null, null, false);
            try (Spawned started = launch.run(transaction, program)) {
                remember(transaction, ve.id(), state(ve, shift, started.pid(), launch));
                keep(transaction, ve.id(), launch, started);
            }
            return;
        }
        try (HeldInit held = HeldInit.of(host.linux(), init);
                Spawned started = launch.run(transaction, held.program(INIT_ENVIRONMENT))) {
            VeState state = state(ve, shift, started.pid(), launch);
            runInside(session, transaction, state, inside, script);
            transaction.step("release init", "container " + ve.id(), null, () -> {
                held.release(started.pid());
                return held;
            });
            remember(transaction, ve.id(), state);
            keep(transaction, ve.id(), launch, started);
        }
    }

    private static void keep(Transaction transaction, CtId id, Launch launch, Spawned started) throws IOException {
        transaction.step("let keeper wait", "container " + id, null, () -> {
            launch.keep(started);
            return started;
        });
    }

    private void runInside(VeSession session, Transaction transaction, VeState state, Inside inside, Path script)
            throws IOException {
        try (RunningVe running = RunningVe.open(host, session.id(), state)) {
            if (running == null) {
                throw new IOException("the container ended before " + script + " could run in it");
            }
            for (Map.Entry<Action, Map<String, String>> each : inside.scripts().entrySet()) {
                transaction.step("run distribution script", each.getKey().name(), null, () -> {
                    inside.dists().runInside(host, running, each.getKey(), each.getValue());
                    return each;
                });
            }
            transaction.step("run start script", script.toString(), null, () -> {
                new InsideScript(host).run(running, script, "start");
                return script;
            });
        } catch (VeException e) {
            session.events().event(VeEvent.Kind.START_FAILED);
            throw e;
        }
    }

    private VeState state(Ve ve, IdShift shift, int pid, Launch launch) throws IOException {
        ProcStat stat = ProcStat.read(pid);
        if (stat == null || !stat.alive()) {
            throw new IOException("init ended at once");
        }
        Map<String, String> settings = new HashMap<>(launch.settings());
        settings.putAll(remembered);
        return new VeState(pid, stat.startTicks(), shift.uid(), ve.root().toString(), settings);
    }

    private void remember(Transaction transaction, CtId id, VeState state) throws IOException {
        Path file = host.paths().state(id);
        Path vepid = TearDown.vepid(host, id);
        transaction.step("write pid", vepid.toString(), RootfsUndo.unlink(vepid), () -> {
            Files.createDirectories(host.paths().vepidDir());
            return Files.writeString(vepid, state.initPid() + "\n");
        });
        transaction.step("write state", file.toString(), RootfsUndo.unlink(file), () -> {
            if (!state.initAlive()) {
                throw new IOException("init ended at once");
            }
            state.write(file);
            return state;
        });
    }
}
