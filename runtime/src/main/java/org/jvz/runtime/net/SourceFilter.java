package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jvz.runtime.linux.netlink.NetAddress;

/**
 * The program that looks at every frame the host receives from a VE and lets it pass only if it is an IP packet from one of the VE's own
 * addresses. It runs in front of every protocol of the host, so it holds against root inside, raw sockets and forged ARP, and does not
 * depend on routes or on the host's packet filter. Classic BPF: the addresses are compared by binary search, so 500 cost about as much as
 * one.
 */
final class SourceFilter {
    private static final int MAX = 4096;
    private static final int LEAF = 8;

    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_LENGTH = 0x80;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER_EQUAL = 0x35;
    private static final int JUMP = 0x05;
    private static final int RETURN = 0x06;

    /** To the next filter: what passes is shaped after that. */
    private static final int PASS = -1;

    private static final int DROP = 2;

    private static final int ETHER_HEADER = 14;
    private static final int ETHER_TYPE = 12;
    private static final int TYPE_V4 = 0x0800;
    private static final int TYPE_V6 = 0x86dd;

    private final List<long[]> code = new ArrayList<>();

    private SourceFilter() {}

    /**
     * The program as array of {@code struct sock_filter}.
     *
     * @throws IOException if there are too many addresses: some 1,600 of IPv4, or of IPv6 in one /96
     */
    static byte[] program(Collection<NetAddress> allowed) throws IOException {
        List<NetAddress> v4 = new ArrayList<>();
        List<NetAddress> v6 = new ArrayList<>();
        for (NetAddress address : new TreeSet<>(allowed)) {
            (address.isV6() ? v6 : v4).add(address);
        }
        SourceFilter filter = new SourceFilter();
        filter.emit(LOAD_HALF, 0, 0, ETHER_TYPE);
        filter.family(TYPE_V4, v4, 20, 12);
        filter.family(TYPE_V6, v6, 40, 8);
        filter.emit(RETURN, 0, 0, DROP);
        if (filter.code.size() > MAX) {
            throw new IOException("Unable to filter " + allowed.size() + " addresses: the program would have "
                    + filter.code.size() + " instructions, " + MAX + " are possible");
        }
        return filter.toBytes();
    }

    /** What follows if the frame is of that type; behind it the program goes on for others. */
    private void family(int type, List<NetAddress> allowed, int headerSize, int sourceOffset) {
        int otherwise = unless(JUMP_EQUAL, type);
        // A load beyond the frame's end would end the program with 0, which means pass, unshaped.
        emit(LOAD_LENGTH, 0, 0, 0);
        emit(JUMP_GREATER_EQUAL, 1, 0, ETHER_HEADER + headerSize);
        emit(RETURN, 0, 0, DROP);
        word(allowed, 0, ETHER_HEADER + sourceOffset);
        land(otherwise);
    }

    /** Compares 32 bits of the source, then the next ones: every path of it returns. */
    private void word(List<NetAddress> allowed, int number, int offset) {
        if (!allowed.isEmpty()) {
            emit(LOAD_WORD, 0, 0, offset + 4L * number);
        }
        search(groups(allowed, number), number, offset);
    }

    /** Addresses with the same word, in the order of the words. */
    private static List<List<NetAddress>> groups(List<NetAddress> sorted, int number) {
        List<List<NetAddress>> groups = new ArrayList<>();
        for (NetAddress address : sorted) {
            if (groups.isEmpty() || last(groups).get(0).word(number) != address.word(number)) {
                groups.add(new ArrayList<>());
            }
            last(groups).add(address);
        }
        return groups;
    }

    private static List<NetAddress> last(List<List<NetAddress>> groups) {
        return groups.get(groups.size() - 1);
    }

    private void search(List<List<NetAddress>> groups, int number, int offset) {
        if (groups.size() > LEAF) {
            int middle = groups.size() / 2;
            // Numbers are compared unsigned, and so are the addresses sorted.
            int below = unless(JUMP_GREATER_EQUAL, wordOf(groups.get(middle), number));
            search(groups.subList(middle, groups.size()), number, offset);
            land(below);
            search(groups.subList(0, middle), number, offset);
            return;
        }
        for (List<NetAddress> group : groups) {
            long value = wordOf(group, number);
            if (32 * (number + 1) == group.get(0).bits()) {
                emit(JUMP_EQUAL, 0, 1, value);
                emit(RETURN, 0, 0, PASS);
            } else {
                int next = unless(JUMP_EQUAL, value);
                word(group, number + 1, offset);
                land(next);
            }
        }
        emit(RETURN, 0, 0, DROP);
    }

    private static long wordOf(List<NetAddress> group, int number) {
        return group.get(0).word(number) & 0xffffffffL;
    }

    /** Goes on if the comparison holds and jumps to where {@link #land} is called if not: such a jump has room for any distance. */
    private int unless(int comparison, long value) {
        emit(comparison, 1, 0, value);
        emit(JUMP, 0, 0, 0);
        return code.size() - 1;
    }

    private void land(int jump) {
        code.get(jump)[3] = code.size() - jump - 1L;
    }

    private void emit(int operation, int ifTrue, int ifFalse, long value) {
        code.add(new long[] {operation, ifTrue, ifFalse, value});
    }

    private byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(8 * code.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] instruction : code) {
            bytes.putShort((short) instruction[0]);
            bytes.put((byte) instruction[1]);
            bytes.put((byte) instruction[2]);
            bytes.putInt((int) instruction[3]);
        }
        return bytes.array();
    }
}
