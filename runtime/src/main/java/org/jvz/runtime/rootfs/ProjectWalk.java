package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.QuotaCalls.FileProject;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.runtime.linux.ResolveFlag;

/**
 * Puts every file of a private area into a quota project. The files are a VE's: they are reached by directory descriptor and
 * single name, no link is followed and nothing but files and directories is opened. The VE does not run.
 *
 * <p>Links, device nodes (an overlay's whiteouts are such), FIFOs and sockets have a project like any file, but before
 * Linux 6.17 no call sets it, and the kernel refuses (EXDEV) to rename one of another project within the area: a name that
 * the VE had deleted could not be made again. So they are made anew in a directory of the project and put in the old one's
 * place.
 */
final class ProjectWalk {
    /** Directories held open at a time; a VE can make trees deeper than any limit of descriptors. */
    private static final int MAX_OPEN = 64;

    /** Where nodes are made anew. In a simfs area it is in the VE's root directory while the walk lasts. */
    static final String SCRATCH = ".jvz-project";

    private static final int REPORT_EVERY = 256;

    private static final Set<OpenFlag> DIRECTORY = Set.of(OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
    private static final Set<OpenFlag> FILE = Set.of(OpenFlag.NOFOLLOW, OpenFlag.NONBLOCK, OpenFlag.NOCTTY);
    private static final Set<ResolveFlag> ONE_STEP =
            Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS, ResolveFlag.NO_XDEV);

    private final Linux linux;
    private final Path area;
    private final FileProject project;
    private final FileProject ofFiles;
    private final ArrayDeque<Level> levels = new ArrayDeque<>();
    private final LongConsumer listener;
    private @Nullable Fd scratch;
    private long seen;
    private long moved;

    /** A directory on the way down and those of its sub-directories that are still to come. */
    private static final class Level {
        final ArrayDeque<String> pending = new ArrayDeque<>();
        Fd fd;

        Level(Fd fd) {
            this.fd = fd;
        }
    }

    private ProjectWalk(Linux linux, Path area, FileProject project, LongConsumer listener) {
        this.linux = linux;
        this.area = area;
        this.project = project;
        this.listener = listener;
        this.ofFiles = new FileProject(project.id(), false);
    }

    /**
     * Walks the whole area; returns how many files were not in the project.
     *
     * @param listener told now and then how many files have been looked at
     */
    static long run(Linux linux, Path area, FileProject project, LongConsumer listener) throws IOException {
        ProjectWalk walk = new ProjectWalk(linux, area, project, listener);
        try (Fd top = linux.open(area, OpenFlag.DIRECTORY)) {
            walk.walk(top);
        }
        return walk.moved;
    }

    private void walk(Fd top) throws IOException {
        TreeRemover.remove(linux, area.resolve(SCRATCH));
        try {
            linux.mkdirAt(top, SCRATCH, 0700);
            try (Fd own = linux.openAt(top, SCRATCH, DIRECTORY, 0)) {
                if (!linux.setProject(own, project)) {
                    return;
                }
                scratch = own;
                descend(linux.duplicate(top));
                while (!levels.isEmpty()) {
                    step(levels.getLast());
                }
            }
            set(top, project);
        } finally {
            for (Level level : levels) {
                level.fd.close();
            }
            TreeRemover.remove(linux, area.resolve(SCRATCH));
        }
    }

    private void step(Level level) throws IOException {
        String next = level.pending.poll();
        if (next != null) {
            Fd directory = linux.openAt2(level.fd, next, DIRECTORY, 0, ONE_STEP);
            try {
                set(directory, project);
            } catch (IOException e) {
                directory.close();
                throw e;
            }
            descend(directory);
            return;
        }
        levels.removeLast();
        Level above = levels.peekLast();
        if (above != null && !above.fd.isOpen()) {
            // Nobody else is here: the parent of a directory is where we came from.
            above.fd = linux.openAt(level.fd, "..", OpenFlag.DIRECTORY);
        }
        level.fd.close();
    }

    private void descend(Fd directory) throws IOException {
        Level level = new Level(directory);
        levels.addLast(level);
        if (levels.size() > MAX_OPEN) {
            // The parent is found again by the child's "..".
            closeHighest();
        }
        boolean top = levels.size() == 1;
        linux.<IOException>forEachEntry(directory, entry -> {
            if (!top || !entry.name().equals(SCRATCH)) {
                visit(level, entry);
            }
        });
    }

    private void closeHighest() {
        for (Level level : levels) {
            if (level.fd.isOpen()) {
                level.fd.close();
                return;
            }
        }
    }

    private void visit(Level level, DirEntry entry) throws IOException {
        if (++seen % REPORT_EVERY == 0) {
            listener.accept(seen);
        }
        String name = entry.name();
        FileStat stat = linux.stat(level.fd, name);
        if (stat.isDirectory()) {
            level.pending.add(name);
        } else if (stat.isRegular()) {
            try (Fd file = linux.openAt2(level.fd, name, FILE, 0, ONE_STEP)) {
                set(file, ofFiles);
            }
        } else {
            renew(level.fd, name, stat);
        }
    }

    private void set(Fd file, FileProject wanted) throws IOException {
        if (!wanted.equals(linux.projectOrNull(file)) && linux.setProject(file, wanted)) {
            moved++;
        }
    }

    /** Makes a node or link anew in the project, with all that the old one had, and puts it in its place. */
    private void renew(Fd directory, String name, FileStat stat) throws IOException {
        Fd own = java.util.Objects.requireNonNull(scratch);
        String made = "node";
        if (stat.isSymlink()) {
            linux.symlinkAt(linux.readLinkAt(directory, name), own, made);
        } else {
            linux.mknodAt(own, made, stat.type() | 0600, stat.rdevMajor(), stat.rdevMinor());
        }
        linux.chownAt(own, made, stat.uid(), stat.gid());
        if (!stat.isSymlink()) {
            linux.chmodAt(own, made, stat.permissions());
        }
        Xattrs.copyAllAt(linux, directory, name, own, made);
        linux.setTimesAt(own, made, stat.mtimeSeconds(), stat.mtimeNanos());
        linux.renameAt(own, made, directory, name, Set.<RenameFlag>of());
        moved++;
    }
}
