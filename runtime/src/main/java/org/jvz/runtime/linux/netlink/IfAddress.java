package org.jvz.runtime.linux.netlink;

/**
 * An address of an interface.
 *
 * @param interfaceIndex the interface's number
 * @param prefix length of the subnet's prefix in bits
 * @param scope {@link Scope} as the kernel's number
 * @param label alias name of an IPv4 address, {@code venet0:0}; empty for IPv6
 * @param secondary whether another IPv4 address of the same subnet came first
 */
public record IfAddress(
        int interfaceIndex, NetAddress address, int prefix, int scope, String label, boolean secondary) {
    private static final int F_SECONDARY = 1;

    static IfAddress of(NlMessage message) throws MalformedMessageException {
        Attributes attributes = message.attributes();
        // IFA_ADDRESS is the peer's on point-to-point links; IPv6 has no IFA_LOCAL otherwise.
        NetAddress local = attributes.address(Tables.ADDRESS_LOCAL);
        NetAddress address = local != null ? local : attributes.address(Tables.ADDRESS_ADDRESS);
        if (address == null) {
            throw new MalformedMessageException("address without IFA_ADDRESS");
        }
        String label = attributes.text(Tables.ADDRESS_LABEL);
        long flags = attributes.number(Tables.ADDRESS_FLAGS, message.field(2));
        return new IfAddress(
                message.intField(4),
                address,
                message.intField(1),
                message.intField(3),
                label == null ? "" : label,
                !address.isV6() && (flags & F_SECONDARY) != 0);
    }
}
