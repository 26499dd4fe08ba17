package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code KEY="value"} lines that shell scripts may source: vz.conf, CTID.conf or a sample. Immutable; a change
 * gives a new one. Whatever is not changed keeps its bytes: comments, order, unknown keys, line ends, quoting, even bytes
 * that are not UTF-8. See docs/adr/0003.
 *
 * <p>If a key is set several times, the first value counts, and a change sets all of them, so that jvz and a shell agree.
 */
public final class ConfFile {

    private final Path path;
    private final List<ConfLine> lines;
    private final List<String> warnings;

    private ConfFile(Path path, List<ConfLine> lines, List<String> warnings) {
        this.path = path;
        this.lines = lines;
        this.warnings = warnings;
    }

    /** A file without lines, which need not exist yet. */
    public static ConfFile empty(Path path) {
        return new ConfFile(path, List.of(), List.of());
    }

    /**
     * Reads a file.
     *
     * @throws NoSuchFileException if there is none
     * @throws BadConfException if it is not of the form; names the line
     * @throws IOException if it cannot be read; names the file
     */
    public static ConfFile read(Path path) throws IOException {
        byte[] bytes;
        try {
            bytes = FileBytes.read(path);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("Unable to read " + path, e);
        }
        return parse(path, bytes);
    }

    /**
     * Reads bytes as if they were a file's.
     *
     * @param path the file to name in messages and to save to
     * @throws BadConfException if a quote is not closed or there is a zero byte
     */
    public static ConfFile parse(Path path, byte[] bytes) throws BadConfException {
        // One character per byte: whatever the encoding, nothing is lost.
        ConfParser parser = new ConfParser(path, new String(bytes, StandardCharsets.ISO_8859_1)).run();
        return new ConfFile(path, parser.lines(), parser.warnings());
    }

    /** The file this was read from and is saved to. */
    public Path path() {
        return path;
    }

    /** The same content, to be saved to another file. */
    public ConfFile at(Path other) {
        return new ConfFile(other, lines, warnings);
    }

    /**
     * The value of a key as a shell would see it, except that variables are left as they stand; null if the key is not
     * set, the empty string if it is set to nothing.
     */
    public @Nullable String get(String key) {
        @Nullable ConfLine line = find(key);
        return line == null ? null : ConfQuoting.fromBytesText(line.value());
    }

    /** Whether the key is set, be it to nothing. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** The line, from 1, of a key that was read; 0 if the key is not set or was added since. */
    public int lineOf(String key) {
        @Nullable ConfLine line = find(key);
        return line == null ? 0 : line.number();
    }

    /** All keys, each once, in the order of the file. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>(lines.size());
        for (ConfLine line : lines) {
            if (line.key() != null && !keys.contains(line.key())) {
                keys.add(line.key());
            }
        }
        return keys;
    }

    /** What was odd when reading: second settings of a key, lines that are no assignment, values only a shell can know. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * The file with a key set: in its place if it is there, else at the end. In VE_ROOT, VE_PRIVATE and DUMPDIR
     * {@code $VEID} is written as a variable; everything else is written so that a shell takes it literally.
     *
     * @throws IllegalArgumentException if the key is not a shell variable's name, or the value has a line end or zero byte
     */
    public ConfFile with(String key, String value) {
        if (!ConfQuoting.isName(key)) {
            throw new IllegalArgumentException("Not a key: " + key);
        }
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The value of " + key + " has a line end or a zero byte in it");
        }
        String bytes = ConfQuoting.toBytesText(value);
        String quoted = ConfQuoting.quote(bytes, ConfQuoting.holdsVeid(key));
        List<ConfLine> changed = new ArrayList<>(lines.size() + 1);
        boolean found = false;
        for (ConfLine line : lines) {
            if (line.hasKey(key)) {
                found = true;
                // An equal value keeps its own quoting.
                changed.add(line.value().equals(bytes) ? line : line.withValue(quoted, bytes));
            } else {
                changed.add(line);
            }
        }
        if (!found) {
            endLastLine(changed);
            changed.add(ConfLine.assignment(key, quoted, bytes, lineEnd()));
        }
        return new ConfFile(path, changed, warnings);
    }

    /** The file without the lines that set a key. */
    public ConfFile without(String key) {
        if (!has(key)) {
            return this;
        }
        List<ConfLine> rest = new ArrayList<>(lines.size());
        for (ConfLine line : lines) {
            if (!line.hasKey(key)) {
                rest.add(line);
            }
        }
        return new ConfFile(path, rest, warnings);
    }

    /** The bytes to write; for a file that was not changed, the bytes that were read. */
    public byte[] toBytes() {
        return text().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether the other has the same bytes. */
    public boolean sameContent(ConfFile other) {
        return lines == other.lines || text().equals(other.text());
    }

    /**
     * Writes the file: a new one beside it, synced and renamed over it, so that a reader sees the old content or the new
     * one and nothing else. A symbolic link stays one; mode and owner stay; a file that did not exist gets mode 0644.
     */
    public void save() throws IOException {
        AtomicFile.replace(path, toBytes(), 0644);
    }

    private String text() {
        StringBuilder out = new StringBuilder();
        for (ConfLine line : lines) {
            out.append(line.raw());
        }
        return out.toString();
    }

    private @Nullable ConfLine find(String key) {
        for (ConfLine line : lines) {
            if (line.hasKey(key)) {
                return line;
            }
        }
        return null;
    }

    private void endLastLine(List<ConfLine> changed) {
        if (changed.isEmpty()) {
            return;
        }
        ConfLine last = changed.get(changed.size() - 1);
        if (!last.raw().endsWith("\n")) {
            String ended = last.raw() + lineEnd();
            changed.set(
                    changed.size() - 1,
                    new ConfLine(ended, last.number(), last.key(), last.value(), last.valueStart(), last.valueEnd()));
        }
    }

    /** The line end of the file's first line. */
    private String lineEnd() {
        return !lines.isEmpty() && lines.get(0).raw().endsWith("\r\n") ? "\r\n" : "\n";
    }
}
