package org.jvz.runtime.linux.netlink;

import org.jspecify.annotations.Nullable;

/**
 * A rule that chooses the routing table for packets (ip-rule(8)).
 *
 * @param family {@link NetAddress#AF_INET} or {@link NetAddress#AF_INET6}
 * @param source where the packets come from; null for anywhere
 * @param sourcePrefix bits of the source that count; 0 for anywhere
 * @param destination where they go; null for anywhere
 * @param destinationPrefix bits of the destination that count; 0 for anywhere
 * @param incoming name of the interface that they come in by, {@code lo} for the host's own; empty for any
 * @param priority rules are tried from the least to the greatest
 * @param table number of the routing table
 */
public record Rule(
        int family,
        @Nullable NetAddress source,
        int sourcePrefix,
        @Nullable NetAddress destination,
        int destinationPrefix,
        String incoming,
        int priority,
        int table) {
    private static final int TO_TABLE = 1;

    public Rule {
        requirePrefix(source, sourcePrefix);
        requirePrefix(destination, destinationPrefix);
    }

    private static void requirePrefix(@Nullable NetAddress address, int prefix) {
        if (address == null ? prefix != 0 : prefix < 0 || prefix > address.bits()) {
            throw new IllegalArgumentException("rule about " + address + "/" + prefix);
        }
    }

    NlMessage message(int type) {
        int shortTable = table > 255 ? 0 : table;
        NlMessage message = NlMessage.of(
                MessageKind.RULE, type, family, destinationPrefix, sourcePrefix, 0, shortTable, 0, 0, TO_TABLE, 0);
        Attributes attributes = message.attributes();
        if (destination != null) {
            attributes.put(Tables.RULE_DST, destination.bytes());
        }
        if (source != null) {
            attributes.put(Tables.RULE_SRC, source.bytes());
        }
        if (!incoming.isEmpty()) {
            attributes.put(Tables.RULE_IIFNAME, incoming);
        }
        attributes.put(Tables.RULE_PRIORITY, priority);
        attributes.put(Tables.RULE_TABLE, table);
        return message;
    }

    static Rule of(NlMessage message) {
        Attributes attributes = message.attributes();
        @Nullable String incoming = attributes.text(Tables.RULE_IIFNAME);
        return new Rule(
                message.intField(0),
                attributes.address(Tables.RULE_SRC),
                message.intField(2),
                attributes.address(Tables.RULE_DST),
                message.intField(1),
                incoming == null ? "" : incoming,
                (int) attributes.number(Tables.RULE_PRIORITY, 0),
                (int) attributes.number(Tables.RULE_TABLE, message.field(4)));
    }

    /** {@code 1000: from 10.0.0.2/32 to all iif lo lookup 118}. */
    @Override
    public String toString() {
        return priority + ": from " + (source == null ? "all" : source + "/" + sourcePrefix) + " to "
                + (destination == null ? "all" : destination + "/" + destinationPrefix)
                + (incoming.isEmpty() ? "" : " iif " + incoming) + " lookup " + table;
    }
}
