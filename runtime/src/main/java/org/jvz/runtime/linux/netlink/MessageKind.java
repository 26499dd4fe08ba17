package org.jvz.runtime.linux.netlink;

/**
 * The families of rtnetlink messages in use: the numbers of their requests, the fields of the struct each begins with (widths in bytes, in
 * order) and the table of attributes that follow.
 */
enum MessageKind {
    /** struct ifinfomsg: family, pad, type, index, flags, change. */
    LINK(16, Tables.LINK, 1, 1, 2, 4, 4, 4),
    /** struct ifaddrmsg: family, prefix length, flags, scope, index. */
    ADDRESS(20, Tables.ADDRESS, 1, 1, 1, 1, 4),
    /** struct rtmsg: family, destination length, source length, tos, table, protocol, scope, type, flags. */
    ROUTE(24, Tables.ROUTE, 1, 1, 1, 1, 1, 1, 1, 1, 4),
    /** struct ndmsg: family, pad, pad, index, state, flags, type. */
    NEIGHBOUR(28, Tables.NEIGHBOUR, 1, 1, 2, 4, 2, 1, 1),
    /** struct fib_rule_hdr: family, destination length, source length, tos, table, reserved, reserved, action, flags. */
    RULE(32, Tables.RULE, 1, 1, 1, 1, 1, 1, 1, 1, 4),
    /** struct tcmsg: family, pad, pad, index, handle, parent, info. */
    QDISC(36, Tables.TC, 1, 1, 2, 4, 4, 4, 4),
    CLASS(40, Tables.TC, 1, 1, 2, 4, 4, 4, 4),
    FILTER(44, Tables.TC, 1, 1, 2, 4, 4, 4, 4);

    private final int base;
    private final AttrTable attributes;
    private final int[] widths;

    MessageKind(int base, AttrTable attributes, int... widths) {
        this.base = base;
        this.attributes = attributes;
        this.widths = widths;
    }

    /** {@code RTM_NEW…}: make or change, and what dumps answer with. */
    int newType() {
        return base;
    }

    /** {@code RTM_DEL…}. */
    int deleteType() {
        return base + 1;
    }

    /** {@code RTM_GET…}. */
    int getType() {
        return base + 2;
    }

    AttrTable attributes() {
        return attributes;
    }

    int fields() {
        return widths.length;
    }

    int width(int field) {
        return widths[field];
    }

    /** Bytes of the struct. */
    int headerSize() {
        int size = 0;
        for (int width : widths) {
            size += width;
        }
        return size;
    }
}
