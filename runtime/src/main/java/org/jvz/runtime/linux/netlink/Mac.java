package org.jvz.runtime.linux.netlink;

/**
 * The hardware address of an Ethernet-like interface.
 *
 * @param value the 48 bits, the first byte highest
 */
public record Mac(long value) {
    private static final int BYTES = 6;

    public Mac {
        if (value < 0 || value >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + value);
        }
    }

    static Mac of(byte[] bytes) {
        long value = 0;
        for (byte b : bytes) {
            value = (value << 8) | (b & 0xff);
        }
        return new Mac(value);
    }

    /** The six bytes, the first one first. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (value >> (8 * (BYTES - 1 - i)));
        }
        return bytes;
    }

    /**
     * Parses {@code 00:18:51:aa:bb:cc}, in letters of either case.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Mac parse(String text) {
        String[] bytes = text.split(":", -1);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        long value = 0;
        for (String each : bytes) {
            if (each.length() != 2 || each.charAt(0) == '-' || each.charAt(0) == '+') {
                throw new IllegalArgumentException("not a MAC address: " + text);
            }
            value = value << 8 | Integer.parseInt(each, 16);
        }
        return new Mac(value);
    }

    /** {@code 00:18:51:aa:bb:cc}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes()) {
            text.append(text.length() > 0 ? ":" : "")
                    .append(Character.forDigit((b >> 4) & 15, 16))
                    .append(Character.forDigit(b & 15, 16));
        }
        return text.toString();
    }
}
