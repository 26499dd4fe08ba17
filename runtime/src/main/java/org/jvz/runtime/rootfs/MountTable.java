package org.jvz.runtime.rootfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mounts of one mount namespace at one moment, as a tree: which mount a path walk ends in, and what lies below it.
 * Uses the JDK alone, so that {@code status} can ask without loading native code. It answers from the tree and not from
 * a search for the path, because a mount point may be listed several times (stacked mounts), be listed but covered by a
 * later mount on one of its parents, or contain blanks and other escaped characters.
 */
public final class MountTable {
    /** The calling thread's namespace: threads of one JVM may live in different ones. */
    private static final Path SELF = Path.of("/proc/thread-self/mountinfo");

    private final List<MountEntry> entries;

    private MountTable(List<MountEntry> entries) {
        this.entries = entries;
    }

    /** The mounts that the calling thread sees. */
    public static MountTable read() throws IOException {
        return read(SELF);
    }

    /** The mounts of the process that {@code mountinfo} belongs to. */
    public static MountTable read(Path mountinfo) throws IOException {
        // One large read after the other: the fewer reads, the smaller the chance that the table changes in between.
        ByteArrayOutputStream all = new ByteArrayOutputStream(1 << 14);
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(mountinfo)) {
            for (int n; (n = in.read(buffer)) > 0; ) {
                all.write(buffer, 0, n);
            }
        }
        return parse(all.toString(StandardCharsets.UTF_8));
    }

    /** Parses the text of a mountinfo file; lines that make no sense are passed over. */
    public static MountTable parse(String text) {
        List<MountEntry> entries = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            MountEntry entry = parseLine(text.substring(start, end));
            if (entry != null) {
                entries.add(entry);
            }
            start = end + 1;
        }
        return new MountTable(entries);
    }

    private static @Nullable MountEntry parseLine(String line) {
        List<String> words = split(line);
        int dash = -1;
        // The separator is the first lone "-" after the six fixed fields: optional fields are tag:value or one word.
        for (int i = 6; i < words.size() && dash < 0; i++) {
            if (words.get(i).equals("-")) {
                dash = i;
            }
        }
        if (dash < 0 || dash + 2 >= words.size()) {
            return null;
        }
        try {
            return new MountEntry(
                    Integer.parseInt(words.get(0)),
                    Integer.parseInt(words.get(1)),
                    words.get(2),
                    unescape(words.get(3)),
                    unescape(words.get(4)),
                    words.get(5),
                    words.get(dash + 1),
                    unescape(words.get(dash + 2)),
                    dash + 3 < words.size() ? unescape(words.get(dash + 3)) : "");
        } catch (NumberFormatException notMountinfo) {
            return null;
        }
    }

    /** Splits at single blanks; an empty source gives an empty word. */
    private static List<String> split(String line) {
        List<String> words = new ArrayList<>(12);
        int start = 0;
        for (int end; (end = line.indexOf(' ', start)) >= 0; start = end + 1) {
            words.add(line.substring(start, end));
        }
        words.add(line.substring(start));
        return words;
    }

    /** Undoes the kernel's {@code \040}: three octal digits for blank, tab, newline, backslash and {@code #}. */
    static String unescape(String word) {
        if (word.indexOf('\\') < 0) {
            return word;
        }
        StringBuilder plain = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\' && i + 3 < word.length() && octal(word, i + 1) && octal(word, i + 2) && octal(word, i + 3)) {
                plain.append((char) Integer.parseInt(word, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static boolean octal(String word, int at) {
        return word.charAt(at) >= '0' && word.charAt(at) <= '7';
    }

    /** All mounts, in the kernel's order. */
    public List<MountEntry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Whether something is mounted at {@code path}, an existing or absent host path whose symbolic links are followed
     * ({@code /vz} may be one).
     */
    public static boolean isMounted(Path path) throws IOException {
        return read().mountAt(path) != null;
    }

    /** The topmost mount at {@code path} itself, or null; symbolic links are followed. */
    public @Nullable MountEntry mountAt(Path path) throws IOException {
        Path real;
        try {
            real = path.toRealPath();
        } catch (NoSuchFileException absent) {
            return null;
        }
        return topAt(real.toString());
    }

    /** The topmost mount at {@code path}, an absolute path without links, or null if it is no mount point. */
    public @Nullable MountEntry topAt(String path) {
        MountEntry serving = serving(path);
        return serving != null && serving.mountPoint().equals(path) ? serving : null;
    }

    /** The mount in which a walk to {@code path} (absolute, without links) ends. */
    public @Nullable MountEntry serving(String path) {
        MountEntry current = namespaceRoot();
        while (current != null) {
            MountEntry next = firstCrossed(current, path);
            if (next == null) {
                return current;
            }
            current = next;
        }
        return null;
    }

    private @Nullable MountEntry namespaceRoot() {
        for (MountEntry entry : entries) {
            if (entry.mountPoint().equals("/") && byId(entry.parent()) == null) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable MountEntry byId(int id) {
        for (MountEntry entry : entries) {
            if (entry.id() == id) {
                return entry;
            }
        }
        return null;
    }

    /** Of the mounts on {@code parent} that lie on the way to {@code path}, the one met first; the later if equal. */
    private @Nullable MountEntry firstCrossed(MountEntry parent, String path) {
        MountEntry first = null;
        for (MountEntry entry : entries) {
            if (entry.parent() == parent.id()
                    && entry.id() != parent.id()
                    && covers(entry.mountPoint(), path)
                    && (first == null
                            || entry.mountPoint().length() <= first.mountPoint().length())) {
                first = entry;
            }
        }
        return first;
    }

    /** Whether {@code directory} is {@code path} or one of its parents. */
    static boolean covers(String directory, String path) {
        return directory.equals("/")
                || (path.startsWith(directory)
                        && (path.length() == directory.length() || path.charAt(directory.length()) == '/'));
    }

    /** Every mount below {@code top}, itself excluded, each before the mount it stands on: the order to unmount in. */
    public List<MountEntry> below(MountEntry top) {
        List<MountEntry> order = new ArrayList<>();
        collect(top, order);
        return order;
    }

    private void collect(MountEntry parent, List<MountEntry> order) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            MountEntry entry = entries.get(i);
            if (entry.parent() == parent.id() && entry.id() != parent.id()) {
                collect(entry, order);
                order.add(entry);
            }
        }
    }
}
