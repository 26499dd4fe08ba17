package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** What a bridge does with the frames of one of its ports: bridge(8), {@code linux/if_bridge.h}. */
public final class BridgePorts {
    private static final int AF_BRIDGE = 7;
    private static final int RTM_SETLINK = 19;
    /** BRIDGE_VLAN_INFO_PVID and BRIDGE_VLAN_INFO_UNTAGGED. */
    private static final int PVID_UNTAGGED = 2 | 4;

    private final NetlinkSocket socket;

    public BridgePorts(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * A bridge's settings of VLANs.
     *
     * @param filtering whether the bridge keeps VLANs apart at all
     * @param defaultId the VLAN that it puts new ports into, 0 for none
     */
    public record Vlans(boolean filtering, int defaultId) {}

    /** How a bridge treats VLANs; null if this kernel's bridges know none. */
    public @Nullable Vlans vlans(Link bridge) throws IOException {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.getType(), 0, 0, 0, bridge.index());
        Attributes answer = socket.get(message, "get bridge " + bridge.name()).attributes();
        Attributes info = answer.nested(Tables.LINK_INFO);
        byte[] data = info == null ? null : info.bytes(Tables.INFO_DATA);
        if (data == null) {
            throw new IOException(bridge.name() + " does not tell what bridge it is");
        }
        Attributes settings = Attributes.decode(Tables.BRIDGE, data, 0, data.length);
        long filtering = settings.number(Tables.BRIDGE_VLAN_FILTERING, -1);
        return filtering < 0 ? null : new Vlans(filtering != 0, (int) settings.number(Tables.BRIDGE_DEFAULT_PVID, 0));
    }

    /** Frames without a tag that come from the port belong to the VLAN, and those of the VLAN leave by it without one. */
    public void addUntagged(Link port, int vlan) throws IOException {
        NlMessage message = vlan(RTM_SETLINK, port, vlan, PVID_UNTAGGED);
        socket.request(message, 0, "put " + port.name() + " into VLAN " + vlan);
    }

    /** The port is not in that VLAN any more; changes nothing if it is not. */
    public void remove(Link port, int vlan) throws IOException {
        NlMessage message = vlan(MessageKind.LINK.deleteType(), port, vlan, 0);
        try {
            socket.request(message, 0, "take " + port.name() + " out of VLAN " + vlan);
        } catch (NetlinkException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static NlMessage vlan(int type, Link port, int vlan, int flags) {
        byte[] info = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) flags)
                .putShort((short) vlan)
                .array();
        NlMessage message = NlMessage.of(MessageKind.LINK, type, AF_BRIDGE, 0, 0, port.index());
        message.attributes().put(Tables.LINK_AF_SPEC, new Attributes().put(Tables.BRIDGE_VLAN_INFO, info));
        return message;
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
