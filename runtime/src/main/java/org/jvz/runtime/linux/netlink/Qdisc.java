package org.jvz.runtime.linux.netlink;

/**
 * A queue in which an interface keeps what it is about to send, or a place for filters (tc(8)).
 *
 * @param interfaceIndex the interface
 * @param kind {@code htb}, {@code tbf}, {@code clsact} …
 * @param handle its number, the lower 16 bits of which are 0: {@code 1:} is {@code 0x10000}; 0 if the kernel put it there
 * @param parent {@link #ROOT}, or the class that it keeps the packets of
 */
public record Qdisc(int interfaceIndex, String kind, int handle, int parent) {
    /** {@code TC_H_ROOT}. */
    public static final int ROOT = 0xffffffff;

    static Qdisc of(NlMessage message) {
        String kind = message.attributes().text(Tables.TC_KIND);
        return new Qdisc(message.intField(3), kind == null ? "" : kind, message.intField(4), message.intField(5));
    }

    /** As tc(8) writes a handle: {@code 1:10}, in base 16, or {@code root}. */
    static String handle(int handle) {
        return handle == ROOT
                ? "root"
                : Integer.toHexString(handle >>> 16)
                        + ':'
                        + ((handle & 0xffff) == 0 ? "" : Integer.toHexString(handle & 0xffff));
    }

    /** {@code htb 1: parent root}. */
    @Override
    public String toString() {
        return kind + ' ' + handle(handle) + " parent " + handle(parent);
    }
}
