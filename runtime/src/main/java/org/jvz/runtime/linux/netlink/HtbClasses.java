package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;

/** The classes of an interface's qdisc htb: RTM_NEWTCLASS, RTM_DELTCLASS, RTM_GETTCLASS; {@link Qdiscs#addHtb} makes the qdisc. */
public final class HtbClasses {
    static final String KIND = "htb";

    private final NetlinkSocket socket;

    public HtbClasses(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Adds a class. EEXIST if there is one of that handle, ENOENT if there is no such qdisc. */
    public void add(Link link, HtbClass added) throws IOException {
        send(link, added, NetlinkSocket.EXCLUSIVE, "add class ");
    }

    /** Gives a class other rates and another priority; makes it if there is none of that handle. */
    public void set(Link link, HtbClass changed) throws IOException {
        send(link, changed, NetlinkSocket.REPLACE, "set class ");
    }

    private void send(Link link, HtbClass sent, int flags, String request) throws IOException {
        NlMessage message = sent.message(link.index(), MessageKind.CLASS.newType());
        socket.request(message, flags, request + sent + " of " + link.name());
    }

    /** Removes a class; EBUSY while others share its rate. Returns false if there is none of that handle. */
    public boolean delete(Link link, int handle) throws IOException {
        NlMessage message =
                NlMessage.of(MessageKind.CLASS, MessageKind.CLASS.deleteType(), 0, 0, 0, link.index(), handle);
        try {
            socket.request(message, 0, "delete class " + Qdisc.handle(handle) + " of " + link.name());
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** The classes of an interface; empty if its qdisc has none. */
    public List<HtbClass> list(Link link) throws IOException {
        NlMessage query = NlMessage.of(MessageKind.CLASS, MessageKind.CLASS.getType(), 0, 0, 0, link.index());
        List<HtbClass> classes = new ArrayList<>();
        for (NlMessage message : socket.dump(query, "list classes of " + link.name())) {
            // Other qdiscs have classes of other kinds.
            if (KIND.equals(message.attributes().text(Tables.TC_KIND))) {
                classes.add(HtbClass.of(message));
            }
        }
        return classes;
    }
}
