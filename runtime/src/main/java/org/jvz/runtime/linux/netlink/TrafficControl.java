package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jvz.runtime.linux.Errno;

/**
 * Filters on what an interface receives before any protocol sees it, ways through another interface, and a rate for what one sends:
 * RTM_NEWQDISC and RTM_NEWTFILTER; tc(8), tc-bpf(8), tc-mirred(8), tc-tbf(8).
 */
public final class TrafficControl {
    private static final int PARENT_CLSACT = 0xfffffff1;
    private static final int HANDLE_CLSACT = 0xffff0000;
    private static final int DIRECT_ACTION = 1;
    private static final int ETH_P_ALL = 3;
    private static final int INSTRUCTION = 8;

    private static final long FILTER_PRIORITY = 1;
    private static final long REDIRECT_PRIORITY = 2;
    /** {@code TCA_EGRESS_REDIR} and {@code TC_ACT_STOLEN}. */
    private static final int EGRESS_REDIRECT = 1;

    private static final int STOLEN = 4;
    /** {@code return -1}: matches every frame. */
    private static final byte[] EVERYTHING = {6, 0, 0, 0, -1, -1, -1, -1};

    private static final int ROOT = 0xffffffff;
    private static final int TBF_HANDLE = 1 << 16;
    private static final byte LINKLAYER_ETHERNET = 1;
    private static final int TBF_QOPT = 36;
    private static final int MIN_BURST = 16 << 10;
    private static final int MIN_QUEUE = 64 << 10;
    private static final int QUEUE_PER_SECOND = 20;

    private final NetlinkSocket socket;

    /** Frames of an interface, as it sees them. */
    public enum Frames {
        RECEIVED(0xfffffff2),
        SENT(0xfffffff3);

        private final int parent;

        Frames(int parent) {
            this.parent = parent;
        }

        private String word() {
            return this == RECEIVED ? " receives" : " sends";
        }
    }

    public TrafficControl(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Prepares an interface for filters; changes nothing if it is prepared. */
    public void prepare(Link link) throws IOException {
        NlMessage message = NlMessage.of(
                MessageKind.QDISC, MessageKind.QDISC.newType(), 0, 0, 0, link.index(), HANDLE_CLSACT, PARENT_CLSACT);
        message.attributes().put(Tables.TC_KIND, "clsact");
        try {
            socket.request(message, NetlinkSocket.EXCLUSIVE, "add qdisc clsact to " + link.name());
        } catch (NetlinkException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /**
     * Runs a classic BPF program over every frame that the interface receives, in place of the program that did; no frame is missed or
     * filtered twice between them. The program sees the frame from its Ethernet header on and returns {@code TC_ACT_UNSPEC} (-1) to let it
     * pass, to the next filter if there is one, or {@code TC_ACT_SHOT} (2) to drop it. It goes with the interface.
     *
     * @param program array of {@code struct sock_filter}, at most 4096
     */
    public void filterReceived(Link link, byte[] program) throws IOException {
        Attributes options = bpf(program).put(Tables.BPF_FLAGS, DIRECT_ACTION);
        NlMessage message = filter(link, Frames.RECEIVED, FILTER_PRIORITY, 1, MessageKind.FILTER.newType());
        replace(message, options, "filter what " + link.name() + " receives");
    }

    /**
     * Sends every frame that passed the filter through another interface's queue, after which it goes on where it was going; in place of the
     * interface that it went through. If that one vanishes, the frames are dropped.
     *
     * @param link prepared
     * @param through of kind ifb
     */
    public void redirect(Link link, Frames frames, Link through) throws IOException {
        ByteBuffer parms = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        // index, capab, action, refcnt, bindcnt, eaction, ifindex
        parms.putInt(8, STOLEN).putInt(20, EGRESS_REDIRECT).putInt(24, through.index());
        Attributes action = new Attributes()
                .put(Tables.ACTION_KIND, "mirred")
                .put(Tables.ACTION_OPTIONS, new Attributes().put(Tables.MIRRED_PARMS, parms.array()));
        Attributes options = bpf(EVERYTHING).put(Tables.BPF_ACTIONS, new Attributes().put(Tables.FIRST_ACTION, action));
        NlMessage message = filter(link, frames, REDIRECT_PRIORITY, 1, MessageKind.FILTER.newType());
        replace(message, options, "redirect what " + link.name() + frames.word() + " through " + through.name());
    }

    /** Ends that; changes nothing if there is none. */
    public void endRedirect(Link link, Frames frames) throws IOException {
        NlMessage message = filter(link, frames, REDIRECT_PRIORITY, 0, MessageKind.FILTER.deleteType());
        try {
            socket.request(message, 0, "no longer redirect what " + link.name() + frames.word());
        } catch (NetlinkException e) {
            // EINVAL: the interface is not prepared.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EINVAL)) {
                throw e;
            }
        }
    }

    /**
     * Lets an interface send at that rate and no faster; at once, also if it had another. Up to 10 ms of it, and 16 KiB at least, go at
     * once; 50 ms, and 64 KiB at least, wait; more is dropped.
     *
     * @param rate bytes per second, Ethernet headers included
     */
    public void limitSent(Link link, long rate) throws IOException {
        long burst = Math.min(Math.max(rate / 100, MIN_BURST), Integer.MAX_VALUE);
        long limit = Math.min(burst + Math.max(rate / QUEUE_PER_SECOND, MIN_QUEUE), Integer.MAX_VALUE);
        // struct tc_tbf_qopt: two struct tc_ratespec of 12 bytes, limit, buffer, mtu. With the link layer named no
        // table of sizes is needed.
        ByteBuffer parms = ByteBuffer.allocate(TBF_QOPT).order(ByteOrder.LITTLE_ENDIAN);
        parms.put(1, LINKLAYER_ETHERNET).putInt(8, (int) Math.min(rate, 0xffffffffL));
        parms.putInt(24, (int) limit);
        Attributes options = new Attributes()
                .put(Tables.TBF_PARMS, parms.array())
                .put(Tables.TBF_RATE, rate)
                .put(Tables.TBF_BURST, burst);
        NlMessage message =
                NlMessage.of(MessageKind.QDISC, MessageKind.QDISC.newType(), 0, 0, 0, link.index(), TBF_HANDLE, ROOT);
        message.attributes().put(Tables.TC_KIND, "tbf").put(Tables.TC_OPTIONS, options.encode());
        socket.request(message, NetlinkSocket.REPLACE, "limit what " + link.name() + " sends");
    }

    private static Attributes bpf(byte[] program) {
        return new Attributes()
                .put(Tables.BPF_OPS_LEN, program.length / INSTRUCTION)
                .put(Tables.BPF_OPS, program);
    }

    private static NlMessage filter(Link link, Frames frames, long priority, long handle, int type) {
        long info = priority << 16 | (Short.reverseBytes((short) ETH_P_ALL) & 0xffff);
        NlMessage message = NlMessage.of(MessageKind.FILTER, type, 0, 0, 0, link.index(), handle, frames.parent, info);
        message.attributes().put(Tables.TC_KIND, "bpf");
        return message;
    }

    private void replace(NlMessage message, Attributes options, String request) throws IOException {
        message.attributes().put(Tables.TC_OPTIONS, options.encode());
        socket.request(message, NetlinkSocket.REPLACE, request);
    }
}
