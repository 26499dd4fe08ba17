/**
 * rtnetlink: links, addresses, routes, neighbours and traffic control of a network namespace. Messages are encoded and decoded from the
 * tables in {@link org.jvz.runtime.linux.netlink.Tables}; {@link org.jvz.runtime.linux.netlink.NetlinkSocket} carries them. Knows nothing of
 * VEs.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux.netlink;
