package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;

/** The routes of a network namespace: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE. */
public final class Routes {
    private final NetlinkSocket socket;

    public Routes(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Adds a route. EEXIST if the table has one to the same destination (IPv6: the same route).
     *
     * @param device the interface's name, for messages
     */
    public void add(Route route, String device) throws IOException {
        socket.request(
                route.message(MessageKind.ROUTE.newType()),
                NetlinkSocket.EXCLUSIVE,
                "add route " + route + " dev " + device);
    }

    /** Removes the route that agrees in everything given. Returns false if there is none. */
    public boolean delete(Route route, String device) throws IOException {
        try {
            socket.request(
                    route.message(MessageKind.ROUTE.deleteType()), 0, "delete route " + route + " dev " + device);
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ESRCH) || e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    /** The routes of one family in the main table that leave through one interface and were made by {@code protocol}. */
    public List<Route> list(int family, int interfaceIndex, int protocol) throws IOException {
        NlMessage query = NlMessage.of(
                MessageKind.ROUTE, MessageKind.ROUTE.getType(), family, 0, 0, 0, Route.MAIN, protocol, 0, 0, 0);
        query.attributes().put(Tables.ROUTE_OIF, interfaceIndex);
        List<Route> routes = new ArrayList<>();
        try {
            for (NlMessage message : socket.dump(query, "list routes")) {
                Route route = Route.of(message);
                // A kernel that does not filter gives all.
                if (route.interfaceIndex() == interfaceIndex
                        && route.protocol() == protocol
                        && route.table() == Route.MAIN) {
                    routes.add(route);
                }
            }
        } catch (NetlinkException e) {
            // The interface is gone, so are its routes.
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
        }
        return routes;
    }
}
