package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.MacAddresses;
import org.jvz.runtime.config.NameConflictException;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.rootfs.RootMount;

/**
 * Changes a VE's configuration, its name and the passwords inside.
 *
 * <p>A running VE takes most settings of its environment at once ({@link VePart#liveKeys}); {@link PendingSettings} tells
 * which ones it would have to be restarted for, and the caller is told. CT 0, the host, has a configuration and nothing else.
 */
public final class SetVe {
    private final VeHost host;

    /** Changes VEs of this host. */
    public SetVe(VeHost host) {
        this.host = host;
    }

    /**
     * Sets what is asked for, or nothing.
     *
     * @throws VeException with {@link VzError#NOT_RUNNING} if something is to be applied to a stopped VE and not to be
     *     saved
     */
    public void run(CtId id, SetOptions options, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "", events)) {
            set(session, options);
        }
    }

    /**
     * Gives a running VE the beancounters of its configuration anew, whatever was set since without being saved. The host
     * itself, CT 0, has none to be given: its kernel counts nothing that it could be limited by.
     *
     * @throws VeException with {@link VzError#NOT_RUNNING} for a stopped VE
     */
    public void resetLimits(CtId id, VeEvents events) throws IOException {
        if (id.value() == 0) {
            tellHost(id, events);
            return;
        }
        try (VeSession session = VeSession.open(host, id, "", events)) {
            VeState state = session.running();
            if (state == null) {
                throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.NOT_RUNNING));
            }
            VeConf conf = session.ve().conf();
            new LiveSettings(
                            session,
                            new EditResult(conf, conf),
                            PendingSettings.beancounters(),
                            "Unable to apply UBC parameters")
                    .apply(state, () -> conf);
        }
    }

    private static boolean isUnlimited(String value) {
        return value.startsWith("unlimited") || value.startsWith(Long.toString(BarrierLimit.UNLIMITED));
    }

    /** Names in one line what the host's own configuration, 0.conf, would limit. */
    private void tellHost(CtId id, VeEvents events) throws IOException {
        if (!Files.exists(host.paths().conf(id))) {
            return;
        }
        VeConf conf = VeConf.read(host.conf(), id);
        List<Unenforced> all = new ArrayList<>();
        for (String key : PendingSettings.beancounters()) {
            String value = conf.text(key);
            if (value != null && !isUnlimited(value)) {
                all.add(new Unenforced(key, "the kernel limits nothing for the host itself"));
            }
        }
        if (!all.isEmpty()) {
            events.event(VeEvent.Kind.NOT_ENFORCED, Unenforced.summary(all));
        }
    }

    private void set(VeSession session, SetOptions options) throws IOException {
        CtId id = session.id();
        boolean configured = Files.exists(host.paths().conf(id));
        VeConf conf = configured ? VeConf.read(host.conf(), id) : VeConf.empty(host.conf(), id);
        session.tellOddities(conf);
        VeState state = session.running();
        boolean running = state != null;
        EditResult result = options.edit().apply(conf);
        checkDirectories(result, running);
        checkMacs(result);
        Devices.check(host, result);
        PendingSettings pending = PendingSettings.of(result, options.asked());
        if (running) {
            pending = pending.withoutLive();
        }
        if (!running && !options.save() && pending.group() != null) {
            throw new VeException(VzError.NOT_RUNNING, VeEvent.of(VeEvent.Kind.CANT_APPLY_STOPPED, pending.group()));
        }
        if (running
                && !pending.forRestart().isEmpty()
                && options.whenRestartNeeded() == SetOptions.WhenRestartNeeded.REFUSE) {
            throw cantApply(pending);
        }
        new Passwords(host).set(session, options.passwords());
        if (options.relinkName()) {
            relink(conf);
        }
        VeEvents events = session.events();
        if (state == null || !apply(session, result, options, state, configured)) {
            if (options.save()) {
                save(result, options, configured, events);
            }
        }
        if (running) {
            report(session, options, pending);
        }
        if (!options.save() && !options.asked().isEmpty()) {
            events.event(VeEvent.Kind.NOT_SAVED, running ? "running" : "");
        }
    }

    /** Gives a running VE what it takes, and saves that; false if it did not take it, which does not matter (--force). */
    private boolean apply(VeSession session, EditResult result, SetOptions options, VeState state, boolean configured)
            throws IOException {
        try {
            new LiveSettings(session, result, options).apply(state, () -> {
                if (options.save()) {
                    save(result, options, configured, session.events());
                }
                return result;
            });
            return true;
        } catch (VeException e) {
            if (!options.force() || e.error() == VzError.CONFIG_SAVE) {
                throw e;
            }
            Throwable cause = e.getCause();
            session.events()
                    .event(
                            VeEvent.Kind.WARNING,
                            "not applied to the running container, saved all the same as --force says: "
                                    + (cause == null ? e : cause).getMessage());
            return false;
        }
    }

    /** Two VEs with one hardware address, perhaps in one bridge, would take each other's frames. */
    private void checkMacs(EditResult result) throws IOException {
        for (NetIf each : result.added(ConfKey.NETIF)) {
            for (String mac : new String[] {each.mac(), each.hostMac()}) {
                CtId owner = mac == null
                        ? null
                        : new MacAddresses(host.paths())
                                .owner(mac, result.after().id());
                if (owner != null) {
                    throw new VeException(
                            VzError.VETH,
                            "MAC address " + mac + " of " + each.ifname() + " is container " + owner + "'s");
                }
            }
        }
    }

    /** The directories of a VE are not pulled away from under it. */
    private static void checkDirectories(EditResult result, boolean running) throws IOException {
        for (ConfKey<?> key : result.changed()) {
            if (key == ConfKey.VE_ROOT || key == ConfKey.VE_PRIVATE) {
                if (running) {
                    throw new VeException(
                            VzError.RUNNING, VeEvent.of(VeEvent.Kind.CANT_CHANGE_DIRECTORY, key.name(), "running"));
                }
                if (result.before().root() != null
                        && RootMount.isMounted(result.before().root())) {
                    throw new VeException(
                            VzError.FS_MOUNTED, VeEvent.of(VeEvent.Kind.CANT_CHANGE_DIRECTORY, key.name(), "mounted"));
                }
            }
        }
    }

    private static VeException cantApply(PendingSettings pending) {
        return new VeException(
                VzError.RUNNING,
                VeEvent.of(VeEvent.Kind.CANT_APPLY_RUNNING, PendingSettings.names(pending.forRestart())));
    }

    private void save(EditResult result, SetOptions options, boolean configured, VeEvents events) throws IOException {
        if (result.isUnchanged() && options.asked().isEmpty()) {
            events.event(VeEvent.Kind.CONFIG_UNCHANGED);
            return;
        }
        VeConf conf = result.after();
        if (!configured) {
            events.event(VeEvent.Kind.CONFIG_IS_NEW, conf.file().path().toString());
        }
        try {
            if (options.asked().contains(ConfKey.NAME)) {
                saveWithName(result, events);
            } else {
                conf.save();
            }
        } catch (IOException e) {
            throw new VeException(
                    VzError.CONFIG_SAVE, "Unable to save " + conf.file().path(), e);
        }
        events.event(VeEvent.Kind.CONFIG_SAVED, conf.file().path().toString());
    }

    /** The new name is ours before it is written down, and the old one goes after. */
    private void saveWithName(EditResult result, VeEvents events) throws IOException {
        VeConf conf = result.after();
        Names names = new Names(host.paths());
        String name = conf.text("NAME");
        if (name == null) {
            conf.save();
        } else {
            boolean had = conf.id().equals(names.owner(name));
            try {
                saveNamed(names, name, conf);
            } catch (IOException e) {
                if (!had) {
                    // Nobody's name as long as the configuration does not say it, but no litter either.
                    names.remove(name, conf.id());
                }
                throw e;
            }
            if (!had) {
                events.event(VeEvent.Kind.NAME_ASSIGNED, name);
            }
        }
        String former = result.before().text("NAME");
        if (former != null && !former.equals(name)) {
            names.remove(former, conf.id());
        }
    }

    private static void saveNamed(Names names, String name, VeConf conf) throws IOException {
        Names.Claim claim = claim(names, name, conf.id());
        try {
            conf.save();
        } finally {
            claim.close();
        }
    }

    private static Names.Claim claim(Names names, String name, CtId id) throws IOException {
        try {
            return names.claim(name, id);
        } catch (NameConflictException e) {
            throw new VeException(
                    VzError.SET_NAME,
                    VeEvent.of(VeEvent.Kind.NAME_CONFLICT, name, e.owner().toString()));
        }
    }

    private void relink(VeConf conf) throws IOException {
        @Nullable String name = conf.text("NAME");
        if (name != null && Names.isValid(name)) {
            claim(new Names(host.paths()), name, conf.id()).close();
        }
    }

    /** Tells what of the change a running VE has not got, or has it get that by a restart. */
    private void report(VeSession session, SetOptions options, PendingSettings pending) throws IOException {
        VeEvents events = session.events();
        reportRecorded(pending, events);
        if (pending.forRestart().isEmpty()) {
            return;
        }
        if (options.whenRestartNeeded() == SetOptions.WhenRestartNeeded.RESTART) {
            events.event(VeEvent.Kind.RESTARTING);
            new StopVe(host).run(session, new StopOptions(false, false));
            new StartVe(host).run(session, new StartOptions(false, false, false, false));
        } else {
            events.event(VeEvent.Kind.NOT_APPLIED, PendingSettings.names(pending.forRestart()));
        }
    }

    private static void reportRecorded(PendingSettings pending, VeEvents events) {
        List<ConfKey<?>> recorded = new ArrayList<>(pending.recorded());
        if (!recorded.isEmpty()) {
            events.event(VeEvent.Kind.RECORDED_ONLY, PendingSettings.names(recorded));
        }
    }
}
