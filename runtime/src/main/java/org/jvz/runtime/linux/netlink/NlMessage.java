package org.jvz.runtime.linux.netlink;

/** One rtnetlink message: its kind's struct and the attributes. Not thread-safe. */
final class NlMessage {
    /** struct nlmsghdr: length, type, flags, sequence number, port. */
    static final int HEADER = 16;

    private final MessageKind kind;
    private final int type;
    private final long[] fields;
    private final Attributes attributes;

    private NlMessage(MessageKind kind, int type, long[] fields, Attributes attributes) {
        this.kind = kind;
        this.type = type;
        this.fields = fields;
        this.attributes = attributes;
    }

    /**
     * A message to send.
     *
     * @param fields of the kind's struct, in order; those left out are 0
     */
    static NlMessage of(MessageKind kind, int type, long... fields) {
        return new NlMessage(kind, type, java.util.Arrays.copyOf(fields, kind.fields()), new Attributes());
    }

    int type() {
        return type;
    }

    MessageKind kind() {
        return kind;
    }

    /** A field of the struct, unsigned. */
    long field(int number) {
        return fields[number];
    }

    int intField(int number) {
        return (int) fields[number];
    }

    Attributes attributes() {
        return attributes;
    }

    /** Struct and attributes without the netlink header. */
    byte[] encodeBody() {
        NlBuffer out = new NlBuffer();
        encodeBody(out);
        return out.toBytes();
    }

    private void encodeBody(NlBuffer out) {
        for (int i = 0; i < fields.length; i++) {
            out.number(fields[i], kind.width(i));
        }
        out.pad();
        attributes.encode(out);
    }

    byte[] encode(int flags, int sequence) {
        NlBuffer out = new NlBuffer();
        out.number(0, 4);
        out.number(type, 2);
        out.number(flags, 2);
        out.number(sequence, 4);
        out.number(0, 4);
        encodeBody(out);
        out.setNumber(0, out.size(), 4);
        return out.toBytes();
    }

    /** Decodes struct and attributes; {@code from} is behind the netlink header. */
    static NlMessage decode(MessageKind kind, int type, byte[] bytes, int from, int to)
            throws MalformedMessageException {
        if (to - from < kind.headerSize()) {
            throw new MalformedMessageException(kind + " of " + (to - from) + " bytes");
        }
        long[] fields = new long[kind.fields()];
        int at = from;
        for (int i = 0; i < fields.length; i++) {
            fields[i] = NlBuffer.number(bytes, at, kind.width(i));
            at += kind.width(i);
        }
        at = Math.min(to, from + NlBuffer.aligned(at - from));
        return new NlMessage(kind, type, fields, Attributes.decode(kind.attributes(), bytes, at, to));
    }

    @Override
    public String toString() {
        return kind + "/" + type + java.util.Arrays.toString(fields) + attributes;
    }
}
