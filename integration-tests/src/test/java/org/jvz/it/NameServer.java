package org.jvz.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jvz.testing.NetHost;

/** A name server of the least kind: it knows one name, which has one IPv4 address, and writes down who asks for it (RFC 1035, section 4). */
final class NameServer implements AutoCloseable {
    private static final int PORT = 53;
    private static final int HEADER = 12;
    private static final int TYPE_A = 1;
    /** An answer; recursion was desired and is there. */
    private static final int ANSWER = 0x8180;

    private static final int NO_SUCH_NAME = 3;

    private final DatagramSocket socket;
    private final String name;
    private final byte[] address;
    private final Queue<String> askers = new ConcurrentLinkedQueue<>();

    /**
     * Starts one.
     *
     * @param where the host that it runs on, which has the address {@code at}
     * @param name the name it knows, in lower case
     */
    NameServer(NetHost where, String at, String name, String address) throws Exception {
        this.socket = where.inside(() -> new DatagramSocket(PORT, InetAddress.getByName(at)));
        this.name = name;
        this.address = InetAddress.getByName(address).getAddress();
        Thread thread = new Thread(this::serve, "name server " + at);
        thread.setDaemon(true);
        thread.start();
    }

    /** The addresses that asked for the name so far, one each time. */
    Queue<String> askers() {
        return askers;
    }

    private void serve() {
        try {
            while (!socket.isClosed()) {
                DatagramPacket question = new DatagramPacket(new byte[512], 512);
                socket.receive(question);
                byte[] answer = answer(question);
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        } catch (SocketException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] answer(DatagramPacket question) {
        ByteBuffer in = ByteBuffer.wrap(question.getData(), 0, question.getLength());
        StringBuilder asked = new StringBuilder();
        in.position(HEADER);
        for (int length = in.get(); length > 0; length = in.get()) {
            byte[] label = new byte[length];
            in.get(label);
            asked.append(asked.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        short type = in.getShort();
        in.getShort();
        boolean known = asked.toString().equals(name);
        boolean found = known && type == TYPE_A;
        if (found) {
            askers.add(question.getAddress().getHostAddress());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Number, flags, count of questions, of answers, of two other kinds; the question as it came.
        numbers(out, in.getShort(0), known ? ANSWER : ANSWER | NO_SUCH_NAME, 1, found ? 1 : 0, 0, 0);
        out.write(question.getData(), HEADER, in.position() - HEADER);
        if (found) {
            // The name as at byte 12, type, class, seconds it holds (in two halves), length of the address.
            numbers(out, 0xc000 | HEADER, TYPE_A, 1, 0, 60, address.length);
            out.writeBytes(address);
        }
        return out.toByteArray();
    }

    private static void numbers(ByteArrayOutputStream out, int... numbers) {
        for (int number : numbers) {
            out.write(number >> 8);
            out.write(number);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
