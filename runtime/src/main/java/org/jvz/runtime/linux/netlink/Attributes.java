package org.jvz.runtime.linux.netlink;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attributes with their values, in order. What was decoded is encoded to the same bytes again, also where the table does not know an
 * attribute. Not thread-safe.
 */
final class Attributes {
    private static final int HEADER = 4;
    private static final int F_NESTED = 0x8000;
    private static final int TYPE_MASK = 0x3fff;

    /** {@code bits} are the flag bits that stood with the number. */
    private record Entry(Attr attr, int bits, Object value) {}

    /** A text's bytes with the terminating zero, which some senders leave out. */
    private static final class Text {
        private final byte[] bytes;

        Text(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String toString() {
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** Adds a number; it must fit the attribute. */
    Attributes put(Attr attr, long value) {
        long max =
                switch (attr.kind()) {
                    case U8 -> 0xffL;
                    case U16, BE16 -> 0xffffL;
                    case U32 -> 0xffffffffL;
                    case U64 -> Long.MAX_VALUE;
                    default -> throw new IllegalArgumentException(attr + " is no number");
                };
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(attr + ": " + value + " is out of range");
        }
        return add(attr, value);
    }

    /** Adds a text without zeros. */
    Attributes put(Attr attr, String value) {
        require(attr, AttrKind.TEXT);
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(attr + ": zero in '" + value + "'");
        }
        return add(attr, new Text((value + '\0').getBytes(StandardCharsets.UTF_8)));
    }

    Attributes put(Attr attr, byte[] value) {
        require(attr, AttrKind.BYTES);
        return add(attr, value.clone());
    }

    Attributes put(Attr attr, Attributes value) {
        require(attr, AttrKind.NESTED);
        return add(attr, value);
    }

    private static void require(Attr attr, AttrKind kind) {
        if (attr.kind() != kind) {
            throw new IllegalArgumentException(attr + " is " + attr.kind() + ", not " + kind);
        }
    }

    private Attributes add(Attr attr, Object value) {
        entries.add(new Entry(attr, attr.kind() == AttrKind.NESTED ? F_NESTED : 0, value));
        return this;
    }

    boolean has(Attr attr) {
        return value(attr) != null;
    }

    /** The number, or {@code absent}. */
    long number(Attr attr, long absent) {
        return value(attr) instanceof Long number ? number : absent;
    }

    @Nullable
    String text(Attr attr) {
        return value(attr) instanceof Text text ? text.toString() : null;
    }

    byte @Nullable [] bytes(Attr attr) {
        return value(attr) instanceof byte[] bytes ? bytes.clone() : null;
    }

    /** The address in the bytes, or null if there is none. */
    @Nullable
    NetAddress address(Attr attr) {
        return value(attr) instanceof byte[] bytes && (bytes.length == 4 || bytes.length == 16)
                ? NetAddress.of(bytes)
                : null;
    }

    @Nullable
    Attributes nested(Attr attr) {
        return value(attr) instanceof Attributes nested ? nested : null;
    }

    private @Nullable Object value(Attr attr) {
        for (Entry entry : entries) {
            if (entry.attr.type() == attr.type()) {
                return entry.value;
            }
        }
        return null;
    }

    void copyTo(Attributes other) {
        other.entries.addAll(entries);
    }

    byte[] encode() {
        NlBuffer out = new NlBuffer();
        encode(out);
        return out.toBytes();
    }

    void encode(NlBuffer out) {
        for (Entry entry : entries) {
            int start = out.size();
            out.number(0, 2);
            out.number(entry.attr.type() | entry.bits, 2);
            encode(entry, out);
            out.setNumber(start, out.size() - start, 2);
            out.pad();
        }
    }

    private static void encode(Entry entry, NlBuffer out) {
        if (entry.value instanceof Long number) {
            switch (entry.attr.kind()) {
                case U8 -> out.number(number, 1);
                case U16 -> out.number(number, 2);
                case BE16 -> out.number(Short.reverseBytes(number.shortValue()), 2);
                case U32 -> out.number(number, 4);
                default -> out.number(number, 8);
            }
        } else if (entry.value instanceof Text text) {
            out.bytes(text.bytes);
        } else if (entry.value instanceof byte[] bytes) {
            out.bytes(bytes);
        } else if (entry.value instanceof Attributes nested) {
            nested.encode(out);
        }
    }

    /**
     * Decodes the attributes from {@code from} to {@code to}.
     *
     * @throws MalformedMessageException if one is longer than what is left
     */
    static Attributes decode(AttrTable table, byte[] bytes, int from, int to) throws MalformedMessageException {
        Attributes attributes = new Attributes();
        int at = from;
        while (to - at >= HEADER) {
            int length = (int) NlBuffer.number(bytes, at, 2);
            int type = (int) NlBuffer.number(bytes, at + 2, 2);
            if (length < HEADER || length > to - at) {
                throw new MalformedMessageException(table + ": attribute " + (type & TYPE_MASK) + " of length " + length
                        + " where " + (to - at) + " bytes are left");
            }
            Attr attr = table.of(type & TYPE_MASK);
            attributes.entries.add(
                    new Entry(attr, type & ~TYPE_MASK, value(attr, bytes, at + HEADER, length - HEADER)));
            at += NlBuffer.aligned(length);
        }
        return attributes;
    }

    private static Object value(Attr attr, byte[] bytes, int at, int length) throws MalformedMessageException {
        return switch (attr.kind()) {
            case U8 -> number(attr, bytes, at, length, 1);
            case U16 -> number(attr, bytes, at, length, 2);
            case BE16 -> Short.reverseBytes(number(attr, bytes, at, length, 2).shortValue()) & 0xffffL;
            case U32 -> number(attr, bytes, at, length, 4);
            case U64 -> number(attr, bytes, at, length, 8);
            case TEXT -> new Text(Arrays.copyOfRange(bytes, at, at + length));
            case NESTED -> decode(Objects.requireNonNull(attr.nested()), bytes, at, at + length);
            case BYTES -> Arrays.copyOfRange(bytes, at, at + length);
        };
    }

    private static Long number(Attr attr, byte[] bytes, int at, int length, int size) throws MalformedMessageException {
        if (length != size) {
            throw new MalformedMessageException(attr + " has " + length + " bytes, not " + size);
        }
        return NlBuffer.number(bytes, at, size);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (Entry entry : entries) {
            text.append(text.length() > 1 ? ", " : "").append(entry.attr).append('=');
            if (entry.value instanceof byte[] bytes) {
                for (byte b : bytes) {
                    text.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
                }
            } else {
                text.append(entry.value);
            }
        }
        return text.append('}').toString();
    }
}
