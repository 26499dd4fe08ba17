package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.netlink.Addresses;
import org.jvz.runtime.linux.netlink.IfAddress;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.Scope;

/**
 * The host's own interfaces, as far as addresses of VEs concern them: on which of them the host answers for an address (NEIGHBOUR_DEVS) and
 * which source it uses towards VEs (VE_ROUTE_SRC_DEV). How long it takes to look does not depend on how many VEs run, except for
 * {@code NEIGHBOUR_DEVS=all}.
 */
final class Uplinks {
    private static final String LIST = "list:";

    private final Links links;
    private final List<IfAddress> addresses;
    private final String mode;
    private final @Nullable Link sourceDevice;

    private Uplinks(Links links, List<IfAddress> addresses, String mode, @Nullable Link sourceDevice) {
        this.links = links;
        this.addresses = addresses;
        this.mode = mode;
        this.sourceDevice = sourceDevice;
    }

    /** The host as it is now. */
    static Uplinks read(NetlinkSocket socket, VzConf conf) throws IOException {
        Links links = new Links(socket);
        String mode = conf.text(VzKey.NEIGHBOUR_DEVS);
        if (mode == null) {
            mode = "detect";
        }
        if (!mode.equals("detect") && !mode.equals("all") && !mode.startsWith(LIST)) {
            throw new IOException("NEIGHBOUR_DEVS: '" + mode + "' is neither detect nor all nor list:DEVICES");
        }
        String source = conf.text(VzKey.VE_ROUTE_SRC_DEV);
        return new Uplinks(links, new Addresses(socket).list(), mode, source == null ? null : links.get(source));
    }

    /** The interfaces on which the host has to answer for the address. */
    List<Link> announcing(NetAddress address) throws IOException {
        if (mode.startsWith(LIST)) {
            List<Link> named = new ArrayList<>();
            for (String name : mode.substring(LIST.length()).split("[ ,]+", -1)) {
                if (!name.isEmpty()) {
                    Link link = links.get(name);
                    if (canAnnounce(link)) {
                        named.add(link);
                    }
                }
            }
            return named;
        }
        return mode.equals("all") ? all() : detect(address);
    }

    private List<Link> all() throws IOException {
        List<Link> uplinks = new ArrayList<>();
        for (Link link : links.list()) {
            if (canAnnounce(link) && link.master() == 0) {
                uplinks.add(link);
            }
        }
        return uplinks;
    }

    private List<Link> detect(NetAddress address) throws IOException {
        Set<Integer> indexes = new LinkedHashSet<>();
        for (IfAddress own : addresses) {
            // An address with the whole prefix is no subnet, and a prefix of 0 is no neighbourhood.
            boolean subnet = own.prefix() > 0 && own.prefix() < own.address().bits();
            if (subnet
                    && own.scope() == Scope.UNIVERSE.number()
                    && own.address().sharesPrefix(address, own.prefix())) {
                indexes.add(own.interfaceIndex());
            }
        }
        List<Link> uplinks = new ArrayList<>();
        for (int index : indexes) {
            Link link = links.get(index);
            if (canAnnounce(link)) {
                uplinks.add(link);
            }
        }
        return uplinks;
    }

    private static boolean canAnnounce(Link link) {
        return link.isUp() && link.asksForNeighbours() && !link.isLoopback() && link.mac() != null;
    }

    /** The source of packets of the host to VEs; null if that is left to the kernel. */
    @Nullable
    NetAddress source(int family) throws IOException {
        if (sourceDevice == null) {
            return null;
        }
        for (IfAddress own : addresses) {
            if (own.interfaceIndex() == sourceDevice.index()
                    && own.address().family() == family
                    && own.scope() == Scope.UNIVERSE.number()) {
                return own.address();
            }
        }
        // IPv6 addresses are chosen by the kernel's rules then; for IPv4 the setting would be without effect.
        if (family == NetAddress.AF_INET) {
            throw new IOException("VE_ROUTE_SRC_DEV: " + sourceDevice.name() + " has no IPv4 address");
        }
        return null;
    }

    /** An address of the link's own scope, from which neighbours are told things; null if it has none. */
    @Nullable
    NetAddress linkLocal(Link link) {
        for (IfAddress own : addresses) {
            if (own.interfaceIndex() == link.index() && own.address().isV6() && own.scope() == Scope.LINK.number()) {
                return own.address();
            }
        }
        return null;
    }

    /** Refuses an address that is the host's own. */
    void refuseOwn(NetAddress address) throws IOException {
        for (IfAddress own : addresses) {
            if (own.address().equals(address)) {
                throw new IpInUseException(
                        address,
                        "the host on " + links.get(own.interfaceIndex()).name());
            }
        }
    }
}
