package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;

/** The qdiscs of a network namespace: RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC. {@link TrafficControl} makes those with filters and rates. */
public final class Qdiscs {
    private static final int HTB_VERSION = 3;
    private static final int RATE_TO_QUANTUM = 10;
    private static final int HTB_GLOB = 20;

    private final NetlinkSocket socket;

    public Qdiscs(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Gives an interface a queue that {@link HtbClasses} share, in place of the kernel's own. EEXIST if it has one of somebody's.
     *
     * @param handle number of the qdisc, its lower 16 bits 0
     * @param otherwise lower 16 bits of the class that packets go to which no filter puts elsewhere; 0 to send them past all classes
     */
    public void addHtb(Link link, int handle, int otherwise) throws IOException {
        socket.request(
                htb(link.index(), handle, otherwise),
                NetlinkSocket.EXCLUSIVE,
                "add qdisc htb " + Qdisc.handle(handle) + " to " + link.name());
    }

    static NlMessage htb(int interfaceIndex, int handle, int otherwise) {
        // struct tc_htb_glob: version, rate2quantum, defcls, debug, direct_pkts
        ByteBuffer init = ByteBuffer.allocate(HTB_GLOB).order(ByteOrder.LITTLE_ENDIAN);
        init.putInt(HTB_VERSION).putInt(RATE_TO_QUANTUM).putInt(otherwise);
        NlMessage message = NlMessage.of(
                MessageKind.QDISC, MessageKind.QDISC.newType(), 0, 0, 0, interfaceIndex, handle, Qdisc.ROOT);
        Attributes options = new Attributes().put(Tables.HTB_INIT, init.array());
        message.attributes().put(Tables.TC_KIND, "htb").put(Tables.TC_OPTIONS, options.encode());
        return message;
    }

    /** Takes a qdisc away, with its classes and filters. Returns false if it is not there. */
    public boolean delete(Link link, Qdisc qdisc) throws IOException {
        NlMessage message = NlMessage.of(
                MessageKind.QDISC,
                MessageKind.QDISC.deleteType(),
                0,
                0,
                0,
                link.index(),
                qdisc.handle(),
                qdisc.parent());
        try {
            socket.request(message, 0, "delete qdisc " + qdisc + " of " + link.name());
            return true;
        } catch (NetlinkException e) {
            // EINVAL: the one at that place has another handle.
            if (e.is(Errno.ENOENT) || e.is(Errno.EINVAL)) {
                return false;
            }
            throw e;
        }
    }

    /** The qdiscs of an interface. */
    public List<Qdisc> list(Link link) throws IOException {
        NlMessage query = NlMessage.of(MessageKind.QDISC, MessageKind.QDISC.getType());
        List<Qdisc> qdiscs = new ArrayList<>();
        for (NlMessage message : socket.dump(query, "list qdiscs")) {
            Qdisc qdisc = Qdisc.of(message);
            // The kernel tells those of all interfaces, whatever was asked for.
            if (qdisc.interfaceIndex() == link.index()) {
                qdiscs.add(qdisc);
            }
        }
        return qdiscs;
    }
}
