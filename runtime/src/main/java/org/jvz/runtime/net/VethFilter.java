package org.jvz.runtime.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.net.BpfCode.Size;

/**
 * The program that looks at every frame the host receives from a VE's veth device, so that neighbours on its bridge need not trust the VE; see
 * {@link SourceFilter} for why classic BPF.
 *
 * <table>
 *   <caption>With mac_filter these pass only if</caption>
 *   <tr><td>all frames</td><td>they come from the device's own hardware address, are not for bridges (spanning tree), and have no tag of a VLAN within a tag</td></tr>
 *   <tr><td>ARP</td><td>it is of Ethernet and IPv4, and the sender's hardware address is the device's own</td></tr>
 *   <tr><td>ICMP</td><td>it neither redirects nor announces a router</td></tr>
 *   <tr><td>ICMPv6</td><td>it neither redirects (RFC 4861) nor announces a router; if it solicits or announces a neighbour or solicits a router, it is no
 *   fragment (RFC 6980) and the link-layer addresses in it are the device's own</td></tr>
 *   <tr><td>UDP</td><td>it is not for a client of DHCP, whatever port it comes from: clients look at their own port only</td></tr>
 * </table>
 *
 * <table>
 *   <caption>With ips these pass only if</caption>
 *   <tr><td>all frames</td><td>they are IPv4, IPv6 or ARP</td></tr>
 *   <tr><td>ARP</td><td>the sender's address is in a network listed, or it has none (a probe) and the target's is</td></tr>
 *   <tr><td>IPv4</td><td>the source is in a network listed, or none, as a client of DHCP has</td></tr>
 *   <tr><td>IPv6</td><td>the source is in a network listed, the link-local address made of the hardware address, or none</td></tr>
 *   <tr><td>announced neighbours, and solicited ones without source</td><td>they are the same addresses</td></tr>
 * </table>
 *
 * <p>The kernel has taken a frame's outer VLAN tag off before the program sees it. Of a packet in fragments the first one tells what it is,
 * and has to have all of that in it. What lies behind more IPv6 extension headers, or options of neighbour discovery, than are walked is
 * dropped.
 */
final class VethFilter {
    private static final int MAX_HEADERS = 8;
    private static final int MAX_OPTIONS = 8;

    // Words of memory.
    private static final int OFFSET = 0;
    private static final int NEXT = 1;
    private static final int FRAGMENT = 2;
    private static final int END = 3;
    private static final int CLAIMED = 4;

    private static final int ETHERNET = 14;
    private static final int FIXED_V4 = 20;
    private static final int FIXED_V6 = 40;
    private static final int SOURCE_V4 = ETHERNET + 12;
    private static final int SOURCE_V6 = ETHERNET + 8;

    private static final String UNSPECIFIED = "::";

    private final BpfCode code = new BpfCode();
    private final @Nullable Mac mac;
    private final List<VeAddress> networks = new ArrayList<>();
    private final boolean bound;
    private int labels;

    private VethFilter(Mac own, boolean macFilter, List<VeAddress> ips) {
        mac = macFilter ? own : null;
        bound = !ips.isEmpty();
        if (bound) {
            networks.addAll(ips);
            networks.add(linkLocal(own));
            networks.add(VeAddress.parse(UNSPECIFIED));
        }
    }

    /**
     * The program as array of {@code struct sock_filter}.
     *
     * @param own the device's hardware address
     * @param macFilter whether the first table holds
     * @param ips the networks of the second one, as many as NETIF takes; empty if it does not hold
     */
    static byte[] program(Mac own, boolean macFilter, List<VeAddress> ips) {
        if (!macFilter && ips.isEmpty()) {
            return new BpfCode().pass().toBytes();
        }
        return new VethFilter(own, macFilter, ips).ethernet().toBytes();
    }

    /** RFC 4291, appendix A. */
    static VeAddress linkLocal(Mac mac) {
        byte[] six = mac.bytes();
        byte[] end = {(byte) (six[0] ^ 2), six[1], six[2], (byte) 0xff, (byte) 0xfe, six[3], six[4], six[5]};
        byte[] all = Arrays.copyOf(new byte[] {(byte) 0xfe, (byte) 0x80}, 16);
        System.arraycopy(end, 0, all, 8, 8);
        return new VeAddress(NetAddress.of(all).toString(), -1);
    }

