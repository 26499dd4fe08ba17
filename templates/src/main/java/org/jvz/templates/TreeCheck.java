package org.jvz.templates;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.templates.tar.ArchiveException;

/** Compares an unpacked tree with its manifest: names and attributes, and on demand every byte. */
final class TreeCheck {
    /** Differences told; a tree that is wrong everywhere needs no list. */
    private static final int MAX_PROBLEMS = 50;

    private static final int BUFFER = 1 << 18;
    private static final Set<ResolveFlag> INSIDE = Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS);

    private final Linux linux;
    private final Map<String, Manifest.Line> manifest;
    private final boolean full;
    private final TemplateEvents events;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Long> inodes = new HashMap<>();
    private final ContentSum sum = new ContentSum();
    private final byte[] buffer = new byte[BUFFER];

    private TreeCheck(Linux linux, Map<String, Manifest.Line> manifest, boolean full, TemplateEvents events) {
        this.linux = linux;
        this.manifest = manifest;
        this.full = full;
        this.events = events;
    }

    /**
     * Compares {@code rootfs} with {@code manifest}.
     *
     * @param full whether to read all contents and attributes, too
     * @return what differs, one sentence each; empty if nothing does
     */
    static List<String> run(Linux linux, Path rootfs, Path manifest, boolean full, TemplateEvents events)
            throws IOException {
        TreeCheck check = new TreeCheck(linux, Manifest.read(manifest), full, events);
        try (Fd root = linux.open(rootfs, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            check.walk(root);
        }
        check.links();
        return check.problems;
    }

    private void walk(Fd root) throws IOException {
        entry(root, ".", "", linux.stat(root));
        ArrayDeque<String> pending = new ArrayDeque<>();
        pending.add("");
        int seen = 0;
        while (!pending.isEmpty() && problems.size() < MAX_PROBLEMS) {
            String path = pending.removeLast();
            try (Fd dir = path.isEmpty()
                    ? linux.openAt(root, ".", OpenFlag.DIRECTORY)
                    : linux.openAt2(root, path, Set.of(OpenFlag.DIRECTORY), 0, INSIDE)) {
                for (DirEntry entry : linux.list(dir)) {
                    String child = path.isEmpty() ? entry.name() : path + "/" + entry.name();
                    FileStat stat = linux.stat(dir, entry.name());
                    entry(dir, entry.name(), child, stat);
                    if (stat.isDirectory()) {
                        pending.add(child);
                    }
                    seen++;
                }
            }
            events.progress(Math.min(seen, manifest.size()), manifest.size());
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while verifying");
            }
        }
    }

    private void entry(Fd dir, String name, String path, FileStat stat) throws IOException {
        inodes.put(path, stat.ino());
        Manifest.@Nullable Line line = manifest.get(path);
        if (line == null) {
            problem(path, "was added");
            return;
        }
        if (line.type() == 'h') {
            return;
        }
        if (type(stat) != (line.type() == 's' ? 'f' : line.type())) {
            problem(path, "is of another type");
            return;
        }
        compare(path, "mode", line.mode(), Integer.toOctalString(stat.permissions()));
        compare(path, "owner", line.owner(), stat.uid() + ":" + stat.gid());
        compare(path, "modification time", line.time(), Manifest.time(stat.mtimeSeconds(), stat.mtimeNanos()));
        if (stat.isRegular()) {
            compare(path, "size", line.size(), Long.toString(stat.size()));
        } else if (stat.isSymlink()) {
            compare(path, "target", line.detail(), linux.readLinkAt(dir, name));
        } else if (stat.isDevice()) {
            compare(path, "device number", line.detail(), stat.rdevMajor() + "," + stat.rdevMinor());
        }
        if (full) {
            compare(path, "extended attributes", line.xattrs(), Manifest.xattrs(xattrs(dir, name)));
            if (stat.isRegular()) {
                compare(path, "contents", line.detail(), contents(dir, name, line.type() == 's'));
            }
        }
    }

    private static char type(FileStat stat) {
        return switch (stat.type()) {
            case FileStat.S_IFREG -> 'f';
            case FileStat.S_IFDIR -> 'd';
            case FileStat.S_IFLNK -> 'l';
            case FileStat.S_IFIFO -> 'p';
            case FileStat.S_IFCHR -> 'c';
            default -> '?';
        };
    }

    private void compare(String path, String what, String expected, String actual) {
        if (!expected.equals(actual)) {
            problem(path, what + " changed");
        }
    }

    private void problem(String path, String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add("/" + ArchiveException.shown(path) + " " + what);
        }
    }

    /** Names that must have one inode, and names that are gone. */
    private void links() {
        for (Map.Entry<String, Manifest.Line> entry : manifest.entrySet()) {
            @Nullable Long inode = inodes.get(entry.getKey());
            if (inode == null) {
                problem(entry.getKey(), "is missing");
            } else if (entry.getValue().type() == 'h'
                    && !inode.equals(inodes.get(entry.getValue().detail()))) {
                problem(
                        entry.getKey(),
                        "is no longer a link to /"
                                + ArchiveException.shown(entry.getValue().detail()));
            }
        }
    }

    private Map<String, byte[]> xattrs(Fd dir, String name) throws IOException {
        Map<String, byte[]> xattrs = new TreeMap<>();
        for (String attribute : linux.listXattrsAt(dir, name)) {
            if (EntryPolicy.isOurs(attribute)) {
                byte @Nullable [] value = linux.getXattrAt(dir, name, attribute);
                if (value != null) {
                    xattrs.put(attribute, value);
                }
            }
        }
        return xattrs;
    }

    private String contents(Fd dir, String name, boolean sparse) throws IOException {
        try (Fd file = linux.openAt(dir, name, OpenFlag.NOFOLLOW, OpenFlag.NOATIME)) {
            if (sparse) {
                sparse(file);
            } else {
                int n;
                while ((n = linux.read(file, buffer, 0, buffer.length)) > 0) {
                    sum.plain(buffer, 0, n);
                }
            }
            return sum.hex();
        }
    }

    private void sparse(Fd file) throws IOException {
        long at = 0;
        while (true) {
            long end;
            try {
                at = linux.seek(file, at, FileCalls.Whence.DATA);
                end = linux.seek(file, at, FileCalls.Whence.HOLE);
            } catch (SyscallException e) {
                if (e.is(Errno.ENXIO)) {
                    return;
                }
                throw e;
            }
            while (at < end) {
                int n = linux.readAt(file, at, buffer, 0, (int) Math.min(buffer.length, end - at));
                if (n == 0) {
                    return;
                }
                sum.sparse(at, buffer, 0, n);
                at += n;
            }
        }
    }
}
