package org.jvz.runtime.linux.netlink;

import org.jspecify.annotations.Nullable;

/**
 * An interface.
 *
 * @param index its number in its network namespace, from 1
 * @param flags {@code IFF_*}
 * @param mtu bytes
 * @param mac null if it has none of six bytes
 * @param kind {@code veth}, {@code bridge} …; empty for hardware and loopback
 * @param master index of the bridge or bond it belongs to, or 0
 * @param ready whether it can send now: up, with carrier, and the kernel has acted on that ({@code IF_OPER_UP})
 * @param below index of the other end of a veth pair (maybe in another namespace) or of what a vlan lies on, or 0
 */
public record Link(
        int index,
        String name,
        int flags,
        int mtu,
        @Nullable Mac mac,
        String kind,
        boolean ready,
        int master,
        int below) {
    static final int UP = 1;
    static final int LOOPBACK = 8;
    static final int NOARP = 0x80;
    private static final int OPER_UP = 6;
    static final int INDEX_FIELD = 3;
    static final int FLAGS_FIELD = 4;

    static Link of(NlMessage message) {
        Attributes attributes = message.attributes();
        byte[] mac = attributes.bytes(Tables.LINK_ADDRESS);
        Attributes info = attributes.nested(Tables.LINK_INFO);
        String kind = info == null ? null : info.text(Tables.INFO_KIND);
        String name = attributes.text(Tables.LINK_NAME);
        return new Link(
                message.intField(INDEX_FIELD),
                name == null ? "" : name,
                message.intField(FLAGS_FIELD),
                (int) attributes.number(Tables.LINK_MTU, 0),
                mac == null || mac.length != 6 ? null : Mac.of(mac),
                kind == null ? "" : kind,
                attributes.number(Tables.LINK_OPERSTATE, 0) == OPER_UP,
                (int) attributes.number(Tables.LINK_MASTER, 0),
                (int) attributes.number(Tables.LINK_LINK, 0));
    }

    /** Whether it is switched on (which says nothing of the cable). */
    public boolean isUp() {
        return (flags & UP) != 0;
    }

    public boolean isLoopback() {
        return (flags & LOOPBACK) != 0;
    }

    /** Whether neighbours on it are found by asking, ARP and NDP. */
    public boolean asksForNeighbours() {
        return (flags & NOARP) == 0;
    }
}