    private BpfCode ethernet() {
        code.need(ETHERNET);
        if (mac != null) {
            own(mac, 6);
            code.load(Size.WORD, 0).goUnless(0x0180c200, "not for bridges");
            code.load(Size.HALF, 4).and(0xfff0).dropIf(0).label("not for bridges");
        }
        code.load(Size.HALF, 12).dropIf(0x8100).dropIf(0x88a8);
        code.goIf(0x0806, "ARP").goIf(0x0800, "IPv4").goIf(0x86dd, "IPv6");
        if (bound) {
            code.drop();
        } else {
            code.pass();
        }
        code.label("ARP");
        arp();
        code.label("IPv4");
        v4();
        code.label("IPv6");
        v6();
        return code;
    }

    /** Drops unless the six bytes at an offset are the device's address. */
    private void own(Mac mac, int at) {
        code.load(Size.WORD, at).dropUnless(high(mac));
        code.load(Size.HALF, at + 4).dropUnless(low(mac));
    }

    private static int high(Mac mac) {
        return (int) (mac.value() >>> 16);
    }

    private static int low(Mac mac) {
        return (int) (mac.value() & 0xffff);
    }

    /** RFC 826: hardware type, protocol, lengths, operation, then both addresses of the sender and of the target. */
    private void arp() {
        code.need(ETHERNET + 28);
        code.load(Size.WORD, ETHERNET).dropUnless(0x0001_0800);
        code.load(Size.HALF, ETHERNET + 4).dropUnless(0x0604);
        if (mac != null) {
            own(mac, ETHERNET + 8);
        }
        if (bound) {
            code.load(Size.WORD, ETHERNET + 14).goUnless(0, "ARP sender");
            code.load(Size.WORD, ETHERNET + 24).label("ARP sender").store(CLAIMED);
            dropUnlessListed(false, at -> code.loadWord(CLAIMED));
        }
        code.pass();
    }

    private void v4() {
        code.need(ETHERNET + FIXED_V4);
        if (bound) {
            code.load(Size.WORD, SOURCE_V4).goIf(0, "IPv4 source");
            dropUnlessListed(false, at -> code.load(Size.WORD, SOURCE_V4));
            code.label("IPv4 source");
        }
        if (mac == null) {
            code.pass();
            return;
        }
        code.load(Size.HALF, ETHERNET + 6).and(0x1fff).goUnless(0, "later fragment");
        code.load(Size.BYTE, ETHERNET + 9).goIf(17, "UDP").goIf(1, "ICMP");
        code.label("later fragment").pass();

        code.label("UDP");
        behindHeaderV4().loadFrom(Size.HALF, ETHERNET + 2).dropIf(68).pass();

        code.label("ICMP");
        behindHeaderV4().loadFrom(Size.BYTE, ETHERNET).dropIf(5).dropIf(9).pass();
    }

    /** The index becomes the length of the header; eight bytes follow it. */
    private BpfCode behindHeaderV4() {
        code.indexOfHeaderV4(ETHERNET).loadIndex().add(ETHERNET).store(OFFSET);
        return code.needFrom(OFFSET, 8).indexOfHeaderV4(ETHERNET);
    }

    private void v6() {
        code.need(ETHERNET + FIXED_V6);
        if (bound) {
            dropUnlessListed(true, at -> code.load(Size.WORD, SOURCE_V6 + at));
        }
        code.loadNumber(0).store(FRAGMENT);
        code.loadNumber(ETHERNET + FIXED_V6).store(OFFSET);
        code.load(Size.BYTE, ETHERNET + 6);
        for (int i = 0; i < MAX_HEADERS; i++) {
            header(" " + i);
        }
        code.drop();

        code.label("UDP6");
        if (mac != null) {
            code.needFrom(OFFSET, 8).loadFrom(Size.HALF, 2).dropIf(546);
        }
        code.pass();

        code.label("ICMPv6");
        icmpV6();
    }

