package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.IdMap;
import org.jvz.runtime.config.IdRangeTakenException;
import org.jvz.runtime.config.IdRanges;
import org.jvz.runtime.config.NameConflictException;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.guest.NewGuest;
import org.jvz.runtime.rootfs.CopyListener;
import org.jvz.runtime.rootfs.DiskSpace;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.Layout;
import org.jvz.runtime.rootfs.ProjectId;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.rootfs.SimfsLayout;
import org.jvz.runtime.rootfs.VeTree;
import org.jvz.runtime.undo.Transaction;
import org.jvz.runtime.undo.UndoStep;

/** Makes a VE from a template: its configuration, its range of ids, its private area. It is neither mounted nor started. */
public final class CreateVe {
    /** What an overlay VE needs free at the least: its own directories and the guest's first files. */
    private static final long OVERLAY_BYTES = 4 << 20;

    private static final long OVERLAY_INODES = 64;

    private final VeHost host;

    /** Makes VEs on this host, which must have templates. */
    public CreateVe(VeHost host) {
        this.host = host;
    }

    /** Makes the VE, or changes nothing. */
    public void run(CtId id, CreateOptions options, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "creating", events)) {
            NewConf conf = new NewConf(host, id, events);
            VeConf wanted = conf.make(options);
            String ostemplate = conf.ostemplate(wanted, options);
            wanted = wanted.withText("OSTEMPLATE", ostemplate);
            Ve ve = Ve.of(wanted);
            checkPrivateArea(ve.privateArea());
            Layout layout = Mounting.layout(host.linux(), Ve.layoutWord(wanted));
            try (TemplateSource.Lease lease = host.templates().acquire(ostemplate, events)) {
                checkSpace(layout, ve.privateArea(), lease);
                events.event(VeEvent.Kind.CREATING_PRIVATE, ostemplate);
                build(session, wanted, layout, lease, conf.existed());
            } catch (IOException e) {
                throw new VeException(VzError.NEW_PRIVATE, "Unable to create container " + id, e);
            }
        }
    }

    private void build(VeSession session, VeConf wanted, Layout layout, TemplateSource.Lease lease, boolean existed)
            throws IOException {
        VeConf conf = wanted.withText("VE_LAYOUT", layout.word());
        if (!(layout instanceof SimfsLayout)) {
            conf = conf.withText(Ve.DIGEST_KEY, lease.digest());
        }
        try (Transaction transaction = session.begin()) {
            Ve ve = configure(transaction, conf, existed);
            IdShift shift = java.util.Objects.requireNonNull(ve.shift());
            Path area = ve.privateArea();
            Path half = area.resolveSibling(area.getFileName() + ".tmp");
            VeTree tree = new VeTree(
                    lease.rootfs(),
                    half,
                    ve.root(),
                    host.paths().stage(ve.id()),
                    shift,
                    ProjectId.of(host.paths(), ve.id()));
            layout.create(transaction, tree, listener(session.events(), lease));
            session.events().event(VeEvent.Kind.POSTCREATE);
            prepareGuest(transaction, layout, tree, conf);
            transaction.step("rename private area", half.toString(), RootfsUndo.renameBack(area, half), () -> {
                Files.deleteIfExists(area);
                return Files.move(half, area);
            });
            session.events()
                    .event(VeEvent.Kind.CONFIG_SAVED, host.paths().conf(ve.id()).toString());
            new ActionScripts(host.paths(), ve.id()).runGlobal("create");
            transaction.commit();
            Files.deleteIfExists(copyOfConf(ve.id()));
            session.events().event(VeEvent.Kind.PRIVATE_CREATED);
            String name = conf.file().get("NAME");
            if (name != null) {
                session.events().event(VeEvent.Kind.NAME_ASSIGNED, name);
            }
        }
    }

    private static CopyListener listener(VeEvents events, TemplateSource.Lease lease) {
        long total = Math.max(1, lease.inodes());
        return (entries, bytes) ->
                events.progress("Copying the template ... " + Math.min(100, 100 * entries / total) + "%");
    }

    private void prepareGuest(Transaction transaction, Layout layout, VeTree tree, VeConf conf) throws IOException {
        String ostemplate = conf.file().get("OSTEMPLATE");
        transaction.step("prepare guest", tree.area().toString(), null, () -> {
            DistScripts dists = DistScripts.of(host.paths(), conf);
            try (InsideRoot root = layout.openUnshifted(transaction, tree)) {
                if (dists.has(DistScripts.Action.POST_CREATE)) {
                    dists.runOnHost(DistScripts.Action.POST_CREATE, Map.of("VE_ROOT", root.hostPath()));
                } else {
                    NewGuest.prepare(root, ostemplate);
                }
            }
            return tree;
        });
    }

    /** Gives the VE its ids and its name and saves its configuration, so that nobody else gets either. */
    private Ve configure(Transaction transaction, VeConf conf, boolean existed) throws IOException {
        CtId id = conf.id();
        Path file = host.paths().conf(id);
        String name = conf.file().get("NAME");
        try (IdRanges.Reservation range = reserve(conf);
                Names.Claim claim = claimName(transaction, name, id)) {
            VeConf complete = range.recordIn(conf);
            transaction.step(
                    "save configuration",
                    file.toString(),
                    existed ? keepCopy(file, id) : RootfsUndo.unlink(file),
                    () -> {
                        complete.save();
                        return claim;
                    });
            return Ve.of(complete);
        }
    }

    /** How to bring a configuration back that was there before us. */
    private UndoStep keepCopy(Path file, CtId id) throws IOException {
        Path copy = copyOfConf(id);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        return HostUndo.restore(copy, file);
    }

    private Path copyOfConf(CtId id) {
        return host.journal(id).resolveSibling(id + ".conf");
    }

    private Names.@Nullable Claim claimName(Transaction transaction, @Nullable String name, CtId id)
            throws IOException {
        if (name == null || name.isEmpty()) {
            return null;
        }
        Names names = new Names(host.paths());
        // A name that was the VE's before stays, and one that is another's is not ours to take back.
        UndoStep undo = id.equals(names.owner(name)) ? null : HostUndo.name(name, id);
        return transaction.step("link name", name, undo, () -> {
            try {
                return names.claim(name, id);
            } catch (NameConflictException e) {
                throw new VeException(
                        VzError.SET_NAME,
                        VeEvent.of(VeEvent.Kind.NAME_CONFLICT, name, e.owner().toString()));
            }
        });
    }

    private IdRanges.Reservation reserve(VeConf conf) throws IOException {
        IdRanges ranges = new IdRanges(host.paths());
        String uid = conf.file().get("LOCAL_UID");
        if (uid == null) {
            return ranges.reserve(host.conf(), conf.id());
        }
        String gid = conf.file().get("LOCAL_GID");
        try {
            return ranges.claim(new IdMap(Long.parseLong(uid), Long.parseLong(gid == null ? uid : gid)), conf.id());
        } catch (IdRangeTakenException e) {
            throw new VeException(VzError.INVALID_VALUE, "The ids from " + uid + " are another container's", e);
        } catch (IllegalArgumentException e) {
            throw new VeException(VzError.INVALID_VALUE, "LOCAL_UID=\"" + uid + "\" is not the base of an id range", e);
        }
    }

    /** Refuses a private area that is in use. An empty directory is not. */
    private static void checkPrivateArea(Path area) throws IOException {
        if (RootMount.isMounted(area)) {
            throw new VeException(
                    VzError.NEW_PRIVATE, VeEvent.of(VeEvent.Kind.PRIVATE_IS_MOUNT_POINT, area.toString()));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(area)) {
            if (entries.iterator().hasNext()) {
                throw new VeException(VzError.PRIVATE_EXISTS, VeEvent.of(VeEvent.Kind.PRIVATE_EXISTS, area.toString()));
            }
        } catch (NoSuchFileException free) {
            // as it should be
        } catch (NotDirectoryException e) {
            throw new VeException(VzError.PRIVATE_EXISTS, VeEvent.of(VeEvent.Kind.PRIVATE_EXISTS, area.toString()), e);
        }
    }

    private void checkSpace(Layout layout, Path area, TemplateSource.Lease lease) throws IOException {
        boolean copy = layout instanceof SimfsLayout;
        long bytes = copy ? lease.unpackedBytes() : OVERLAY_BYTES;
        long inodes = copy ? lease.inodes() : OVERLAY_INODES;
        DiskSpace space = DiskSpace.at(host.linux(), area);
        if (!space.holds(bytes, inodes)) {
            throw new VeException(
                    VzError.NO_DISK_SPACE,
                    "Not enough space for " + area + ": " + bytes / 1024 + " KiB and " + inodes + " inodes are needed, "
                            + space.freeBytes() / 1024 + " KiB and " + space.freeInodes() + " are free");
        }
    }
}
