package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.net.BpfCode.Size;

/**
 * The program that looks at every frame the host receives from a VE and lets it pass only if it is an IP packet from one of the VE's own
 * addresses. It runs in front of every protocol of the host, so it holds against root inside, raw sockets and forged ARP, and does not
 * depend on routes or on the host's packet filter. Classic BPF: the addresses are compared by binary search, so 500 cost about as much as
 * one.
 */
final class SourceFilter {
    private static final int LEAF = 8;

    private static final int ETHER_HEADER = 14;
    private static final int ETHER_TYPE = 12;
    private static final int TYPE_V4 = 0x0800;
    private static final int TYPE_V6 = 0x86dd;

    private final BpfCode code = new BpfCode();
    private int labels;

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
        filter.code.load(Size.HALF, ETHER_TYPE);
        filter.family(TYPE_V4, v4, 20, 12);
        filter.family(TYPE_V6, v6, 40, 8);
        filter.code.drop();
        if (filter.code.size() > BpfCode.MAX) {
            throw new IOException("Unable to filter " + allowed.size() + " addresses: the program would have "
                    + filter.code.size() + " instructions, " + BpfCode.MAX + " are possible");
        }
        return filter.code.toBytes();
    }

    /** What follows if the frame is of that type; behind it the program goes on for others. */
    private void family(int type, List<NetAddress> allowed, int headerSize, int sourceOffset) {
        String otherwise = newLabel();
        code.goUnless(type, otherwise);
        code.need(ETHER_HEADER + headerSize);
        word(allowed, 0, ETHER_HEADER + sourceOffset);
        code.label(otherwise);
    }

    private String newLabel() {
        return Integer.toString(labels++);
    }

    /** Compares 32 bits of the source, then the next ones: every path of it returns. */
    private void word(List<NetAddress> allowed, int number, int offset) {
        if (!allowed.isEmpty()) {
            code.load(Size.WORD, offset + 4 * number);
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
            String below = newLabel();
            code.goIfBelow(wordOf(groups.get(middle), number), below);
            search(groups.subList(middle, groups.size()), number, offset);
            code.label(below);
            search(groups.subList(0, middle), number, offset);
            return;
        }
        for (List<NetAddress> group : groups) {
            if (32 * (number + 1) == group.get(0).bits()) {
                code.passIf(wordOf(group, number));
            } else {
                String next = newLabel();
                code.goUnless(wordOf(group, number), next);
                word(group, number + 1, offset);
                code.label(next);
            }
        }
        code.drop();
    }

    private static int wordOf(List<NetAddress> group, int number) {
        return group.get(0).word(number);
    }
}
