package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.undo.Transaction;

/**
 * The template as lower layer, the private area ({@code upper}, {@code work}) as upper one. overlayfs cannot be
 * id-mapped itself, its layers can: both are cloned as id-mapped mounts, attached at the stage because overlayfs looks
 * layers up by path, and taken off the stage again as soon as the overlay holds them. See docs/adr/0007.
 */
public final class OverlayLayout implements Layout {
    static final String UPPER = "upper";
    static final String WORK = "work";
    static final String LOWER = "lower";
    private static final String VIEW = "view";

    /**
     * Written out although most are the kernel's defaults, since a distribution's kernel or a module parameter may have
     * others:
     *
     * <ul>
     *   <li>{@code index=off}: an index ties the upper layer to the inode numbers of one lower tree, and a private area
     *       restored from a backup, or after its template was imported again, would not mount (ESTALE);
     *   <li>{@code metacopy=off}: the private area holds whole files, which is what backups copy;
     *   <li>{@code redirect_dir=on}: directories of the template can be renamed like any other; off gives EXDEV, which
     *       package managers and databases do not expect. The mark is a {@code trusted.} attribute that a VE can
     *       neither read nor set;
     *   <li>{@code xino=auto}: inode numbers stay unique and constant when template and private area are on different
     *       file systems;
     *   <li>not {@code volatile}: customers' data has to reach the disk.
     * </ul>
     */
    private static final String OPTIONS = ",index=off,metacopy=off,redirect_dir=on,xino=auto";

    private final Linux linux;
    private final UserNamespaces userNamespaces;

    public OverlayLayout(Linux linux, UserNamespaces userNamespaces) {
        this.linux = linux;
        this.userNamespaces = userNamespaces;
    }

    @Override
    public String word() {
        return "overlay";
    }

    @Override
    public void create(Transaction transaction, VeTree tree, CopyListener listener) throws IOException {
        Path area = tree.area();
        Path upper = area.resolve(UPPER);
        Directories.makeAll(transaction, linux, parent(area));
        transaction.step("make private area", area.toString(), RootfsUndo.rmtree(area), () -> {
            // 0700, the umask can only take away: set-id files of the VE lie here with their real owners.
            linux.mkdirAt(Fd.CWD, area.toString(), 0700);
            return true;
        });
        AreaProject.begin(transaction, linux, area, tree.project());
        transaction.step("make upper layer", upper.toString(), null, () -> {
            linux.mkdirAt(Fd.CWD, upper.toString(), 0700);
            // The root of an overlay looks like the root of its upper layer.
            Directories.copyAttributes(linux, tree.template(), upper);
            return true;
        });
        transaction.step("make work directory", area.resolve(WORK).toString(), null, () -> {
            linux.mkdirAt(Fd.CWD, area.resolve(WORK).toString(), 0700);
            return true;
        });
        listener.copied(1, 0);
    }

    @Override
    public void mount(Transaction transaction, VeTree tree) throws IOException {
        Path root = tree.root();
        Path lower = tree.stage().resolve(LOWER);
        Path upper = tree.stage().resolve(UPPER);
        Directories.makeAll(transaction, linux, root);
        makeStage(transaction, lower, upper);
        try (Fd users = userNamespace(transaction, userNamespaces, tree.shift())) {
            DetachedLayer.attach(
                    transaction, linux, "lower layer", tree.template(), users, lower, RootfsUndo.detach(lower));
            DetachedLayer.attach(
                    transaction, linux, "upper layer", tree.area(), users, upper, RootfsUndo.detach(upper));
        }
        transaction.step("mount overlay", "on " + root, RootfsUndo.umount(root), () -> {
            linux.mount(
                    "overlay",
                    root,
                    "overlay",
                    Set.of(MountFlag.NODEV),
                    layers(lower, upper.resolve(UPPER), upper.resolve(WORK)));
            return true;
        });
        transaction.step("detach stage", tree.stage().toString(), null, () -> {
            clear(lower);
            clear(upper);
            RootfsUndo.removeDirectory(linux, tree.stage());
            return true;
        });
    }

    @Override
    public InsideRoot openUnshifted(Transaction transaction, VeTree tree) throws IOException {
        Path view = tree.stage().resolve(VIEW);
        Path area = tree.area();
        makeStage(transaction, view);
        Fd root = transaction.step("mount view", "on " + view, RootfsUndo.detach(view), () -> {
            linux.mount(
                    "overlay",
                    view,
                    "overlay",
                    Set.of(MountFlag.NODEV, MountFlag.NOSUID, MountFlag.NOEXEC),
                    layers(tree.template(), area.resolve(UPPER), area.resolve(WORK)));
            return linux.open(view, OpenFlag.PATH, OpenFlag.DIRECTORY);
        });
        try {
            // Detached at once: the descriptor keeps the mount, and closing it ends it, whatever happens to us.
            transaction.step("detach view", view.toString(), null, () -> {
                clear(view);
                RootfsUndo.removeDirectory(linux, tree.stage());
                return true;
            });
            return new InsideRoot(linux, root, area.toString(), IdShift.NONE);
        } catch (IOException e) {
            root.close();
            throw e;
        }
    }

    private void makeStage(Transaction transaction, Path... places) throws IOException {
        for (Path place : places) {
            Directories.makeAll(transaction, linux, place);
            // A mount of a moment that outlived its command, and the command's journal: not to be built upon.
            if (linux.statFollowing(place).mountRoot()) {
                RootfsUndo.detachNow(linux, place);
            }
        }
    }

    private void clear(Path place) throws IOException {
        RootfsUndo.detachNow(linux, place);
        RootfsUndo.removeDirectory(linux, place);
    }

    /** The user namespace that shifts ids, as a step; null for a privileged VE. */
    static @Nullable Fd userNamespace(Transaction transaction, UserNamespaces userNamespaces, IdShift shift)
            throws IOException {
        if (!shift.shifts()) {
            return null;
        }
        return transaction.step(
                "make id mapping", "for ids from " + shift.uid(), null, () -> userNamespaces.forShift(shift));
    }

    private static String layers(Path lower, Path upper, Path work) {
        return "lowerdir=" + escape(lower) + ",upperdir=" + escape(upper) + ",workdir=" + escape(work) + OPTIONS;
    }

    /** Escapes what overlayfs takes for syntax: commas between options, colons between lower layers, the backslash. */
    static String escape(Path path) {
        String plain = path.toString();
        StringBuilder escaped = new StringBuilder(plain.length() + 8);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == ',' || c == ':' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    static Path parent(Path area) throws IOException {
        Path parent = area.getParent();
        if (parent == null) {
            throw new IOException("A private area has to have a parent directory: " + area);
        }
        return parent;
    }
}
