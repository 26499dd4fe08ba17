package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import org.jvz.runtime.config.CtId;

/**
 * Puts right what a killed command left of a VE. Every operation does so by itself; this is for a caller that finds a VE
 * without a configuration and wants to know whether that is the truth or only the middle of a destroy.
 */
public final class RepairVe {
    private final VeHost host;

    /** Repairs VEs of this host. */
    public RepairVe(VeHost host) {
        this.host = host;
    }

    /** Repairs the VE if there is anything to repair and nobody is at work on it. */
    public void run(CtId id) throws IOException {
        if (!Files.exists(host.journal(id)) && !VeLock.isLeftBehind(host.lockDir(), id)) {
            return;
        }
        try {
            VeSession.open(host, id, "repairing", event -> {}).close();
        } catch (VeException e) {
            if (e.error() != VzError.LOCKED) {
                throw e;
            }
        }
    }
}
