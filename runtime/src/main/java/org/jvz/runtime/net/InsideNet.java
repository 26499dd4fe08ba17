package org.jvz.runtime.net;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.netlink.Addresses;
import org.jvz.runtime.linux.netlink.IfAddress;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkException;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.Route;
import org.jvz.runtime.linux.netlink.Routes;
import org.jvz.runtime.linux.netlink.Scope;

/**
 * The VE's side of the pair, as the guest sees it: {@code venet0} with 127.0.0.2, the addresses as {@code venet0:0}, {@code venet0:1} …, and
 * default routes through it. Root of the VE may have changed anything here, so nothing is taken for granted; what it breaks is its own.
 */
final class InsideNet {
    private static final NetAddress LOCAL = NetAddress.of(new byte[] {127, 0, 0, 2});
    private static final long READY_NANOS = 2_000_000_000L;
    private static final long PAUSE_NANOS = 200_000;
    private static final String LABEL = Venet.INSIDE + ":";

    private final NetlinkSocket socket;
    private final Link link;
    private final Map<NetAddress, IfAddress> present = new HashMap<>();
    private final Set<String> labels = new HashSet<>();
    private int nextLabel;
    private boolean hasV4;
    private boolean hasV6;

    private InsideNet(NetlinkSocket socket, Link link) {
        this.socket = socket;
        this.link = link;
    }

    /** The device as it was just made: up it comes. The socket is the VE's. */
    static InsideNet bringUp(NetlinkSocket socket) throws IOException {
        Links links = new Links(socket);
        links.change(links.get("lo").index(), "lo", new LinkChange().up());
        Link link = links.get(Venet.INSIDE);
        links.change(link.index(), Venet.INSIDE, new LinkChange().noLinkLocal().promoteSecondaries());
        links.change(link.index(), Venet.INSIDE, new LinkChange().up());
        new Addresses(socket).add(link, LOCAL, LOCAL.bits(), Scope.HOST, null);
        return new InsideNet(socket, link);
    }

    /**
     * Waits until the device can send, once the host's end is up, too. The kernel puts its queue in order a moment after the carrier came;
     * packets of that moment are lost. Linux 6.8 and later do it at once when asked.
     */
    void awaitReady() throws IOException {
        Links links = new Links(socket);
        long start = System.nanoTime();
        while (!links.get(link.index()).ready()) {
            if (System.nanoTime() - start > READY_NANOS) {
                throw new IOException(Venet.INSIDE + " has no carrier");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The device of a VE that runs. */
    static InsideNet of(NetlinkSocket socket) throws IOException {
        InsideNet inside = new InsideNet(socket, new Links(socket).get(Venet.INSIDE));
        for (IfAddress address : new Addresses(socket).list(inside.link.index())) {
            inside.present.put(address.address(), address);
            inside.labels.add(address.label());
        }
        return inside;
    }

    /** Adds an address; one that is there with another prefix is replaced. */
    void add(NetAddress address, int prefix) throws IOException {
        IfAddress there = present.get(address);
        if (there != null && there.prefix() != prefix) {
            new Addresses(socket).delete(link.index(), address, there.prefix());
        }
        if (there == null || there.prefix() != prefix) {
            new Addresses(socket).add(link, address, prefix, Scope.UNIVERSE, address.isV6() ? null : freeLabel());
        }
        hasV4 |= !address.isV6();
        hasV6 |= address.isV6();
    }

    private String freeLabel() {
        while (true) {
            String label = LABEL + nextLabel++;
            if (labels.add(label)) {
                return label;
            }
        }
    }

    /** Makes everything a neighbour on the device for the families just added, unless the VE has another default route. */
    void addDefaultRoutes() throws IOException {
        if (hasV4) {
            addDefaultRoute(NetAddress.AF_INET);
        }
        if (hasV6) {
            addDefaultRoute(NetAddress.AF_INET6);
        }
    }

    private void addDefaultRoute(int family) throws IOException {
        try {
            new Routes(socket).add(Route.everything(family, link.index(), Route.BOOT), Venet.INSIDE);
        } catch (NetlinkException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /** Takes addresses away, with whatever prefix they are there, and the default route of a family with the last one. */
    static void delete(NetlinkSocket socket, Collection<NetAddress> addresses) throws IOException {
        Link link = new Links(socket).find(Venet.INSIDE);
        if (link == null) {
            return;
        }
        Set<NetAddress> gone = new HashSet<>(addresses);
        boolean keepV4 = false;
        boolean keepV6 = false;
        for (IfAddress address : new Addresses(socket).list(link.index())) {
            if (gone.contains(address.address())) {
                new Addresses(socket).delete(link.index(), address.address(), address.prefix());
            } else if (address.scope() == Scope.UNIVERSE.number()) {
                keepV4 |= !address.address().isV6();
                keepV6 |= address.address().isV6();
            }
        }
        dropRoute(socket, link, NetAddress.AF_INET, keepV4);
        dropRoute(socket, link, NetAddress.AF_INET6, keepV6);
    }

    private static void dropRoute(NetlinkSocket socket, Link link, int family, boolean keep) throws IOException {
        if (!keep) {
            new Routes(socket).delete(Route.everything(family, link.index(), Route.BOOT), Venet.INSIDE);
        }
    }
}
