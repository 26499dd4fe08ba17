package org.jvz.runtime.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.testing.NetHost;

/** How machines talk to each other if they are honest. */
final class Talk {
    static final int PORT = 4000;
    private static final int TIMEOUT = 5000;

    private Talk() {}

    static NetAddress address(String text) {
        return NetAddress.of(VeAddress.parse(text).bytes());
    }

    /** Sends so many bytes by TCP; returns how many arrive. */
    static int sendMuch(NetHost from, NetHost to, String target, int size) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(target), PORT);
        try (ServerSocket server = to.inside(() -> new ServerSocket(PORT, 1, address.getAddress()))) {
            server.setSoTimeout(TIMEOUT);
            Thread sender = new Thread(() -> {
                try {
                    from.inside(() -> {
                        try (Socket socket = new Socket()) {
                            socket.connect(address, TIMEOUT);
                            socket.getOutputStream().write(new byte[size]);
                        }
                        return address;
                    });
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.start();
            try (Socket accepted = server.accept();
                    InputStream in = accepted.getInputStream()) {
                accepted.setSoTimeout(TIMEOUT);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                in.transferTo(all);
                return all.size();
            } finally {
                sender.join();
            }
        }
    }

    /** Sends {@code datagram}; returns what arrives. */
    static String sendDatagram(NetHost from, NetHost to, String target) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(target), PORT);
        try (DatagramSocket receiver = to.inside(() -> new DatagramSocket(address))) {
            say(from, "datagram", address);
            return heard(receiver);
        }
    }

    static void say(NetHost from, String text, InetSocketAddress to) throws Exception {
        from.inside(() -> {
            try (DatagramSocket sender = new DatagramSocket()) {
                byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
                sender.send(new DatagramPacket(bytes, bytes.length, to));
            }
            return to;
        });
    }

    /** The text of the next datagram. */
    static String heard(DatagramSocket receiver) throws IOException {
        receiver.setSoTimeout(TIMEOUT);
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        receiver.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }
}
