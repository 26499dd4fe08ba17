package org.jvz.runtime.linux.netlink;

import org.jvz.runtime.linux.Fd;

/** What to change of an interface, all in one request; {@link Links#change}. */
public final class LinkChange {
    /** IN6_ADDR_GEN_MODE_NONE of {@code linux/if_link.h}. */
    private static final int NO_LINK_LOCAL = 1;

    private int flags;
    private int mask;
    private final Attributes attributes = new Attributes();
    private final Attributes families = new Attributes();
    private boolean hasFamilies;

    public LinkChange up() {
        return flag(Link.UP, true);
    }

    public LinkChange down() {
        return flag(Link.UP, false);
    }

    /** Whether neighbours are asked for by ARP and NDP. If not, every packet goes to the interface's own hardware address. */
    public LinkChange arp(boolean on) {
        return flag(Link.NOARP, !on);
    }

    private LinkChange flag(int bit, boolean on) {
        mask |= bit;
        flags = on ? flags | bit : flags & ~bit;
        return this;
    }

    /** Another name; the interface must be down (Linux below 6.2). */
    public LinkChange name(String name) {
        attributes.put(Tables.LINK_NAME, Links.checked(name));
        return this;
    }

    public LinkChange mac(Mac mac) {
        attributes.put(Tables.LINK_ADDRESS, mac.bytes());
        return this;
    }

    /** The largest packet in bytes. */
    public LinkChange mtu(int bytes) {
        attributes.put(Tables.LINK_MTU, bytes);
        return this;
    }

    /** Puts it under a bridge; 0 takes it out. */
    public LinkChange master(int index) {
        attributes.put(Tables.LINK_MASTER, index);
        return this;
    }

    /** Moves it into another network namespace, where it is down and has neither addresses nor routes. */
    public LinkChange namespace(Fd namespace) {
        attributes.put(Tables.LINK_NET_NS_FD, namespace.number());
        return this;
    }

    /** No link-local IPv6 address of its own making; counts before the interface is up. */
    public LinkChange noLinkLocal() {
        hasFamilies = true;
        families.put(Tables.AF_INET6, new Attributes().put(Tables.ADDR_GEN_MODE, NO_LINK_LOCAL));
        return this;
    }

    /** When the first IPv4 address of a subnet goes, the others stay (ip-sysctl, promote_secondaries). */
    public LinkChange promoteSecondaries() {
        hasFamilies = true;
        Attributes conf = new Attributes().put(Tables.PROMOTE_SECONDARIES, 1);
        families.put(Tables.AF_INET, new Attributes().put(Tables.INET_CONF_DATA, conf.encode()));
        return this;
    }

    NlMessage message(int index) {
        NlMessage message = NlMessage.of(MessageKind.LINK, MessageKind.LINK.newType(), 0, 0, 0, index, flags, mask);
        attributes.copyTo(message.attributes());
        if (hasFamilies) {
            message.attributes().put(Tables.LINK_AF_SPEC, families);
        }
        return message;
    }
}
