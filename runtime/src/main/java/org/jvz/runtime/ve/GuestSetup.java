package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.guest.FileEdit;
import org.jvz.runtime.guest.Guest;
import org.jvz.runtime.guest.GuestNetwork;
import org.jvz.runtime.rootfs.FileChange;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.undo.UndoStep;
import org.jvz.runtime.ve.DistScripts.Action;

/**
 * What a VE's own files say of it: host name, name servers, addresses. A start writes them before init runs; a change writes them again, and
 * the host name is then known inside at once.
 */
final class GuestSetup implements VePart {
    /** The name of a VE that was given none. */
    static final String DEFAULT_HOSTNAME = "localhost";

    private static final String FASTBOOT = "/fastboot";

    private VzError error = VzError.SYSTEM;

    @Override
    public Set<String> liveKeys() {
        return Set.of("HOSTNAME", "NAMESERVER", "SEARCHDOMAIN", "IP_ADDRESS");
    }

    @Override
    public Set<String> keysToRepeat() {
        return Set.of("HOSTNAME", "NAMESERVER", "SEARCHDOMAIN");
    }

    /**
     * Writes the files of a VE that is about to start. One whose files do not take it (a FIFO in their place, or an immutable one) starts all
     * the same and is told of: name and addresses it has anyway. What a script of the distribution does is left to it.
     */
    static void prepare(InsideRoot root, VeConf conf, DistScripts dists, VeEvents events) throws IOException {
        Guest guest = Guest.detect(root, conf.file().get("OSTEMPLATE"));
        String hostname = conf.file().get("HOSTNAME");
        try {
            if (hostname != null && !hostname.isEmpty() && !dists.has(Action.SET_HOSTNAME)) {
                guest.setHostname(root, hostname);
            }
        } catch (IOException e) {
            warn(events, "the host name", e);
        }
        try {
            GuestNetwork network = network(conf);
            if (!dists.has(Action.SET_DNS)) {
                write(root, guest.dns(network));
            }
            tellWithoutServers(conf, network, events);
        } catch (IOException e) {
            warn(events, "the name servers", e);
        }
        try {
            if (!dists.has(Action.ADD_IP)) {
                write(root, guest.network(root, network(conf)));
            }
        } catch (IOException e) {
            warn(events, "the addresses", e);
        }
        try {
            skipChecks(root);
        } catch (IOException e) {
            warn(events, FASTBOOT, e);
        }
    }

    /** A VE that does not start keeps no file that only a start makes; null where the file is there already. */
    static @Nullable UndoStep undo(Path root) {
        Path file = root.resolve(FASTBOOT.substring(1));
        boolean there = java.nio.file.Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        return there ? null : RootfsUndo.unlink(file);
    }

    /** The VE's disks are the host's: an init that looks for this file, as sysvinit and systemd do, checks none. */
    private static void skipChecks(InsideRoot root) throws IOException {
        if (root.kind(FASTBOOT) == InsideRoot.Kind.ABSENT) {
            root.write(FASTBOOT, new byte[0], 0644);
        }
    }

    private static void write(InsideRoot root, List<FileEdit> edits) throws IOException {
        for (FileEdit edit : edits) {
            FileChange change = edit.plan(root);
            if (change != null) {
                change.make(root);
            }
        }
    }

    private static void warn(VeEvents events, String what, IOException e) {
        events.event(VeEvent.Kind.WARNING, "Unable to write " + what + " into the container: " + reasons(e));
    }

