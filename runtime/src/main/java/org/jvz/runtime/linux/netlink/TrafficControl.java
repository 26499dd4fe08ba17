package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import org.jvz.runtime.linux.Errno;

/** Filters on what an interface receives, before any protocol sees it: RTM_NEWQDISC and RTM_NEWTFILTER; tc(8), tc-bpf(8). */
public final class TrafficControl {
    private static final int PARENT_CLSACT = 0xfffffff1;
    private static final int HANDLE_CLSACT = 0xffff0000;
    private static final int PARENT_INGRESS = 0xfffffff2;
    private static final int DIRECT_ACTION = 1;
    private static final int ETH_P_ALL = 3;
    private static final int INSTRUCTION = 8;

    private final NetlinkSocket socket;

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
     * filtered twice between them. The program sees the frame from its Ethernet header on and returns {@code TC_ACT_OK} (0) to let it pass or
     * {@code TC_ACT_SHOT} (2) to drop it. It goes with the interface.
     *
     * @param program array of {@code struct sock_filter}, at most 4096
     */
    public void filterReceived(Link link, byte[] program) throws IOException {
        long priority = 1L << 16;
        NlMessage message = NlMessage.of(
                MessageKind.FILTER,
                MessageKind.FILTER.newType(),
                0,
                0,
                0,
                link.index(),
                1,
                PARENT_INGRESS,
                priority | (Short.reverseBytes((short) ETH_P_ALL) & 0xffff));
        Attributes options = new Attributes()
                .put(Tables.BPF_OPS_LEN, program.length / INSTRUCTION)
                .put(Tables.BPF_OPS, program)
                .put(Tables.BPF_FLAGS, DIRECT_ACTION);
        message.attributes().put(Tables.TC_KIND, "bpf").put(Tables.TC_OPTIONS, options.encode());
        socket.request(message, NetlinkSocket.REPLACE, "filter what " + link.name() + " receives");
    }
}
