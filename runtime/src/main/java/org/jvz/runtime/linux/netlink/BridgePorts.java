package org.jvz.runtime.linux.netlink;

import java.io.IOException;

/** What a bridge does with the frames of one of its ports: bridge(8), {@code linux/if_bridge.h}. */
public final class BridgePorts {
    private final NetlinkSocket socket;

    public BridgePorts(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Whether the bridge hands over nothing between this port and others for which the same is said. */
    public void isolate(Link port, boolean isolated) throws IOException {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.newType(), 0, 0, 0, port.index());
        Attributes data = new Attributes().put(Tables.ISOLATED, isolated ? 1 : 0);
        Attributes info =
                new Attributes().put(Tables.INFO_SLAVE_KIND, "bridge").put(Tables.INFO_SLAVE_DATA, data.encode());
        message.attributes().put(Tables.LINK_INFO, info);
        socket.request(message, 0, (isolated ? "isolate " : "no longer isolate ") + port.name());
    }
}
