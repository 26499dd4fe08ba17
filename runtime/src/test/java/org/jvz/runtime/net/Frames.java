package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;

/** Ethernet frames as root makes them by hand, and a raw socket to send them by. */
final class Frames {
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;

    private Frames() {}

    /** Sends a frame by a raw socket of the calling thread's network namespace. */
    static void send(Linux linux, Link device, byte[] frame) throws IOException {
        try (Fd socket = linux.socket(17, 3, 0, "raw")) {
            linux.sendTo(socket, frame, Announcement.destination(device, frame));
        }
    }

    static Link device(Linux linux, String name) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            return new Links(socket).get(name);
        }
    }

    /** A datagram whose text is its source. */
    static byte[] udp(Mac to, Mac from, NetAddress source, NetAddress target, int port) {
        return udp(to, from, source, target, port, port);
    }

    static byte[] udp(Mac to, Mac from, NetAddress source, NetAddress target, int sourcePort, int targetPort) {
        byte[] text = source.toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer udp = ByteBuffer.allocate(8 + (text.length + 1) / 2 * 2);
        udp.putShort((short) sourcePort).putShort((short) targetPort).putShort((short) (8 + text.length));
        udp.putShort((short) 0).put(text);
        if (source.isV6()) {
            udp.putShort(6, (short) Announcement.checkSum(pseudo(source, target, UDP, udp.array(), 8 + text.length)));
        }
        return ip(to, from, source, target, UDP, udp.array(), 8 + text.length, 64);
    }

    /** A router advertisement that makes its sender the default router for half an hour. */
    static byte[] routerAdvertisement(Mac to, Mac from, NetAddress source, NetAddress target) {
        ByteBuffer body = ByteBuffer.allocate(16);
        body.put((byte) 134).put((byte) 0).putShort((short) 0).put((byte) 64).put((byte) 0);
        body.putShort((short) 1800).putInt(0).putInt(0);
        body.putShort(2, (short) Announcement.checkSum(pseudo(source, target, ICMPV6, body.array(), body.capacity())));
        return ip(to, from, source, target, ICMPV6, body.array(), body.capacity(), 255);
    }

    /** An IPv6 packet with a header of options in front of its content. */
    static byte[] behindOptions(byte[] packet) {
        byte[] options = {packet[14 + 6], 0, 1, 4, 0, 0, 0, 0};
        ByteBuffer frame = ByteBuffer.allocate(packet.length + options.length);
        frame.put(packet, 0, 14 + 40).put(options).put(packet, 14 + 40, packet.length - 14 - 40);
        frame.putShort(14 + 4, (short) (frame.getShort(14 + 4) + options.length))
                .put(14 + 6, (byte) 60);
        return frame.array();
    }

    private static ByteBuffer pseudo(NetAddress source, NetAddress target, int protocol, byte[] body, int length) {
        ByteBuffer pseudo = ByteBuffer.allocate(40 + body.length);
        pseudo.put(source.bytes()).put(target.bytes()).putInt(length).putInt(protocol);
        return pseudo.put(body);
    }

    private static byte[] ip(
            Mac to, Mac from, NetAddress source, NetAddress target, int protocol, byte[] body, int length, int hops) {
        boolean v6 = source.isV6();
        ByteBuffer frame = ByteBuffer.allocate(14 + (v6 ? 40 : 20) + length);
        frame.put(to.bytes()).put(from.bytes()).putShort((short) (v6 ? 0x86dd : 0x0800));
        if (v6) {
            frame.putInt(6 << 28).putShort((short) length).put((byte) protocol).put((byte) hops);
            frame.put(source.bytes()).put(target.bytes());
        } else {
            ByteBuffer header = ByteBuffer.allocate(20);
            header.put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (20 + length))
                    .putInt(0);
            header.put((byte) hops).put((byte) protocol).putShort((short) 0);
            header.put(source.bytes()).put(target.bytes());
            header.putShort(10, (short) Announcement.checkSum(header));
            frame.put(header.array());
        }
        return frame.put(body, 0, length).array();
    }
}
