package org.jvz.runtime.net;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.Neighbours;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.Proxy;
import org.jvz.runtime.linux.netlink.Route;
import org.jvz.runtime.linux.netlink.Routes;
import org.jvz.runtime.linux.netlink.TrafficControl;

/** The host's side of the pairs: devices, routes to addresses, filters, and for which addresses the host's uplinks answer. */
final class HostSide {
    /** Locally administered; the id makes the low 32 bits. */
    private static final long MAC_BASE = 0x0218_0000_0000L;

    private final NetlinkSocket socket;

    /** @param socket the host's */
    HostSide(NetlinkSocket socket) {
        this.socket = socket;
    }

    Links links() {
        return new Links(socket);
    }

    /** Makes a pair, both ends down. */
    Link create(CtId id, VeNamespace namespace) throws IOException {
        Links links = links();
        String device = Venet.device(id);
        Mac mac = new Mac(MAC_BASE | id.value());
        links.createVeth(
                new Links.VethEnd(device, mac, false), new Links.VethEnd(Venet.INSIDE, mac, false), namespace.fd());
        Link link = links.get(device);
        links.change(link.index(), device, new LinkChange().noLinkLocal());
        return link;
    }

    void bringUp(Link link) throws IOException {
        links().change(link.index(), link.name(), new LinkChange().up());
    }

    /** The addresses that the host sends to the device: what the VE has as far as the kernel knows. */
    Set<NetAddress> routed(Link link) throws IOException {
        Set<NetAddress> addresses = new HashSet<>();
        for (int family : new int[] {NetAddress.AF_INET, NetAddress.AF_INET6}) {
            for (Route route : new Routes(socket).list(family, link.index(), Venet.PROTOCOL)) {
                NetAddress address = route.destination();
                if (address != null) {
                    addresses.add(address);
                }
            }
        }
        return addresses;
    }

    void addRoute(Route route, Link link) throws IOException {
        new Routes(socket).add(route, link.name());
    }

    void deleteRoute(NetAddress address, String device) throws IOException {
        Link link = links().find(device);
        if (link != null) {
            new Routes(socket).delete(Route.toHost(address, link.index(), null, Venet.PROTOCOL), device);
        }
    }

    /** Lets the VE send from these addresses and no others. */
    void filter(Link link, Set<NetAddress> allowed) throws IOException {
        TrafficControl control = new TrafficControl(socket);
        control.prepare(link);
        control.filterReceived(link, SourceFilter.program(allowed));
    }

    /** Lets the VE, if it has a device, send from those addresses that the host has routes to. */
    void filterToRoutes(CtId id) throws IOException {
        Link link = links().find(Venet.device(id));
        if (link != null) {
            filter(link, routed(link));
        }
    }

    /** An uplink answers for the address. */
    void announce(NetAddress address, Link uplink) throws IOException {
        new Neighbours(socket).addProxy(new Proxy(address, uplink.index(), Venet.PROTOCOL), uplink.name());
    }

    void retract(NetAddress address, String uplink) throws IOException {
        Link link = links().find(uplink);
        if (link != null) {
            new Neighbours(socket).deleteProxy(new Proxy(address, link.index(), Venet.PROTOCOL), uplink);
        }
    }

    /** The kernel forgets what it learned of a neighbour. */
    void forget(NetAddress address, String device) throws IOException {
        Link link = links().find(device);
        if (link != null) {
            new Neighbours(socket).forget(address, link);
        }
    }

    /** No interface of the host answers for the addresses any more; entries that are not ours stay. Returns how many there were. */
    int retract(Set<NetAddress> addresses) throws IOException {
        if (addresses.isEmpty()) {
            return 0;
        }
        Neighbours neighbours = new Neighbours(socket);
        int count = 0;
        for (int family : new int[] {NetAddress.AF_INET, NetAddress.AF_INET6}) {
            for (Proxy proxy : neighbours.proxies(family)) {
                if (proxy.protocol() == Venet.PROTOCOL && addresses.contains(proxy.address())) {
                    neighbours.deleteProxy(proxy, "interface " + proxy.interfaceIndex());
                    count++;
                }
            }
        }
        return count;
    }
}
