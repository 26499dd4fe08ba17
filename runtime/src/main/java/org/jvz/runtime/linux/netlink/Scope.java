package org.jvz.runtime.linux.netlink;

/** How far an address or route counts, {@code RT_SCOPE_*} of {@code linux/rtnetlink.h}. */
public enum Scope {
    UNIVERSE(0),
    LINK(253),
    HOST(254);

    private final int number;

    Scope(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }
}
