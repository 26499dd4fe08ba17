package org.jvz.runtime.linux.netlink;

import java.util.Arrays;

/**
 * An IPv4 or IPv6 address. Not {@link java.net.InetAddress}: that one loads a native library, may ask a name server, and folds
 * IPv4-mapped IPv6 addresses. Immutable.
 */
public final class NetAddress implements Comparable<NetAddress> {
    /** The kernel's number of IPv4. */
    public static final int AF_INET = 2;

    /** The kernel's number of IPv6. */
    public static final int AF_INET6 = 10;

    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int V6_GROUPS = 8;

    private final byte[] bytes;

    private NetAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The address of 4 or 16 bytes in network order. */
    public static NetAddress of(byte[] bytes) {
        if (bytes.length != V4_BYTES && bytes.length != V6_BYTES) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes");
        }
        return new NetAddress(bytes.clone());
    }

    /** Whether this is an IPv6 address. */
    public boolean isV6() {
        return bytes.length == V6_BYTES;
    }

    /** {@link #AF_INET} or {@link #AF_INET6}. */
    public int family() {
        return isV6() ? AF_INET6 : AF_INET;
    }

    /** 32 or 128. */
    public int bits() {
        return bytes.length * 8;
    }

    /** The bytes in network order. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** 32 bits of the address: word 0 are the first. */
    public int word(int number) {
        int at = 4 * number;
        return (bytes[at] << 24)
                | ((bytes[at + 1] & 0xff) << 16)
                | ((bytes[at + 2] & 0xff) << 8)
                | (bytes[at + 3] & 0xff);
    }

    /** Whether the first {@code prefix} bits are those of {@code other}; never for an address of the other family. */
    public boolean sharesPrefix(NetAddress other, int prefix) {
        if (other.bytes.length != bytes.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != other.bytes[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || ((bytes[whole] ^ other.bytes[whole]) & 0xff) >> (8 - rest) == 0;
    }

    /** Unsigned order of the bytes, IPv4 before IPv6. */
    @Override
    public int compareTo(NetAddress other) {
        return bytes.length != other.bytes.length
                ? Integer.compare(bytes.length, other.bytes.length)
                : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetAddress that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The one canonical text, RFC 5952: lower case, the first longest run of zero groups shortened, the end of {@code ::ffff:0:0/96} as IPv4. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!isV6()) {
            return v4(text, 0).toString();
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < V6_GROUPS; i++) {
            int end = i;
            while (end < V6_GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        for (int i = 0; i < V6_GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else if (i == 6 && runStart == 0 && runLength == 5 && group(5) == 0xffff) {
                return v4(separated(text), 12).toString();
            } else {
                separated(text).append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private static StringBuilder separated(StringBuilder text) {
        boolean first = text.length() == 0 || text.charAt(text.length() - 1) == ':';
        return first ? text : text.append(':');
    }

    private int group(int i) {
        return ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }

    private StringBuilder v4(StringBuilder text, int from) {
        for (int i = 0; i < V4_BYTES; i++) {
            text.append(i > 0 ? "." : "").append(bytes[from + i] & 0xff);
        }
        return text;
    }
}
