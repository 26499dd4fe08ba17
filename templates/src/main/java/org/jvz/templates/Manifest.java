package org.jvz.templates;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.PathBytes;
import org.jvz.templates.tar.TarEntry;

/**
 * What an unpacked template consists of, written while it is unpacked: one line per name, fields separated by tabs:
 * type ({@code f} file, {@code s} sparse file, {@code h} hard link, {@code l} symbolic link, {@code d} directory,
 * {@code c} device, {@code p} fifo), octal mode, uid, gid, size, modification time, digest of the extended attributes,
 * sum of the contents (or target, or device number), path. Names are escaped octally where they are not plain ASCII.
 */
final class Manifest {
    private static final String HEADER = "# jvz template manifest 1";

    private Manifest() {}

    /** One line, fields still as text; {@code detail} and {@code path} unescaped. */
    record Line(char type, String mode, String owner, String size, String time, String xattrs, String detail) {}

    /** Reads all lines by path, in the order written. */
    static Map<String, Line> read(Path file) throws IOException {
        Map<String, Line> lines = new LinkedHashMap<>();
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            if (!HEADER.equals(in.readLine())) {
                throw new IOException("not a manifest: " + file);
            }
            @Nullable String text;
            while ((text = in.readLine()) != null) {
                String[] f = text.split("\t", -1);
                if (f.length != 9 || f[0].length() != 1) {
                    throw new IOException("malformed line in " + file + ": " + text);
                }
                lines.put(
                        unescaped(f[8]),
                        new Line(f[0].charAt(0), f[1], f[2] + ":" + f[3], f[4], f[5], f[6], unescaped(f[7])));
            }
        }
        return lines;
    }

    /** A time as written in a manifest. */
    static String time(long seconds, int nanos) {
        StringBuilder text = new StringBuilder(24).append(seconds).append('.');
        for (int digit = 100_000_000; digit > 0; digit /= 10) {
            text.append((char) ('0' + nanos / digit % 10));
        }
        return text.toString();
    }

    /** Digest of extended attributes by name; {@code -} if there are none. */
    static String xattrs(Map<String, byte[]> xattrs) {
        if (xattrs.isEmpty()) {
            return "-";
        }
        MessageDigest digest = Sha256.digest();
        for (Map.Entry<String, byte[]> xattr : new TreeMap<>(xattrs).entrySet()) {
            byte[] name = (xattr.getKey() + "=" + xattr.getValue().length + ":").getBytes(StandardCharsets.UTF_8);
            digest.update(name);
            digest.update(xattr.getValue());
        }
        return Sha256.hex(digest.digest());
    }

    static String escaped(String name) {
        boolean plain = true;
        for (int i = 0; i < name.length() && plain; i++) {
            char c = name.charAt(i);
            plain = c > ' ' && c < 0x7f && c != '\\';
        }
        if (plain) {
            return name;
        }
        StringBuilder out = new StringBuilder();
        for (byte b : PathBytes.encode(name)) {
            if (b > ' ' && b < 0x7f && b != '\\') {
                out.append((char) b);
            } else {
                out.append('\\')
                        .append((char) ('0' + ((b >> 6) & 3)))
                        .append((char) ('0' + ((b >> 3) & 7)))
                        .append((char) ('0' + (b & 7)));
            }
        }
        return out.toString();
    }

    static String unescaped(String text) throws IOException {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] out = new byte[text.length()];
        int n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out[n++] = (byte) c;
            } else if (i + 3 < text.length()) {
                out[n++] = (byte) Integer.parseInt(text.substring(i + 1, i + 4), 8);
                i += 3;
            } else {
                throw new IOException("malformed name in manifest: " + text);
            }
        }
        return PathBytes.decode(out, 0, n);
    }

    /** Writes lines as entries are unpacked; closing it closes what it writes to. */
    static final class Writer implements Closeable {
        private final java.io.Writer out;

        Writer(java.io.Writer out) throws IOException {
            this.out = out;
            out.write(HEADER);
            out.write('\n');
        }

        void directory(Directories.Meta meta) throws IOException {
            line(
                    'd',
                    meta.mode(),
                    meta.uid(),
                    meta.gid(),
                    0,
                    time(meta.seconds(), meta.nanos()),
                    xattrs(meta.xattrs()),
                    "-",
                    meta.path());
        }

        void entry(char type, TarEntry entry, long size, Map<String, byte[]> xattrs, String detail, String path)
                throws IOException {
            int mode = type == 'l' ? 0777 : entry.mode();
            line(
                    type,
                    mode,
                    entry.uid(),
                    entry.gid(),
                    size,
                    time(entry.mtimeSeconds(), entry.mtimeNanos()),
                    xattrs(xattrs),
                    escaped(detail),
                    path);
        }

        void hardLink(String target, String path) throws IOException {
            line('h', 0, 0, 0, 0, "0", "-", escaped(target), path);
        }

        private void line(
                char type,
                int mode,
                long uid,
                long gid,
                long size,
                String time,
                String xattrs,
                String detail,
                String path)
                throws IOException {
            StringBuilder text = new StringBuilder(200);
            text.append(type).append('\t').append(Integer.toOctalString(mode));
            text.append('\t').append(uid).append('\t').append(gid).append('\t').append(size);
            text.append('\t')
                    .append(time)
                    .append('\t')
                    .append(xattrs)
                    .append('\t')
                    .append(detail);
            text.append('\t').append(escaped(path)).append('\n');
            out.append(text);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