    /** One header of IPv6 whose number is in the accumulator: RFC 8200, section 4. What follows is of the next one. */
    private void header(String n) {
        code.goIf(58, "ICMPv6").goIf(17, "UDP6");
        code.goIf(44, "fragment" + n).goIf(51, "authentication" + n);
        for (int type : new int[] {0, 43, 60, 135, 139, 140}) {
            code.goIf(type, "options" + n);
        }
        code.pass();

        code.label("fragment" + n).needFrom(OFFSET, 8);
        code.loadFrom(Size.HALF, 2).and(0xfff8).goIf(0, "first" + n).pass();
        code.label("first" + n).loadNumber(1).store(FRAGMENT);
        code.loadFrom(Size.BYTE, 0).store(NEXT);
        code.loadNumber(8).go("behind" + n);

        code.label("authentication" + n).needFrom(OFFSET, 8);
        code.loadFrom(Size.BYTE, 0).store(NEXT);
        code.loadFrom(Size.BYTE, 1).add(2).shiftLeft(2).go("behind" + n);

        code.label("options" + n).needFrom(OFFSET, 8);
        code.loadFrom(Size.BYTE, 0).store(NEXT);
        code.loadFrom(Size.BYTE, 1).add(1).shiftLeft(3);

        code.label("behind" + n).addIndex().store(OFFSET).loadWord(NEXT);
    }

    /** RFC 4861, section 4. */
    private void icmpV6() {
        code.needFrom(OFFSET, 8).loadFrom(Size.BYTE, 0);
        if (mac != null) {
            code.dropIf(134).dropIf(137).goIf(133, "router solicitation");
        }
        code.goIf(135, "solicitation").goIf(136, "advertisement").pass();

        if (mac != null) {
            code.label("router solicitation");
            code.loadIndex().add(8).store(NEXT).go("options");
        }

        code.label("solicitation").needFrom(OFFSET, 24);
        if (bound) {
            for (int at = 0; at < 16; at += 4) {
                code.load(Size.WORD, SOURCE_V6 + at).goUnless(0, "target");
            }
            code.go("claim");
        }
        code.label("advertisement").needFrom(OFFSET, 24);
        if (bound) {
            code.label("claim");
            dropUnlessListed(true, at -> code.loadFrom(Size.WORD, 8 + at));
        }
        code.label("target");
        code.loadIndex().add(24).store(NEXT);

        code.label("options");
        if (mac != null) {
            options(mac);
        } else {
            code.pass();
        }
    }

    /** The options from the offset in {@link #NEXT} to the packet's end: a byte each for the type and the length in units of eight bytes, then the content. */
    private void options(Mac mac) {
        code.loadWord(FRAGMENT).dropIf(1);
        code.load(Size.HALF, ETHERNET + 4).add(ETHERNET + FIXED_V6).store(END);
        code.needFrom(END, 0);
        for (int i = 0; i < MAX_OPTIONS; i++) {
            code.indexFrom(END).loadWord(NEXT).goIfIndex("options end");
            code.add(8).dropIfAboveIndex().indexFrom(NEXT);
            code.loadFrom(Size.BYTE, 0).goIf(1, "address " + i).goUnless(2, "no address " + i);
            code.label("address " + i);
            code.loadFrom(Size.BYTE, 1).dropUnless(1);
            code.loadFrom(Size.WORD, 2).dropUnless(high(mac));
            code.loadFrom(Size.HALF, 6).dropUnless(low(mac));
            code.label("no address " + i);
            code.loadFrom(Size.BYTE, 1).shiftLeft(3).addIndex().store(NEXT);
        }
        code.drop();
        code.label("options end").pass();
    }

    /**
     * Drops unless an address is in one of the networks.
     *
     * @param word loads the 32 bits that stand that many bytes behind the address's beginning
     */
    private void dropUnlessListed(boolean v6, IntConsumer word) {
        String listed = "listed " + labels++;
        for (VeAddress network : networks) {
            if (network.isIpv6() == v6) {
                NetAddress address = NetAddress.of(network.bytes());
                int prefix = network.prefix() < 0 ? address.bits() : network.prefix();
                String next = "next " + labels++;
                for (int number = 0; 32 * number < prefix; number++) {
                    int mask = -1 << Math.max(0, 32 * (number + 1) - prefix);
                    word.accept(4 * number);
                    if (mask != -1) {
                        code.and(mask);
                    }
                    code.goUnless(address.word(number) & mask, next);
                }
                code.go(listed).label(next);
            }
        }
        code.drop().label(listed);
    }
}
