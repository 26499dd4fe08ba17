package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** The addresses of a network namespace's interfaces: RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR. */
public final class Addresses {
    private static final int F_NODAD = 2;

    private final NetlinkSocket socket;

    public Addresses(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Adds an address, an IPv6 one without asking the link for other owners. EEXIST if the interface has it.
     *
     * @param prefix length of the subnet's prefix; the whole length makes no route to a subnet
     * @param label alias name of an IPv4 address, beginning with the interface's name; null for the name itself
     */
    public void add(Link link, NetAddress address, int prefix, Scope scope, @Nullable String label) throws IOException {
        NlMessage message = message(MessageKind.ADDRESS.newType(), link.index(), address, prefix, scope);
        if (label != null && !address.isV6()) {
            if (label.length() > Links.NAME_MAX) {
                throw new IllegalArgumentException("label longer than " + Links.NAME_MAX + ": " + label);
            }
            message.attributes().put(Tables.ADDRESS_LABEL, label);
        }
        if (address.isV6()) {
            message.attributes().put(Tables.ADDRESS_FLAGS, F_NODAD);
        }
        socket.request(
                message, NetlinkSocket.EXCLUSIVE, "add address " + address + "/" + prefix + " to " + link.name());
    }

    /** Removes an address. Returns false if the interface has not got it. */
    public boolean delete(int interfaceIndex, NetAddress address, int prefix) throws IOException {
        NlMessage message = message(MessageKind.ADDRESS.deleteType(), interfaceIndex, address, prefix, Scope.UNIVERSE);
        try {
            socket.request(message, 0, "delete address " + address + "/" + prefix);
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.EADDRNOTAVAIL) || e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    private static NlMessage message(int type, int index, NetAddress address, int prefix, Scope scope) {
        NlMessage message = NlMessage.of(MessageKind.ADDRESS, type, address.family(), prefix, 0, scope.number(), index);
        byte[] bytes = address.bytes();
        message.attributes().put(Tables.ADDRESS_LOCAL, bytes).put(Tables.ADDRESS_ADDRESS, bytes);
        return message;
    }

    /** All addresses, IPv4 and IPv6. */
    public List<IfAddress> list() throws IOException {
        return list(0);
    }

    /** The addresses of one interface. */
    public List<IfAddress> list(int interfaceIndex) throws IOException {
        List<IfAddress> addresses = new ArrayList<>();
        NlMessage query = NlMessage.of(MessageKind.ADDRESS, MessageKind.ADDRESS.getType(), 0, 0, 0, 0, interfaceIndex);
        for (NlMessage message : socket.dump(query, "list addresses")) {
            addresses.add(IfAddress.of(message));
        }
        return addresses;
    }
}
