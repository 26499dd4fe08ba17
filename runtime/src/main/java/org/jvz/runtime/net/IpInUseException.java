package org.jvz.runtime.net;

import java.io.IOException;
import org.jvz.runtime.linux.netlink.NetAddress;

/** An address belongs to somebody else: another VE or the host itself. */
public final class IpInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    IpInUseException(NetAddress address, String owner) {
        super("IP address " + address + " is used by " + owner);
    }
}
