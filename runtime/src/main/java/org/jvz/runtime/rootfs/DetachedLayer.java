package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.Propagation;
import org.jvz.runtime.undo.Transaction;
import org.jvz.runtime.undo.UndoStep;

/** A directory as a mount of its own with shifted ids, not attached anywhere yet. */
final class DetachedLayer {
    private DetachedLayer() {}

    /**
     * Clones the mount of {@code directory}, without what is mounted below, shifts its ids and attaches it at {@code
     * target}. Steps: {@code clone WHAT}, {@code idmap WHAT}, {@code restrict WHAT}, {@code attach WHAT}.
     *
     * @param users the id mapping, or null for none
     * @param undo how to take the attached mount away
     */
    static void attach(
            Transaction transaction,
            Linux linux,
            String what,
            Path directory,
            @Nullable Fd users,
            Path target,
            UndoStep undo)
            throws IOException {
        try (Fd tree = transaction.step(
                "clone " + what,
                "of " + directory,
                null,
                () -> linux.openTree(Fd.CWD, directory.toString(), Set.of(OpenTreeFlag.CLONE)))) {
            if (users != null) {
                transaction.step("idmap " + what, "of " + directory, null, () -> {
                    linux.idmap(tree, false, users);
                    return true;
                });
            }
            transaction.step("restrict " + what, "of " + directory, null, () -> {
                // Private, or what is mounted below the VE root would turn up in the private area, too: a clone is a
                // peer of its origin. No devices: a template or a backup may bring nodes, and the VE's root owns them.
                linux.setMountAttributes(tree, false, Set.of(MountAttr.NODEV), Set.of(), Propagation.PRIVATE);
                return true;
            });
            transaction.step("attach " + what, "at " + target, undo, () -> {
                linux.attach(tree, target.toString());
                return true;
            });
        }
    }
}
