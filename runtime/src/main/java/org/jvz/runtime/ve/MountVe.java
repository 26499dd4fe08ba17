package org.jvz.runtime.ve;

import java.io.IOException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.undo.Transaction;

/** Mounts a stopped VE's root on the host. */
public final class MountVe {
    private final VeHost host;

    /** Mounts VEs of this host. */
    public MountVe(VeHost host) {
        this.host = host;
    }

    /** Mounts the root; a mounted one is a remark, not a failure. */
    public void run(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "mounting", events)) {
            Ve ve = session.ve();
            if (RootMount.isMounted(ve.root())) {
                events.event(VeEvent.Kind.ALREADY_MOUNTED);
                return;
            }
            IdClaim claim = IdClaim.of(session, ve);
            try (Transaction transaction = session.begin()) {
                new Mounting(session, claim.ve(), claim.shift()).mount(transaction);
                transaction.commit();
            }
        }
    }
}
