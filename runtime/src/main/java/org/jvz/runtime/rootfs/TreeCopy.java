package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ResolveFlag;

/**
 * Copies a template's tree into a new private area: numeric owners, modes, times, links, hard links, extended
 * attributes with capabilities and ACLs, device nodes, holes. File data is shared with the template where the file
 * system can (btrfs, xfs). The tree is the store's own: unpacked by jvz, root's alone, and not changing meanwhile.
 */
final class TreeCopy {
    /** Two descriptors each; a template's directories are a dozen levels deep. */
    private static final int MAX_DEPTH = 400;

    private static final int REPORT_EVERY = 256;
    private static final Set<OpenFlag> DIRECTORY = Set.of(OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
    private static final Set<ResolveFlag> BENEATH = Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS);

    private final Linux linux;
    private final Fd targetTop;
    private final Path source;
    private final CopyListener listener;
    private final FileContent content;
    private final Map<Inode, String> linked = new HashMap<>();
    private final ArrayDeque<Level> levels = new ArrayDeque<>();
    private long entries;
    private long bytes;

    private record Inode(int major, int minor, long number) {}

    /** A directory being copied; {@code path} is relative to the top, empty for the top itself. */
    private record Level(String path, Fd from, Fd to, FileStat stat, ArrayDeque<String> pending) {}

    private TreeCopy(Linux linux, Path source, Fd targetTop, CopyListener listener) {
        this.linux = linux;
        this.source = source;
        this.targetTop = targetTop;
        this.listener = listener;
        this.content = new FileContent(linux);
    }

    /** Copies directory {@code source} to the existing, empty directory {@code target}. */
    static void copy(Linux linux, Path source, Path target, CopyListener listener) throws IOException {
        try (Fd to = linux.open(target, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            TreeCopy copy = new TreeCopy(linux, source, to, listener);
            try {
                copy.run();
            } finally {
                copy.closeLevels();
            }
        }
    }

    private void run() throws IOException {
        Fd from = linux.open(source, OpenFlag.DIRECTORY);
        push(new Level("", from, linux.duplicate(targetTop), linux.stat(from), new ArrayDeque<>()));
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            String next = level.pending().poll();
            if (next != null) {
                enter(level, next);
            } else {
                finish(level);
            }
        }
        listener.copied(entries, bytes);
    }

    private void closeLevels() {
        for (Level level : levels) {
            level.from().close();
            level.to().close();
        }
    }

    /** Puts a directory on the pile and copies everything in it that is not a directory. */
    private void push(Level level) throws IOException {
        levels.addLast(level);
        if (levels.size() > MAX_DEPTH) {
            throw new IOException("Template " + source + " is deeper than " + MAX_DEPTH + " directories");
        }
        linux.<IOException>forEachEntry(level.from(), entry -> copyEntry(level, entry));
    }

    private void enter(Level level, String name) throws IOException {
        Fd from = linux.openAt(level.from(), name, DIRECTORY, 0);
        Fd to;
        try {
            linux.mkdirAt(level.to(), name, 0700);
            to = linux.openAt(level.to(), name, DIRECTORY, 0);
        } catch (IOException e) {
            from.close();
            throw e;
        }
        push(new Level(below(level, name), from, to, linux.stat(from), new ArrayDeque<>()));
    }

    /** The directory's own attributes come last: filling it has changed its times, and it may be read-only. */
    private void finish(Level level) throws IOException {
        levels.removeLast();
        try (Fd from = level.from();
                Fd to = level.to()) {
            FileStat stat = level.stat();
            linux.chown(to, stat.uid(), stat.gid());
            linux.chmod(to, stat.permissions());
            Xattrs.copy(linux, from, to);
            linux.setTimes(to, stat.mtimeSeconds(), stat.mtimeNanos());
        }
        count(0);
    }

    private void copyEntry(Level level, DirEntry entry) throws IOException {
        String name = entry.name();
        FileStat stat = linux.stat(level.from(), name);
        if (stat.isDirectory()) {
            level.pending().add(name);
            return;
        }
        if (stat.nlink() > 1 && linkToFirst(level, name, stat)) {
            count(0);
            return;
        }
        if (stat.isRegular()) {
            copyFile(level, name, stat);
        } else {
            copySpecial(level, name, stat);
        }
        count(stat.isRegular() ? stat.size() : 0);
    }

    /** Whether the inode was met before; then the new name is a link to its copy. */
    private boolean linkToFirst(Level level, String name, FileStat stat) throws IOException {
        Inode inode = new Inode(stat.devMajor(), stat.devMinor(), stat.ino());
        String first = linked.putIfAbsent(inode, below(level, name));
        if (first == null) {
            return false;
        }
        int slash = first.lastIndexOf('/');
        if (slash < 0) {
            linux.linkAt(targetTop, first, level.to(), name);
            return true;
        }
        try (Fd parent = linux.openAt2(
                targetTop, first.substring(0, slash), Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY), 0, BENEATH)) {
            linux.linkAt(parent, first.substring(slash + 1), level.to(), name);
        }
        return true;
    }

    private void copyFile(Level level, String name, FileStat stat) throws IOException {
        try (Fd from = linux.openAt(level.from(), name, Set.of(OpenFlag.NOFOLLOW), 0);
                Fd to = linux.openAt(
                        level.to(),
                        name,
                        Set.of(OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.EXCL, OpenFlag.NOFOLLOW),
                        0600)) {
            content.copy(from, to, stat);
            // chown clears set-id bits and file capabilities, so it goes first.
            linux.chown(to, stat.uid(), stat.gid());
            linux.chmod(to, stat.permissions());
            Xattrs.copy(linux, from, to);
            linux.setTimes(to, stat.mtimeSeconds(), stat.mtimeNanos());
        }
    }

    private void copySpecial(Level level, String name, FileStat stat) throws IOException {
        if (stat.isSymlink()) {
            linux.symlinkAt(linux.readLinkAt(level.from(), name), level.to(), name);
        } else {
            linux.mknodAt(level.to(), name, stat.type() | 0600, stat.rdevMajor(), stat.rdevMinor());
        }
        linux.chownAt(level.to(), name, stat.uid(), stat.gid());
        if (!stat.isSymlink()) {
            linux.chmodAt(level.to(), name, stat.permissions());
        }
        Xattrs.copyAt(linux, level.from(), level.to(), name);
        linux.setTimesAt(level.to(), name, stat.mtimeSeconds(), stat.mtimeNanos());
    }

    private static String below(Level level, String name) {
        return level.path().isEmpty() ? name : level.path() + "/" + name;
    }

    private void count(long size) {
        bytes += size;
        if (++entries % REPORT_EVERY == 0) {
            listener.copied(entries, bytes);
        }
    }
}
