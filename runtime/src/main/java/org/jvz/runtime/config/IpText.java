package org.jvz.runtime.config;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * IP addresses as text, both ways, without java.net: that would ask the name service about what is no address. Accepts what
 * inet_pton(3) accepts; writes IPv6 as RFC 5952 says.
 */
final class IpText {

    private IpText() {}

    /** The 4 or 16 bytes of an address, or null if the text is none. */
    static byte @Nullable [] parse(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    private static byte @Nullable [] parseV4(String text) {
        byte[] out = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? text.length() : text.indexOf('.', at);
            int number = end < 0 ? -1 : number(text, at, end, 10, 3);
            boolean leadingZero = end - at > 1 && text.charAt(at) == '0';
            if (number < 0 || number > 255 || leadingZero) {
                return null;
            }
            out[i] = (byte) number;
            at = end + 1;
        }
        return out;
    }

    private static byte @Nullable [] parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] all = groups(text);
            return all != null && all.length == 16 ? all : null;
        }
        // An IPv4 address can only be the end.
        byte[] head = text.lastIndexOf('.', gap) < 0 ? groups(text.substring(0, gap)) : null;
        byte[] tail = groups(text.substring(gap + 2));
        // The gap stands for at least one group.
        if (head == null || tail == null || head.length + tail.length > 14) {
            return null;
        }
        byte[] out = new byte[16];
        System.arraycopy(head, 0, out, 0, head.length);
        System.arraycopy(tail, 0, out, 16 - tail.length, tail.length);
        return out;
    }

    /** Groups of 16 bits between colons, the last perhaps an IPv4 address; null if they are not that. */
    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        byte[] out = new byte[16];
        int length = 0;
        int at = 0;
        while (true) {
            int colon = text.indexOf(':', at);
            int end = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', at) >= 0) {
                byte[] four = parseV4(text.substring(at));
                if (four == null || length > 12) {
                    return null;
                }
                System.arraycopy(four, 0, out, length, 4);
                return Arrays.copyOf(out, length + 4);
            }
            int group = number(text, at, end, 16, 4);
            if (group < 0 || length == 16) {
                return null;
            }
            out[length++] = (byte) (group >> 8);
            out[length++] = (byte) group;
            if (colon < 0) {
                return Arrays.copyOf(out, length);
            }
            at = colon + 1;
        }
    }

    /** A number of 1 to {@code most} digits, or -1. */
    private static int number(String text, int start, int end, int radix, int most) {
        if (end <= start || end - start > most) {
            return -1;
        }
        int number = 0;
        for (int i = start; i < end; i++) {
            int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }

    /** The one canonical form of an address. */
    static String show(byte[] address) {
        return address.length == 4 ? showV4(address, 0) : showV6(address);
    }

    private static String showV4(byte[] address, int at) {
        return (address[at] & 0xff) + "." + (address[at + 1] & 0xff) + "." + (address[at + 2] & 0xff) + "."
                + (address[at + 3] & 0xff);
    }

    private static String showV6(byte[] address) {
        if (isMappedV4(address)) {
            return "::ffff:" + showV4(address, 12);
        }
        int[] run = longestZeroRun(address);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == run[0]) {
                out.append("::");
                i += run[1] - 1;
                continue;
            }
            if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(group(address, i)));
        }
        return out.toString();
    }

    private static boolean isMappedV4(byte[] address) {
        for (int i = 0; i < 5; i++) {
            if (group(address, i) != 0) {
                return false;
            }
        }
        return group(address, 5) == 0xffff;
    }

    /** Start and length of the first longest run of at least two zero groups; start -1 if there is none. */
    private static int[] longestZeroRun(byte[] address) {
        int[] best = {-1, 1};
        int start = -1;
        for (int i = 0; i < 8; i++) {
            if (group(address, i) != 0) {
                start = -1;
                continue;
            }
            if (start < 0) {
                start = i;
            }
            if (i - start + 1 > best[1]) {
                best = new int[] {start, i - start + 1};
            }
        }
        return best;
    }

    private static int group(byte[] address, int index) {
        return (address[2 * index] & 0xff) << 8 | (address[2 * index + 1] & 0xff);
    }
}