    private static String reasons(Throwable failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause.getMessage());
        }
        return text.toString();
    }

    private static void tellWithoutServers(VeConf conf, GuestNetwork network, VeEvents events) {
        // Not of the default of vz.conf: that would be said at every start of every VE on a host without any.
        if (network.nameservers() == null && conf.file().has("NAMESERVER") && conf.text("NAMESERVER") != null) {
            events.event(VeEvent.Kind.WARNING, "NAMESERVER is inherit, and this host has no name servers to inherit");
        }
    }

    private static GuestNetwork network(VeConf conf) throws IOException {
        HostResolver host = new HostResolver();
        List<String> servers = conf.get(ConfKey.NAMESERVER).orElse(List.of());
        List<String> domains = conf.get(ConfKey.SEARCHDOMAIN).orElse(List.of());
        return new GuestNetwork(
                conf.get(ConfKey.IP_ADDRESS).orElse(List.of()),
                nullIfEmpty(host.servers(servers)),
                nullIfEmpty(host.domains(domains)));
    }

    private static @Nullable List<String> nullIfEmpty(List<String> words) {
        return words.isEmpty() ? null : words;
    }

    @Override
    public void change(Changing change) throws IOException {
        VeConf conf = change.result().after();
        IdShift shift = Ve.of(change.result().before()).shift();
        Path top = Path.of(change.state().root());
        try (InsideRoot root = InsideRoot.open(change.linux(), top, shift == null ? IdShift.NONE : shift)) {
            Files files = new Files(change, root, shift == null ? IdShift.NONE : shift);
            Guest guest = Guest.detect(root, conf.file().get("OSTEMPLATE"));
            DistScripts dists = DistScripts.of(change.host().paths(), conf);
            if (change.concerns("HOSTNAME")) {
                error = VzError.BAD_HOSTNAME;
                rename(change, files, guest, dists, conf.file().get("HOSTNAME"));
            }
            boolean dns = change.concerns("NAMESERVER", "SEARCHDOMAIN");
            if (dns) {
                error = change.concerns("NAMESERVER") ? VzError.BAD_NAMESERVER : VzError.BAD_SEARCHDOMAIN;
                GuestNetwork network = network(conf);
                refuseWithoutServers(conf, network);
                if (dists.has(Action.SET_DNS)) {
                    run(change, dists, Action.SET_DNS, DistScripts.dns(conf));
                } else {
                    files.write(guest.dns(network));
                }
                if (!dists.has(Action.ADD_IP)) {
                    files.write(guest.network(root, network));
                }
            }
            if (change.concerns("IP_ADDRESS")) {
                if (dists.has(Action.ADD_IP)) {
                    tellAddresses(change, dists, conf);
                } else if (!dns) {
                    keepAddresses(change, files, guest, root, conf);
                }
            }
        }
    }

    /** The VE has the addresses, and every start gives them to it again: a guest whose files do not take them is only told of. */
    private void keepAddresses(Changing change, Files files, Guest guest, InsideRoot root, VeConf conf)
            throws IOException {
        error = VzError.CANT_ADD_IP;
        try {
            files.write(guest.network(root, network(conf)));
        } catch (IOException e) {
            warn(change.events(), "the addresses", e);
        }
    }

    private void tellAddresses(Changing change, DistScripts dists, VeConf conf) throws IOException {
        List<VeAddress> gone = Addresses.gone(change);
        if (!gone.isEmpty() && dists.has(Action.DEL_IP)) {
            boolean all = change.result().drop().all();
            run(change, dists, Action.DEL_IP, DistScripts.addresses(conf, "running", gone, all));
        }
        List<VeAddress> added = change.result().added(ConfKey.IP_ADDRESS);
        if (!added.isEmpty()) {
            run(change, dists, Action.ADD_IP, DistScripts.addresses(conf, "running", added, false));
        }
    }

    /** What a script has done inside cannot be undone. */
    private void run(Changing change, DistScripts dists, Action action, Map<String, String> variables)
            throws IOException {
        try (RunningVe ve = RunningVe.open(change.host(), change.session().id())) {
            if (ve == null) {
                throw new IOException("the container has ended");
            }
            change.transaction().step("run distribution script", action.name(), null, () -> {
                dists.runInside(change.host(), ve, action, variables);
                return action;
            });
        } catch (VeException e) {
            error = e.error();
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void refuseWithoutServers(VeConf conf, GuestNetwork network) throws IOException {
        if (network.nameservers() == null
                && conf.text("NAMESERVER") != null
                && conf.file().has("NAMESERVER")) {
            throw new IOException("This host has no name servers that a container could inherit");
        }
    }

    private void rename(Changing change, Files files, Guest guest, DistScripts dists, @Nullable String hostname)
            throws IOException {
        boolean given = hostname != null && !hostname.isEmpty();
        String name = given && hostname != null ? hostname : DEFAULT_HOSTNAME;
        if (!Guest.isHostname(name)) {
            throw new IOException("Not a host name of at most 64 characters: '" + name + "'");
        }
        UtsNamespace uts = new UtsNamespace(change.linux(), change.state().initPid());
        String before = uts.hostname();
        change.transaction()
                .step("set hostname", name, HostUndo.hostname(change.session().id(), before), () -> {
                    uts.setHostname(name);
                    return name;
                });
        if (given && dists.has(Action.SET_HOSTNAME)) {
            run(change, dists, Action.SET_HOSTNAME, DistScripts.hostname(name));
        } else if (given) {
            files.write(guest.hostname(name));
        }
    }

    /** Files of the running VE, each changed in a step of its own. */
    private record Files(Changing change, InsideRoot root, IdShift shift) {
        void write(List<FileEdit> edits) throws IOException {
            for (FileEdit edit : edits) {
                FileChange file = edit.plan(root);
                if (file != null) {
                    change.transaction()
                            .step("write guest file", file.path(), file.undo(root.toString(), shift), () -> {
                                file.make(root);
                                return file;
                            });
                }
            }
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return error;
    }
}
