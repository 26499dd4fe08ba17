package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.IdmapUserns;
import org.jvz.runtime.rootfs.Layout;
import org.jvz.runtime.rootfs.MountOptions;
import org.jvz.runtime.rootfs.OverlayLayout;
import org.jvz.runtime.rootfs.SimfsLayout;
import org.jvz.runtime.rootfs.VeTree;
import org.jvz.runtime.undo.StepException;
import org.jvz.runtime.undo.Transaction;

/** Mounts a VE's root, with the scripts around it, as a part of a larger transaction. */
final class Mounting {
    private final VeSession session;
    private final Ve ve;
    private final IdShift shift;

    Mounting(VeSession session, Ve ve, IdShift shift) {
        this.session = session;
        this.ve = ve;
        this.shift = shift;
    }

    /** Mounts the root; undone with the transaction. */
    void mount(Transaction transaction) throws IOException {
        ve.needPrivateArea();
        VeTree tree = ve.tree(shift);
        Layout layout = layout(session.host().linux(), ve.layout());
        if (layout instanceof OverlayLayout && !Files.isDirectory(tree.template())) {
            throw new VeException(
                    VzError.OSTEMPLATE_NOT_FOUND,
                    "The template of container " + ve.id() + " is gone from the store: " + tree.template()
                            + "; import its archive again");
        }
        ActionScripts scripts = new ActionScripts(session.host().paths(), ve.id());
        scripts.runGlobalFirst("premount");
        try {
            DiskQuota.gather(session, ve, transaction);
            layout.mount(transaction, tree);
            setOptions(transaction, MountOptions.parse(ve.conf().file().get("MOUNT_OPTS")));
        } catch (StepException e) {
            throw new VeException(VzError.CANT_MOUNT, "Unable to mount container " + ve.id(), e);
        }
        scripts.runGlobalFirst("mount");
        // From here on it is taken away as umount does it. A mount script that fails is followed by the unmount alone.
        transaction.step("mounted", ve.root().toString(), HostUndo.unmountVe(ve.id(), ve.root()), () -> ve);
        session.events().event(VeEvent.Kind.MOUNTED);
    }

    private void setOptions(Transaction transaction, MountOptions options) throws IOException {
        if (options.isNone()) {
            return;
        }
        Linux linux = session.host().linux();
        transaction.step("set mount options", "on " + ve.root(), null, () -> {
            try (Fd root = linux.open(ve.root(), OpenFlag.PATH, OpenFlag.DIRECTORY)) {
                linux.setMountAttributes(root, false, options.set(), Set.of(), null);
            }
            return true;
        });
    }

    /**
     * The layout of that name.
     *
     * @throws VeException if this host has none of that name
     */
    static Layout layout(Linux linux, String word) {
        return switch (word) {
            case "overlay" -> new OverlayLayout(linux, new IdmapUserns(linux));
            case "simfs" -> new SimfsLayout(linux, new IdmapUserns(linux));
            default ->
                throw new VeException(VzError.PLOOP_UNSUPPORTED, VeEvent.of(VeEvent.Kind.LAYOUT_UNSUPPORTED, word));
        };
    }
}
