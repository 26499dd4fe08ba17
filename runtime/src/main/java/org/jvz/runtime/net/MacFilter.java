package org.jvz.runtime.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.netlink.Mac;

/**
 * The program that looks at every frame the host receives from a VE's veth device and lets it pass only if it comes from the device's own
 * hardware address; see {@link SourceFilter} for why classic BPF. A frame has an Ethernet header, or the driver drops it before.
 */
final class MacFilter {
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_HALF = 0x28;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    /** To the next filter: what passes is shaped after that. */
    private static final int PASS = -1;

    private static final int DROP = 2;
    private static final int SOURCE = 6;

    private MacFilter() {}

    /**
     * The program as array of {@code struct sock_filter}.
     *
     * @param source whom to let through; null for everybody
     */
    static byte[] program(@Nullable Mac source) {
        if (source == null) {
            return bytes(new long[][] {{RETURN, 0, 0, PASS}});
        }
        long high = source.value() >>> 16;
        long low = source.value() & 0xffff;
        return bytes(new long[][] {
            {LOAD_WORD, 0, 0, SOURCE},
            {JUMP_EQUAL, 0, 3, high},
            {LOAD_HALF, 0, 0, SOURCE + 4},
            {JUMP_EQUAL, 0, 1, low},
            {RETURN, 0, 0, PASS},
            {RETURN, 0, 0, DROP},
        });
    }

    private static byte[] bytes(long[][] code) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * code.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] instruction : code) {
            bytes.putShort((short) instruction[0]);
            bytes.put((byte) instruction[1]);
            bytes.put((byte) instruction[2]);
            bytes.putInt((int) instruction[3]);
        }
        return bytes.array();
    }
}
