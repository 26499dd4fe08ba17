package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/** The neighbour tables of a network namespace, ARP and NDP: RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH. */
public final class Neighbours {
    private static final int NTF_USE = 1;
    private static final int NTF_PROXY = 8;
    private static final int PERMANENT = 0x80;

    private final NetlinkSocket socket;

    public Neighbours(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * A neighbour whose hardware address the kernel knows or was told.
     *
     * @param mac null while the kernel still asks for it
     * @param permanent whether it was told
     */
    public record Neighbour(NetAddress address, int interfaceIndex, @Nullable Mac mac, boolean permanent) {}

    /** Makes the interface answer for the address; changes nothing if it does. */
    public void addProxy(Proxy proxy, String device) throws IOException {
        socket.request(
                message(MessageKind.NEIGHBOUR.newType(), proxy),
                NetlinkSocket.REPLACE,
                "add proxy " + proxy.address() + " dev " + device);
    }

    /** Makes the interface answer no longer. Returns false if it did not. */
    public boolean deleteProxy(Proxy proxy, String device) throws IOException {
        try {
            socket.request(
                    message(MessageKind.NEIGHBOUR.deleteType(), proxy),
                    0,
                    "delete proxy " + proxy.address() + " dev " + device);
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    private static NlMessage message(int type, Proxy proxy) {
        NlMessage message = message(type, proxy.address(), proxy.interfaceIndex(), PERMANENT, NTF_PROXY);
        if (proxy.protocol() != 0 && type == MessageKind.NEIGHBOUR.newType()) {
            message.attributes().put(Tables.NEIGHBOUR_PROTOCOL, proxy.protocol());
        }
        return message;
    }

    /** About one address on one interface. */
    private static NlMessage message(int type, NetAddress address, int interfaceIndex, int state, int flags) {
        NlMessage message =
                NlMessage.of(MessageKind.NEIGHBOUR, type, address.family(), 0, 0, interfaceIndex, state, flags);
        message.attributes().put(Tables.NEIGHBOUR_DST, address.bytes());
        return message;
    }

    /** The proxies of one family. */
    public List<Proxy> proxies(int family) throws IOException {
        NlMessage query =
                NlMessage.of(MessageKind.NEIGHBOUR, MessageKind.NEIGHBOUR.getType(), family, 0, 0, 0, 0, NTF_PROXY);
        List<Proxy> proxies = new ArrayList<>();
        for (NlMessage message : socket.dump(query, "list proxies")) {
            NetAddress address = message.attributes().address(Tables.NEIGHBOUR_DST);
            if (address != null && (message.intField(5) & NTF_PROXY) != 0) {
                int protocol = (int) message.attributes().number(Tables.NEIGHBOUR_PROTOCOL, 0);
                proxies.add(new Proxy(address, message.intField(3), protocol));
            }
        }
        return proxies;
    }

    /**
     * Makes the kernel ask the link for the neighbour's hardware address, whatever it learned before. Nothing waits for an answer.
     *
     * @return false if the address was told to the kernel for good, so that it asks for nothing
     */
    public boolean ask(NetAddress address, Link link) throws IOException {
        try {
            ask(address, link, NetlinkSocket.EXCLUSIVE);
            return true;
        } catch (NetlinkException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        if (!forget(address, link)) {
            return false;
        }
        // An entry that packets on their way hold on to stays, without what it knew.
        ask(address, link, NetlinkSocket.REPLACE);
        return true;
    }

    private void ask(NetAddress address, Link link, int flags) throws IOException {
        NlMessage message = message(MessageKind.NEIGHBOUR.newType(), address, link.index(), 0, NTF_USE);
        socket.request(message, flags, "ask for neighbour " + address + " dev " + link.name());
    }

    /** What is known of a neighbour; null for nothing. */
    public @Nullable Neighbour find(NetAddress address, Link link) throws IOException {
        NlMessage query = message(MessageKind.NEIGHBOUR.getType(), address, link.index(), 0, 0);
        try {
            return neighbour(socket.get(query, "get neighbour " + address + " dev " + link.name()), address);
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    /** Forgets what the kernel learned of a neighbour. Returns false, and does nothing, if the kernel was told. */
    public boolean forget(NetAddress address, Link link) throws IOException {
        Neighbour known = find(address, link);
        if (known != null && known.permanent()) {
            return false;
        }
        delete(address, link);
        return true;
    }

    /** Tells the kernel a neighbour's hardware address for good. */
    public void setPermanent(NetAddress address, Link link, Mac mac) throws IOException {
        NlMessage message = message(MessageKind.NEIGHBOUR.newType(), address, link.index(), PERMANENT, 0);
        message.attributes().put(Tables.NEIGHBOUR_MAC, mac.bytes());
        socket.request(message, NetlinkSocket.REPLACE, "set neighbour " + address + " dev " + link.name());
    }

    /** Forgets a neighbour. Returns false if there is none. */
    public boolean delete(NetAddress address, Link link) throws IOException {
        NlMessage message = message(MessageKind.NEIGHBOUR.deleteType(), address, link.index(), 0, 0);
        try {
            socket.request(message, 0, "delete neighbour " + address + " dev " + link.name());
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** The neighbours of one family. */
    public List<Neighbour> list(int family) throws IOException {
        NlMessage query = NlMessage.of(MessageKind.NEIGHBOUR, MessageKind.NEIGHBOUR.getType(), family);
        List<Neighbour> neighbours = new ArrayList<>();
        for (NlMessage message : socket.dump(query, "list neighbours")) {
            NetAddress address = message.attributes().address(Tables.NEIGHBOUR_DST);
            if (address != null) {
                neighbours.add(neighbour(message, address));
            }
        }
        return neighbours;
    }

    private static Neighbour neighbour(NlMessage message, NetAddress address) {
        byte[] mac = message.attributes().bytes(Tables.NEIGHBOUR_MAC);
        return new Neighbour(
                address,
                message.intField(3),
                mac == null || mac.length != 6 ? null : Mac.of(mac),
                (message.intField(4) & PERMANENT) != 0);
    }
}
