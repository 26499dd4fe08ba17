package org.jvz.runtime.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A class of a qdisc htb: what its packets may take of the interface's rate (tc-htb(8)).
 *
 * @param handle number of the qdisc in the upper 16 bits, its own in the lower: {@code 1:10} is {@code 0x10010}
 * @param parent the class whose rate it shares, or {@link Qdisc#ROOT}
 * @param rate bytes per second that it always has, at least 1
 * @param ceiling bytes per second that it may have while the parent has some to spare, at least the rate
 * @param priority which classes are offered first what is to spare: those of 0; up to 7
 */
public record HtbClass(int handle, int parent, long rate, long ceiling, int priority) {
    /** struct tc_htb_opt: rate and ceil of 12 bytes each, buffer, cbuffer, quantum, level, prio. */
    private static final int OPTIONS = 44;

    private static final int LINKLAYER = 1;
    private static final int CELL_ALIGN = 4;
    private static final int RATE = 8;
    private static final int RATESPEC = 12;
    private static final int BUFFER = 24;
    private static final int PRIORITY = 40;

    private static final byte LINKLAYER_ETHERNET = 1;
    private static final int GREATEST_PRIORITY = 7;
    private static final long GREATEST_U32 = 0xffffffffL;
    private static final int MIN_BURST = 16 << 10;
    /** Bursts are told as the time they take at the rate, in units of 64 ns ({@code PSCHED_SHIFT}). */
    private static final long TICKS_PER_SECOND = 1_000_000_000 / 64;

    public HtbClass {
        if (rate < 1 || ceiling < rate || priority < 0 || priority > GREATEST_PRIORITY) {
            throw new IllegalArgumentException(
                    "class of rate " + rate + ", ceiling " + ceiling + ", priority " + priority);
        }
    }

    /** A message that makes it, with bursts of 10 ms of the rate and of the ceiling, 16 KiB at least. */
    NlMessage message(int interfaceIndex, int type) {
        ByteBuffer parms = ByteBuffer.allocate(OPTIONS).order(ByteOrder.LITTLE_ENDIAN);
        putRate(parms, 0, rate);
        putRate(parms, RATESPEC, ceiling);
        parms.putInt(BUFFER, burst(rate)).putInt(BUFFER + 4, burst(ceiling)).putInt(PRIORITY, priority);
        Attributes options = new Attributes().put(Tables.HTB_PARMS, parms.array());
        if (rate > GREATEST_U32) {
            options.put(Tables.HTB_RATE, rate);
        }
        if (ceiling > GREATEST_U32) {
            options.put(Tables.HTB_CEIL, ceiling);
        }
        NlMessage message = NlMessage.of(MessageKind.CLASS, type, 0, 0, 0, interfaceIndex, handle, parent);
        message.attributes().put(Tables.TC_KIND, HtbClasses.KIND).put(Tables.TC_OPTIONS, options.encode());
        return message;
    }

    /** With the link layer named no table of sizes is needed. */
    private static void putRate(ByteBuffer parms, int at, long rate) {
        parms.put(at + LINKLAYER, LINKLAYER_ETHERNET)
                .putShort(at + CELL_ALIGN, (short) -1)
                .putInt(at + RATE, (int) Math.min(rate, GREATEST_U32));
    }

    private static int burst(long rate) {
        long least = MIN_BURST * TICKS_PER_SECOND / rate;
        return (int) Math.min(Math.max(TICKS_PER_SECOND / 100, least), GREATEST_U32);
    }

    static HtbClass of(NlMessage message) throws MalformedMessageException {
        byte[] bytes = message.attributes().bytes(Tables.TC_OPTIONS);
        Attributes options = bytes == null ? new Attributes() : Attributes.decode(Tables.HTB, bytes, 0, bytes.length);
        byte[] parms = options.bytes(Tables.HTB_PARMS);
        if (parms == null || parms.length < OPTIONS) {
            throw new MalformedMessageException("class " + Qdisc.handle(message.intField(4)) + " without its rates");
        }
        return new HtbClass(
                message.intField(4),
                message.intField(5),
                options.number(Tables.HTB_RATE, NlBuffer.number(parms, RATE, 4)),
                options.number(Tables.HTB_CEIL, NlBuffer.number(parms, RATESPEC + RATE, 4)),
                (int) NlBuffer.number(parms, PRIORITY, 4));
    }

    /** {@code 1:10 parent root}. */
    @Override
    public String toString() {
        return Qdisc.handle(handle) + " parent " + Qdisc.handle(parent) + " rate " + rate + " ceil " + ceiling
                + " prio " + priority;
    }
}
