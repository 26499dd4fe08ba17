package org.jvz.templates.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes archives block by block, so that tests can say what no decent program would. Names are ISO 8859-1: bytes. */
public final class RawTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long mtime = 1_700_000_000;
    private int uid;
    private int gid;

    /** Entries from now on belong to these ids. */
    public RawTar owner(int newUid, int newGid) {
        uid = newUid;
        gid = newGid;
        return this;
    }

    /** Entries from now on have this time. */
    public RawTar time(long seconds) {
        mtime = seconds;
        return this;
    }

    public RawTar dir(String name, int mode) {
        return header(name, '5', mode, 0, "", 0, 0);
    }

    public RawTar file(String name, int mode, String contents) {
        return file(name, mode, contents.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawTar file(String name, int mode, byte[] contents) {
        return header(name, '0', mode, contents.length, "", 0, 0).data(contents);
    }

    public RawTar symlink(String name, String target) {
        return header(name, '2', 0777, 0, target, 0, 0);
    }

    public RawTar link(String name, String target) {
        return header(name, '1', 0644, 0, target, 0, 0);
    }

    public RawTar node(String name, char type, int major, int minor) {
        return header(name, type, 0666, 0, "", major, minor);
    }

    public RawTar fifo(String name) {
        return header(name, '6', 0644, 0, "", 0, 0);
    }

    /** A pax header for the next entry: keys and values in turn, as bytes. */
    public RawTar pax(String... keysAndValues) {
        return extended('x', keysAndValues);
    }

    /** A pax header for all later entries. */
    public RawTar globalPax(String... keysAndValues) {
        return extended('g', keysAndValues);
    }

    private RawTar extended(char type, String... keysAndValues) {
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String body = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
            int length = body.length() + 1;
            while (Integer.toString(length).length() + body.length() != length) {
                length = Integer.toString(length).length() + body.length();
            }
            records.append(length).append(body);
        }
        byte[] data = records.toString().getBytes(StandardCharsets.ISO_8859_1);
        return header("pax", type, 0644, data.length, "", 0, 0).data(data);
    }

    /** A GNU header for the next entry's long name ({@code L}) or link target ({@code K}). */
    public RawTar gnuLong(char type, String name) {
        byte[] data = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        return header("././@LongLink", type, 0, data.length, "", 0, 0).data(data);
    }

    /** A header with these fields and a right checksum. */
    public RawTar header(String name, char type, int mode, long size, String link, int major, int minor) {
        byte[] block = new byte[512];
        put(block, 0, 100, name);
        octal(block, 100, 8, mode);
        octal(block, 108, 8, uid);
        octal(block, 116, 8, gid);
        octal(block, 124, 12, size);
        octal(block, 136, 12, mtime);
        block[156] = (byte) type;
        put(block, 157, 100, link);
        put(block, 257, 8, "ustar\00000");
        octal(block, 329, 8, major);
        octal(block, 337, 8, minor);
        return sealed(block);
    }

    /** A block as given, but for its checksum. */
    public RawTar sealed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 7, sum);
        block[155] = ' ';
        return raw(block);
    }

    /** Bytes as given. */
    public RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** Contents, padded to a block. */
    public RawTar data(byte[] contents) {
        out.writeBytes(contents);
        out.writeBytes(new byte[-contents.length & 511]);
        return this;
    }

    /** The archive so far, without its end. */
    public byte[] unfinished() {
        return out.toByteArray();
    }

    /** The archive. */
    public byte[] bytes() {
        byte[] all = out.toByteArray();
        return Arrays.copyOf(all, all.length + 1024);
    }

    private static void put(byte[] block, int at, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > length) {
            throw new IllegalArgumentException("too long for its field: " + text);
        }
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    public static void octal(byte[] block, int at, int length, long value) {
        String digits = Long.toOctalString(value);
        put(block, at, length, "0".repeat(length - 1 - digits.length()) + digits + "\0");
    }
}
