package org.jvz.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * An address of a VE: {@code A}, {@code A/prefix} or, when read, {@code A/netmask}.
 *
 * @param address in canonical form
 * @param prefix the length of the prefix, 0 to 32 or 128, or -1 if none was given
 */
public record VeAddress(String address, int prefix) {

    /** Checks and canonicalises. */
    public VeAddress {
        byte[] bytes = bytes(address);
        if (prefix < -1 || prefix > bytes.length * 8) {
            throw new IllegalArgumentException("the prefix is not from 0 to " + bytes.length * 8);
        }
        address = IpText.show(bytes);
    }

    /**
     * Parses an IPv4 or IPv6 address with or without a prefix or, for IPv4, a netmask.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static VeAddress parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new VeAddress(text, -1);
        }
        String address = text.substring(0, slash);
        String mask = text.substring(slash + 1);
        boolean netmask = mask.indexOf('.') >= 0 && address.indexOf(':') < 0;
        return new VeAddress(address, netmask ? ofNetmask(mask) : number(mask));
    }

    private static int number(String prefix) {
        if (!CtId.isNumber(prefix) || prefix.length() > 3) {
            throw new IllegalArgumentException("the prefix is not a number");
        }
        return Integer.parseInt(prefix);
    }

    private static int ofNetmask(String mask) {
        byte @Nullable [] bytes = IpText.parse(mask);
        if (bytes == null || bytes.length != 4) {
            throw new IllegalArgumentException("the netmask is not an address");
        }
        int bits = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
        int ones = Integer.numberOfLeadingZeros(~bits);
        if (ones < 32 && bits << ones != 0) {
            throw new IllegalArgumentException("the netmask has holes");
        }
        return ones;
    }

    private static byte[] bytes(String address) {
        byte @Nullable [] bytes = IpText.parse(address);
        if (bytes == null) {
            throw new IllegalArgumentException("not an IP address");
        }
        return bytes;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] bytes() {
        return bytes(address);
    }

    /** Whether it is an IPv6 address. */
    public boolean isIpv6() {
        return address.indexOf(':') >= 0;
    }

    /** Whether it is {@code 0.0.0.0} or {@code ::}, which stand for no address. */
    public boolean isUnspecified() {
        for (byte b : bytes()) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code A} or {@code A/prefix}. */
    @Override
    public String toString() {
        return prefix < 0 ? address : address + "/" + prefix;
    }
}
