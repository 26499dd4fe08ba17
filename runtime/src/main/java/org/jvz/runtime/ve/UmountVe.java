package org.jvz.runtime.ve;

import java.io.IOException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.rootfs.RootMount;

/** Unmounts a stopped VE's root. */
public final class UmountVe {
    private final VeHost host;

    /** Unmounts VEs of this host. */
    public UmountVe(VeHost host) {
        this.host = host;
    }

    /** Unmounts the root, with everything mounted below it. */
    public void run(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "unmounting", events)) {
            Ve ve = session.ve();
            if (session.running() != null) {
                throw new VeException(VzError.RUNNING, VeEvent.of(VeEvent.Kind.UMOUNT_RUNNING));
            }
            if (!RootMount.isMounted(ve.root())) {
                throw new VeException(VzError.FS_NOT_MOUNTED, VeEvent.of(VeEvent.Kind.NOT_MOUNTED));
            }
            new TearDown(host, id, events).unmount(ve.root());
        }
    }
}
