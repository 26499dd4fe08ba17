package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;

/** The interfaces of a network namespace: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK. */
public final class Links {
    /** Longest name of an interface, {@code IFNAMSIZ} less its zero. */
    public static final int NAME_MAX = 15;

    private static final int VLAN_8021Q = 0x8100;
    private static final int VLAN_MAX = 4094;
    private static final int SKIP_STATS = 8;

    private final NetlinkSocket socket;

    public Links(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * One end of a veth pair, made down.
     *
     * @param mac null for one of the kernel's choice
     * @param arp whether it asks for its neighbours; {@link LinkChange#arp}
     */
    public record VethEnd(String name, @Nullable Mac mac, boolean arp) {
        public VethEnd {
            checked(name);
        }

        private long flags() {
            return arp ? 0 : Link.NOARP;
        }

        private void describe(NlMessage message) {
            message.attributes().put(Tables.LINK_NAME, name);
            if (mac != null) {
                message.attributes().put(Tables.LINK_ADDRESS, mac.bytes());
            }
        }
    }

    /**
     * Makes a veth pair.
     *
     * @param peerNamespace where the second end is born, at once and under its name; null for this namespace
     */
    public void createVeth(VethEnd here, VethEnd peer, @Nullable Fd peerNamespace) throws IOException {
        NlMessage other = NlMessage.of(MessageKind.LINK, 0, 0, 0, 0, 0, peer.flags(), peer.flags());
        peer.describe(other);
        if (peerNamespace != null) {
            other.attributes().put(Tables.LINK_NET_NS_FD, peerNamespace.number());
        }
        NlMessage message = create(here.flags());
        here.describe(message);
        Attributes data = new Attributes().put(Tables.VETH_PEER, other.encodeBody());
        describeKind(message, "veth", data);
        send(message, "create veth " + here.name + " with peer " + peer.name);
    }

    /** Makes a bridge, down. */
    public void createBridge(String name) throws IOException {
        createPlain("bridge", name);
    }

    /** Makes a dummy, down: it swallows what is sent to it. */
    public void createDummy(String name) throws IOException {
        createPlain("dummy", name);
    }

    /** Makes an intermediate device, down: what is redirected to it waits in its queue and goes on where it was going. */
    public void createIfb(String name) throws IOException {
        createPlain("ifb", name);
    }

    private void createPlain(String kind, String name) throws IOException {
        NlMessage message = create(0);
        message.attributes().put(Tables.LINK_NAME, checked(name));
        describeKind(message, kind, new Attributes());
        send(message, "create " + kind + " " + name);
    }

    /**
     * Makes an interface, down, for one IEEE 802.1Q VLAN of another.
     *
     * @param below index of the interface that carries the tagged frames
     * @param id 1 to 4094
     */
    public void createVlan(String name, int below, int id) throws IOException {
        if (id < 1 || id > VLAN_MAX) {
            throw new IllegalArgumentException("VLAN " + id);
        }
        NlMessage message = create(0);
        message.attributes().put(Tables.LINK_NAME, checked(name)).put(Tables.LINK_LINK, below);
        Attributes data = new Attributes().put(Tables.VLAN_ID, id).put(Tables.VLAN_PROTOCOL, VLAN_8021Q);
        describeKind(message, "vlan", data);
        send(message, "create vlan " + name);
    }

    private static NlMessage create(long flags) {
        return NlMessage.of(MessageKind.LINK, MessageKind.LINK.newType(), 0, 0, 0, 0, flags, flags);
    }

    private static void describeKind(NlMessage message, String kind, Attributes data) {
        Attributes info = new Attributes().put(Tables.INFO_KIND, kind).put(Tables.INFO_DATA, data.encode());
        message.attributes().put(Tables.LINK_INFO, info);
    }

    private void send(NlMessage message, String request) throws IOException {
        socket.request(message, NetlinkSocket.EXCLUSIVE, request);
    }

    /**
     * Changes an interface.
     *
     * @param name for messages
     */
    public void change(int index, String name, LinkChange change) throws IOException {
        socket.request(change.message(index), 0, "change " + name);
    }

    /** Deletes an interface, and the other end of a veth pair. Returns false if there is none of that name. */
    public boolean delete(String name) throws IOException {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.deleteType());
        message.attributes().put(Tables.LINK_NAME, checked(name));
        try {
            socket.request(message, 0, "delete " + name);
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    /** The interface of that name; ENODEV if there is none. */
    public Link get(String name) throws IOException {
        NlMessage message = query();
        message.attributes().put(Tables.LINK_NAME, checked(name));
        return Link.of(socket.get(message, "get " + name));
    }

    /** The interface of that index; ENODEV if there is none. */
    public Link get(int index) throws IOException {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.getType(), 0, 0, 0, index);
        message.attributes().put(Tables.LINK_EXT_MASK, SKIP_STATS);
        return Link.of(socket.get(message, "get interface " + index));
    }

    /** The interface of that name, or null. */
    public @Nullable Link find(String name) throws IOException {
        try {
            return get(name);
        } catch (NetlinkException e) {
            if (e.is(Errno.ENODEV)) {
                return null;
            }
            throw e;
        }
    }

    /** All interfaces. */
    public List<Link> list() throws IOException {
        List<Link> links = new ArrayList<>();
        for (NlMessage message : socket.dump(query(), "list interfaces")) {
            links.add(Link.of(message));
        }
        return links;
    }

    private static NlMessage query() {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.getType());
        message.attributes().put(Tables.LINK_EXT_MASK, SKIP_STATS);
        return message;
    }

    /** An interface's name as the kernel takes it: 1 to 15 bytes without slash, colon and blank, and not {@code .} or {@code ..}. */
    static String checked(String name) {
        boolean good = !name.isEmpty() && name.length() <= NAME_MAX && !name.equals(".") && !name.equals("..");
        for (int i = 0; good && i < name.length(); i++) {
            char c = name.charAt(i);
            good = c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%';
        }
        if (!good) {
            throw new IllegalArgumentException("Bad interface name '" + name + "'");
        }
        return name;
    }
}
