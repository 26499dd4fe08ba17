package org.jvz.runtime.linux;

import java.nio.charset.StandardCharsets;

/**
 * Names between Java and the kernel. The kernel's names are bytes, usually UTF-8. A byte that is not part of well-formed UTF-8 becomes
 * the lone surrogate U+DC00 + byte, and such a surrogate becomes that byte again (as in Python's PEP 383), so every name that the
 * kernel lists can be opened and removed again.
 */
public final class PathBytes {
    private PathBytes() {}

    /**
     * The bytes of {@code path}, without a terminating zero.
     *
     * @throws IllegalArgumentException for a NUL inside: the kernel would silently cut the path there
     */
    public static byte[] encode(String path) {
        int length = path.length();
        byte[] ascii = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException("NUL in path: " + path.replace('\0', '?'));
            }
            if (c >= 0x80) {
                return encodeAny(path);
            }
            ascii[i] = (byte) c;
        }
        return ascii;
    }

    private static byte[] encodeAny(String path) {
        byte[] out = new byte[path.length() * 3];
        int n = 0;
        for (int i = 0; i < path.length(); ) {
            int c = path.codePointAt(i);
            i += Character.charCount(c);
            if (c == 0) {
                throw new IllegalArgumentException("NUL in path: " + path.replace('\0', '?'));
            } else if (c < 0x80) {
                out[n++] = (byte) c;
            } else if (c < 0x800) {
                out[n++] = (byte) (0xc0 | (c >> 6));
                out[n++] = (byte) (0x80 | (c & 0x3f));
            } else if (c >= 0xdc80 && c <= 0xdcff) {
                out[n++] = (byte) (c - 0xdc00);
            } else if (c >= 0xd800 && c <= 0xdfff) {
                throw new IllegalArgumentException("lone surrogate in path: " + path);
            } else if (c < 0x10000) {
                out[n++] = (byte) (0xe0 | (c >> 12));
                out[n++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                out[n++] = (byte) (0x80 | (c & 0x3f));
            } else {
                out[n++] = (byte) (0xf0 | (c >> 18));
                out[n++] = (byte) (0x80 | ((c >> 12) & 0x3f));
                out[n++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                out[n++] = (byte) (0x80 | (c & 0x3f));
            }
        }
        return java.util.Arrays.copyOf(out, n);
    }

    /** The name made of {@code length} bytes. */
    public static String decode(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return decodeAny(bytes, offset, length);
            }
        }
        return new String(bytes, offset, length, StandardCharsets.US_ASCII);
    }

    private static String decodeAny(byte[] bytes, int offset, int length) {
        StringBuilder out = new StringBuilder(length);
        int end = offset + length;
        for (int i = offset; i < end; ) {
            int size = sequenceLength(bytes, i, end);
            if (size == 0) {
                out.append((char) (0xdc00 + (bytes[i++] & 0xff)));
            } else {
                out.append(new String(bytes, i, size, StandardCharsets.UTF_8));
                i += size;
            }
        }
        return out.toString();
    }

    /** Bytes of the well-formed UTF-8 sequence at {@code i}; 0 if there is none (Unicode, table 3-7). */
    private static int sequenceLength(byte[] bytes, int i, int end) {
        int b = bytes[i] & 0xff;
        int size = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
        if (size == 0 || i + size > end) {
            return 0;
        }
        for (int k = 1; k < size; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = size > 1 ? bytes[i + 1] & 0xff : 0;
        boolean overlongOrSurrogate = (b == 0xe0 && second < 0xa0)
                || (b == 0xed && second > 0x9f)
                || (b == 0xf0 && second < 0x90)
                || (b == 0xf4 && second > 0x8f);
        return overlongOrSurrogate ? 0 : size;
    }
}
