package org.jvz.runtime.net;

import java.io.IOException;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetlinkSocket;

/** A device of the host as a port of a bridge, outside of any VE's transaction: for administrators' scripts. */
public final class BridgeMember {
    private final Linux linux;

    public BridgeMember(Linux linux) {
        this.linux = linux;
    }

    /** Brings the device up and makes it a port of the bridge; one that is there stays what it is. */
    public void add(String device, String bridge) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Links links = new Links(socket);
            Link link = links.get(device);
            links.change(link.index(), device, new LinkChange().up());
            Veths.enter(links, link, bridge);
        }
    }

    /** Takes the device out of the bridge; nothing if it is in none, in another one, or gone. */
    public void remove(String device, String bridge) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Links links = new Links(socket);
            Link link = links.find(device);
            Link master = links.find(bridge);
            if (link != null && master != null && link.master() == master.index()) {
                links.change(link.index(), device, new LinkChange().master(0));
            }
        }
    }
}
