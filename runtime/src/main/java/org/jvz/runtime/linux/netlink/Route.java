package org.jvz.runtime.linux.netlink;

import org.jspecify.annotations.Nullable;

/**
 * A unicast route.
 *
 * @param family {@link NetAddress#AF_INET} or {@link NetAddress#AF_INET6}
 * @param destination null for the default route
 * @param prefix bits of the destination that count; 0 for the default route
 * @param interfaceIndex where packets leave, or 0 to find it through {@code gateway}
 * @param gateway null if the destination is on the link itself
 * @param source the address of packets that choose none; null to leave it to the kernel
 * @param table number of the routing table; {@link #MAIN}
 * @param protocol who made the route, {@code RTPROT_*}
 */
public record Route(
        int family,
        @Nullable NetAddress destination,
        int prefix,
        int interfaceIndex,
        @Nullable NetAddress gateway,
        @Nullable NetAddress source,
        int table,
        int protocol) {
    /** The table of ordinary routes, {@code RT_TABLE_MAIN}. */
    public static final int MAIN = 254;

    /** The administrator's routes, {@code RTPROT_BOOT}: what ip-route(8) makes. */
    public static final int BOOT = 3;

    private static final int UNICAST = 1;

    public Route {
        if (destination == null ? prefix != 0 : prefix < 0 || prefix > destination.bits()) {
            throw new IllegalArgumentException("route to " + destination + "/" + prefix);
        }
    }

    /** A route to one address through an interface. */
    public static Route toHost(NetAddress destination, int interfaceIndex, @Nullable NetAddress source, int protocol) {
        return new Route(
                destination.family(), destination, destination.bits(), interfaceIndex, null, source, MAIN, protocol);
    }

    /** The default route through an interface, on which everything is a neighbour. */
    public static Route everything(int family, int interfaceIndex, int protocol) {
        return new Route(family, null, 0, interfaceIndex, null, null, MAIN, protocol);
    }

    NlMessage message(int type) {
        // IPv6 knows no scope. In IPv4 a destination on the link itself is nearer than one behind a gateway.
        boolean onLink = gateway == null && family == NetAddress.AF_INET;
        int scope = onLink ? Scope.LINK.number() : Scope.UNIVERSE.number();
        int shortTable = table > 255 ? 0 : table;
        NlMessage message =
                NlMessage.of(MessageKind.ROUTE, type, family, prefix, 0, 0, shortTable, protocol, scope, UNICAST, 0);
        Attributes attributes = message.attributes();
        if (destination != null) {
            attributes.put(Tables.ROUTE_DST, destination.bytes());
        }
        if (interfaceIndex != 0) {
            attributes.put(Tables.ROUTE_OIF, interfaceIndex);
        }
        if (gateway != null) {
            attributes.put(Tables.ROUTE_GATEWAY, gateway.bytes());
        }
        if (source != null) {
            attributes.put(Tables.ROUTE_PREFSRC, source.bytes());
        }
        attributes.put(Tables.ROUTE_TABLE, table);
        return message;
    }

    static Route of(NlMessage message) {
        Attributes attributes = message.attributes();
        return new Route(
                message.intField(0),
                attributes.address(Tables.ROUTE_DST),
                attributes.has(Tables.ROUTE_DST) ? message.intField(1) : 0,
                (int) attributes.number(Tables.ROUTE_OIF, 0),
                attributes.address(Tables.ROUTE_GATEWAY),
                attributes.address(Tables.ROUTE_PREFSRC),
                (int) attributes.number(Tables.ROUTE_TABLE, message.field(4)),
                message.intField(5));
    }

    /** {@code 10.0.0.2/32}, {@code default}. */
    @Override
    public String toString() {
        return destination == null ? "default" : destination + "/" + prefix;
    }
}
