package org.jvz.runtime.linux.netlink;

/**
 * An address for which an interface answers ARP or NDP in place of its owner.
 *
 * @param protocol who made the entry, as of a route; 0 for unknown
 */
public record Proxy(NetAddress address, int interfaceIndex, int protocol) {}
