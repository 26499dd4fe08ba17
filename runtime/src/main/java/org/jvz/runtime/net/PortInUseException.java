package org.jvz.runtime.net;

import java.io.IOException;
import org.jvz.runtime.config.CtId;

/** A port of the host leads to another VE already. */
public final class PortInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    PortInUseException(String port, CtId owner) {
        super("Port " + port + " of the host is forwarded to container " + owner);
    }
}
