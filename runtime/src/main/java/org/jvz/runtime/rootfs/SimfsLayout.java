package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.Transaction;

/** The private area is the whole tree, a copy of the template, shown at the VE root by one id-mapped mount. */
public final class SimfsLayout implements Layout {
    /** Search permission of group and others. */
    private static final int SEARCH = 0011;

    private final Linux linux;
    private final UserNamespaces userNamespaces;

    public SimfsLayout(Linux linux, UserNamespaces userNamespaces) {
        this.linux = linux;
        this.userNamespaces = userNamespaces;
    }

    @Override
    public String word() {
        return "simfs";
    }

    @Override
    public void create(Transaction transaction, VeTree tree, CopyListener listener) throws IOException {
        Path area = tree.area();
        Directories.makeAll(transaction, linux, OverlayLayout.parent(area));
        transaction.step("check access", area.toString(), null, () -> {
            requireClosed(area);
            return true;
        });
        transaction.step("make private area", area.toString(), RootfsUndo.rmtree(area), () -> {
            linux.mkdirAt(Fd.CWD, area.toString(), 0700);
            return true;
        });
        AreaProject.begin(transaction, linux, area, tree.project());
        transaction.step("copy template", tree.template() + " to " + area, null, () -> {
            TreeCopy.copy(linux, tree.template(), area, listener);
            return true;
        });
    }

    /**
     * The private area's own mode is that of the VE's root directory, so a directory above it has to keep users of the
     * host away from set-id files that the VE makes there.
     */
    private void requireClosed(Path area) throws IOException {
        Path parent = OverlayLayout.parent(area);
        for (Path above = parent; above != null; above = above.getParent()) {
            FileStat stat = linux.statFollowing(above);
            if ((stat.permissions() & SEARCH) == 0 && stat.uid() == 0) {
                return;
            }
        }
        throw new IOException(
                "Private area " + area + " would be open to users of the host; make " + parent + " 0700 first");
    }

    @Override
    public void mount(Transaction transaction, VeTree tree) throws IOException {
        Directories.makeAll(transaction, linux, tree.root());
        try (Fd users = OverlayLayout.userNamespace(transaction, userNamespaces, tree.shift())) {
            DetachedLayer.attach(
                    transaction,
                    linux,
                    "private area",
                    tree.area(),
                    users,
                    tree.root(),
                    RootfsUndo.umount(tree.root()));
        }
    }

    @Override
    public InsideRoot openUnshifted(Transaction transaction, VeTree tree) throws IOException {
        return transaction.step(
                "open private area",
                tree.area().toString(),
                null,
                () -> InsideRoot.open(linux, tree.area(), IdShift.NONE));
    }
}
