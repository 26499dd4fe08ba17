package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.undo.Transaction;

/**
 * Tells the machines on the uplinks that a VE's addresses are here now, so that those that knew them elsewhere (before a VE moved, or an
 * address went from one to another) need not wait until their entries grow old: an ARP announcement (RFC 5227, 2.3), or an unsolicited
 * neighbour advertisement (RFC 4861, 7.2.6).
 */
public final class Announcement {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int ETH_ALEN = 6;
    private static final int TYPE_ARP = 0x0806;
    private static final int TYPE_V6 = 0x86dd;
    private static final Mac BROADCAST = new Mac(0xffff_ffff_ffffL);
    private static final Mac ALL_NODES_MAC = new Mac(0x3333_0000_0001L);
    private static final byte[] ALL_NODES = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    /** The shortest frame of Ethernet, without its check sum. */
    private static final int MIN_FRAME = 60;

    private static final int ICMPV6 = 58;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int TARGET_LINK_LAYER = 2;

    private Announcement() {}

    /**
     * Announces addresses that the host's uplinks answer for.
     *
     * @return where that was not possible and why, for a warning: the VE is reachable all the same as soon as it is asked for
     */
    public static List<String> send(Linux linux, VzConf conf, Transaction transaction, Collection<VeAddress> addresses)
            throws IOException {
        List<String> failures = new ArrayList<>();
        try (NetlinkSocket netlink = NetlinkSocket.open(linux)) {
            Uplinks uplinks = Uplinks.read(netlink, conf);
            List<Wanted> wanted = new ArrayList<>();
            for (Wanted each : Wanted.of(addresses, uplinks, conf)) {
                if (!each.uplinks().isEmpty()) {
                    wanted.add(each);
                }
            }
            if (wanted.isEmpty()) {
                return failures;
            }
            // It is sent from only: without a protocol the kernel copies nothing to it.
            try (Fd packets = linux.socket(AF_PACKET, SOCK_RAW, 0, "packets")) {
                for (Wanted each : wanted) {
                    for (Link uplink : each.uplinks()) {
                        byte[] frame = frame(each.address(), uplink, uplinks);
                        transaction.step("tell neighbours", each.address() + " on " + uplink.name(), null, () -> {
                            send(linux, packets, uplink, frame, each.address(), failures);
                            return uplink;
                        });
                    }
                }
            }
        }
        return failures;
    }

    private static void send(
            Linux linux, Fd packets, Link uplink, byte @Nullable [] frame, NetAddress address, List<String> failures) {
        if (frame == null) {
            failures.add(address + " is not announced on " + uplink.name() + ": it has no IPv6 address to send from");
            return;
        }
        try {
            linux.sendTo(packets, frame, destination(uplink, frame));
        } catch (SyscallException e) {
            failures.add(address + " is not announced on " + uplink.name() + ": " + e.getMessage());
        }
    }

    /** {@code struct sockaddr_ll}, packet(7). */
    static byte[] destination(Link uplink, byte[] frame) {
        ByteBuffer address = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_PACKET);
        address.put(frame, 2 * ETH_ALEN, 2);
        address.putInt(uplink.index());
        address.putShort((short) 0).put((byte) 0).put((byte) ETH_ALEN).put(frame, 0, ETH_ALEN);
        return address.array();
    }

    /** Null if the uplink has no address to send from. */
    static byte @Nullable [] frame(NetAddress address, Link uplink, Uplinks uplinks) {
        Mac mac = uplink.mac();
        if (mac == null) {
            throw new IllegalArgumentException(uplink.name());
        }
        if (!address.isV6()) {
            return arp(address, mac);
        }
        NetAddress source = uplinks.linkLocal(uplink);
        return source == null ? null : advertisement(address, mac, source);
    }

    /** A question for the address from the address itself: all who know it learn, nobody has to answer. */
    static byte[] arp(NetAddress address, Mac mac) {
        ByteBuffer frame = ByteBuffer.allocate(MIN_FRAME);
        frame.put(BROADCAST.bytes()).put(mac.bytes()).putShort((short) TYPE_ARP);
        // Ethernet, IPv4, lengths of their addresses, request.
        frame.putShort((short) 1).putShort((short) 0x0800).put((byte) ETH_ALEN).put((byte) 4);
        frame.putShort((short) 1);
        frame.put(mac.bytes()).put(address.bytes());
        frame.put(new byte[ETH_ALEN]).put(address.bytes());
        return frame.array();
    }

    static byte[] advertisement(NetAddress address, Mac mac, NetAddress source) {
        ByteBuffer body = ByteBuffer.allocate(32);
        body.put((byte) NEIGHBOUR_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
        body.putInt(OVERRIDE).put(address.bytes());
        body.put((byte) TARGET_LINK_LAYER).put((byte) 1).put(mac.bytes());
        ByteBuffer pseudo = ByteBuffer.allocate(40 + body.capacity());
        pseudo.put(source.bytes()).put(ALL_NODES).putInt(body.capacity()).putInt(ICMPV6);
        pseudo.put(body.array());
        body.putShort(2, (short) checkSum(pseudo));
        ByteBuffer frame = ByteBuffer.allocate(14 + 40 + body.capacity());
        frame.put(ALL_NODES_MAC.bytes()).put(mac.bytes()).putShort((short) TYPE_V6);
        // Version 6; neighbour discovery believes only what no router has passed on: hop limit 255.
        frame.putInt(6 << 28)
                .putShort((short) body.capacity())
                .put((byte) ICMPV6)
                .put((byte) 255);
        frame.put(source.bytes()).put(ALL_NODES).put(body.array());
        return frame.array();
    }

    /** RFC 1071, of an even number of bytes. */
    static int checkSum(ByteBuffer bytes) {
        long sum = 0;
        for (int at = 0; at < bytes.capacity(); at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
