package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.rootfs.Discard;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.undo.Transaction;

/**
 * Removes a stopped VE. Its configuration and scripts stay beside as {@code .destroyed}; its files are moved out of sight
 * and deleted by a process in the background.
 */
public final class DestroyVe {
    private static final String[] SCRIPTS = {"premount", "mount", "start", "stop", "umount", "postumount"};

    private final VeHost host;

    /** Destroys VEs of this host. */
    public DestroyVe(VeHost host) {
        this.host = host;
    }

    /** Removes the VE; a missing private area is no obstacle. */
    public void run(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "destroying", events)) {
            Ve ve = session.ve();
            if (session.running() != null) {
                throw new VeException(VzError.RUNNING, VeEvent.of(VeEvent.Kind.DESTROY_RUNNING));
            }
            if (RootMount.isMounted(ve.root())) {
                throw new VeException(VzError.FS_MOUNTED, VeEvent.of(VeEvent.Kind.DESTROY_MOUNTED));
            }
            events.event(VeEvent.Kind.DESTROYING_PRIVATE, ve.privateArea().toString());
            try (Transaction transaction = session.begin()) {
                retireFiles(transaction, ve);
                // Last, for it cannot be taken back; a destroy cut short here is finished by the next one.
                discardPrivateArea(session, transaction, ve, events);
                transaction.commit();
            } catch (IOException e) {
                throw new VeException(VzError.DELETE_PRIVATE, "Unable to destroy container " + id, e);
            }
            clearRemains(ve);
            events.event(VeEvent.Kind.PRIVATE_DESTROYED);
        }
    }

    private void retireFiles(Transaction transaction, Ve ve) throws IOException {
        HostPaths paths = host.paths();
        CtId id = ve.id();
        String name = ve.conf().file().get("NAME");
        if (name != null && id.equals(new Names(paths).owner(name))) {
            Path link = paths.namesDir().resolve(name);
            Path target = Files.readSymbolicLink(link);
            transaction.step(
                    "remove name", link.toString(), HostUndo.symlink(target, link), () -> Files.deleteIfExists(link));
        }
        List<Path> files = new ArrayList<>();
        files.add(paths.conf(id));
        for (String script : SCRIPTS) {
            Path file = paths.confSibling(id, script);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                files.add(file);
            }
        }
        for (Path file : files) {
            Path retired = file.resolveSibling(file.getFileName() + ".destroyed");
            Files.deleteIfExists(retired);
            transaction.step(
                    "rename", file.toString(), RootfsUndo.renameBack(retired, file), () -> Files.move(file, retired));
        }
    }

    private void discardPrivateArea(VeSession session, Transaction transaction, Ve ve, VeEvents events)
            throws IOException {
        Path area = ve.privateArea();
        if (!Files.exists(area, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isSymbolicLink(area)) {
            events.event(
                    VeEvent.Kind.PRIVATE_IS_SYMLINK,
                    area.toString(),
                    Files.readSymbolicLink(area).toString());
        }
        if (Files.exists(area)) {
            DiskQuota.release(session, ve, transaction);
        }
        transaction.step(
                "discard private area",
                area.toString(),
                null,
                () -> Discard.renameAside(host.linux(), area, host.paths().vzDir()));
    }

    private void clearRemains(Ve ve) throws IOException {
        Path dumpDir = ve.conf().dumpDir();
        if (dumpDir != null) {
            Files.deleteIfExists(dumpDir.resolve("Dump." + ve.id()));
        }
        Consoles.forget(host.paths(), ve.id());
        if (Files.isDirectory(ve.root(), LinkOption.NOFOLLOW_LINKS)) {
            removeIfEmpty(ve.root());
        }
        deleteInBackground(Discard.directoryFor(
                host.linux(), ve.privateArea(), host.paths().vzDir()));
    }

    private static void removeIfEmpty(Path dir) throws IOException {
        try {
            Files.deleteIfExists(dir);
        } catch (java.nio.file.DirectoryNotEmptyException used) {
            // Somebody keeps files at the mount point; they are not the VE's.
        }
    }

    /** Deletes everything that was put aside, also what an earlier deletion that was killed has left. */
    private static void deleteInBackground(Path place) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "-f", "rm", "-rf", "--one-file-system", "--"));
        int fixed = command.size();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "vzctl-rm-me.*")) {
            for (Path entry : entries) {
                command.add(entry.toString());
            }
        } catch (java.nio.file.NoSuchFileException nothing) {
            return;
        }
        if (command.size() > fixed) {
            // Streams of its own: a caller that reads ours to their end must not wait for the deletion.
            new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }
    }
}
