package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;

/** Everything that can be seen of a tree, as text by path: to compare two. */
final class TreeText {
    private TreeText() {}

    static Map<String, String> of(Linux linux, Path top) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        Map<Long, String> firstNames = new TreeMap<>();
        ArrayDeque<String> pending = new ArrayDeque<>();
        pending.add("");
        try (Fd root = linux.open(top, OpenFlag.DIRECTORY)) {
            lines.put("", describe(linux, root, ".", linux.stat(root)));
            while (!pending.isEmpty()) {
                String path = pending.poll();
                try (Fd dir = linux.openAt(root, path.isEmpty() ? "." : path, OpenFlag.DIRECTORY)) {
                    for (DirEntry entry : linux.list(dir).stream()
                            .sorted((a, b) -> a.name().compareTo(b.name()))
                            .toList()) {
                        String child = path.isEmpty() ? entry.name() : path + "/" + entry.name();
                        FileStat stat = linux.stat(dir, entry.name());
                        String text = describe(linux, dir, entry.name(), stat);
                        if (!stat.isDirectory() && stat.nlink() > 1) {
                            text += " same as " + firstNames.computeIfAbsent(stat.ino(), ino -> child);
                        }
                        lines.put(child, text);
                        if (stat.isDirectory()) {
                            pending.add(child);
                        }
                    }
                }
            }
        }
        return lines;
    }

    private static String describe(Linux linux, Fd dir, String name, FileStat stat) throws IOException {
        StringBuilder text = new StringBuilder(Integer.toOctalString(stat.mode()));
        text.append(' ').append(stat.uid()).append(':').append(stat.gid());
        text.append(' ').append(stat.mtimeSeconds()).append('.').append(stat.mtimeNanos());
        if (stat.isDevice()) {
            text.append(" device ").append(stat.rdevMajor()).append(',').append(stat.rdevMinor());
        }
        if (stat.isSymlink()) {
            text.append(" -> ").append(linux.readLinkAt(dir, name));
        }
        if (stat.isRegular()) {
            text.append(" links ").append(stat.nlink()).append(" size ").append(stat.size());
            try (Fd file = linux.openAt(dir, name, OpenFlag.NOFOLLOW)) {
                text.append(' ').append(Arrays.hashCode(linux.readFully(file, 1 << 24)));
            }
        }
        for (String attribute : linux.listXattrsAt(dir, name).stream().sorted().toList()) {
            text.append(' ').append(attribute).append('=');
            text.append(Arrays.toString(linux.getXattrAt(dir, name, attribute)));
        }
        return text.toString();
    }
}
