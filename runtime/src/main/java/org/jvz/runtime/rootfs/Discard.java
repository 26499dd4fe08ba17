package org.jvz.runtime.rootfs;

import static org.jvz.runtime.linux.Errno.EEXIST;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.runtime.linux.SyscallException;

/** Puts a private area out of sight at once; deleting it can then take its time. */
public final class Discard {
    private static final String DIRECTORY = "vztmp";
    private static final String PREFIX = "vzctl-rm-me.";
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SUFFIX = 6;
    private static final int TRIES = 100;

    private Discard() {}

    /**
     * Renames {@code area} to {@code vztmp/vzctl-rm-me.XXXXXX} at the top of its file system, or in {@code ceiling} if
     * that is further down and on the same file system. A symbolic link is moved itself, its target stays.
     *
     * @param ceiling directory not to look above, usually {@code /vz}
     * @return where it is now; for {@link TreeRemover}
     */
    public static Path renameAside(Linux linux, Path area, Path ceiling) throws IOException {
        Path parent = area.toAbsolutePath().getParent();
        Path name = area.getFileName();
        if (parent == null || name == null) {
            throw new IOException("Not a private area: " + area);
        }
        Path place = top(linux, parent.toRealPath(), ceiling).resolve(DIRECTORY);
        makeClosed(linux, place);
        try (Fd from = linux.open(parent, OpenFlag.PATH, OpenFlag.DIRECTORY);
                Fd to = linux.open(place, OpenFlag.PATH, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            for (int tries = 1; ; tries++) {
                String aside = PREFIX + suffix();
                try {
                    linux.renameAt(from, name.toString(), to, aside, Set.of(RenameFlag.NOREPLACE));
                    return place.resolve(aside);
                } catch (SyscallException e) {
                    if (!e.is(EEXIST) || tries == TRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Everything that waits for deletion beside {@code area}, left by a deletion that was cut short. */
    public static Path directoryFor(Linux linux, Path area, Path ceiling) throws IOException {
        Path parent = area.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("Not a private area: " + area);
        }
        return top(linux, parent.toRealPath(), ceiling).resolve(DIRECTORY);
    }

    /** The highest directory above {@code from} (or that itself) in the same mount, not above {@code ceiling}. */
    private static Path top(Linux linux, Path from, Path ceiling) throws IOException {
        Path limit;
        try {
            limit = ceiling.toRealPath();
        } catch (java.nio.file.NoSuchFileException absent) {
            limit = Path.of("/");
        }
        FileStat here = linux.statFollowing(from);
        Path top = from;
        while (!top.equals(limit)) {
            Path above = top.getParent();
            if (above == null) {
                break;
            }
            FileStat stat = linux.statFollowing(above);
            // A bind mount of one file system is no obstacle to stat, but it is to rename: EXDEV.
            boolean same = stat.devMajor() == here.devMajor()
                    && stat.devMinor() == here.devMinor()
                    && stat.mountId() == here.mountId();
            if (!same) {
                break;
            }
            top = above;
        }
        return top;
    }

    private static void makeClosed(Linux linux, Path place) throws IOException {
        try {
            linux.mkdirAt(Fd.CWD, place.toString(), 0700);
        } catch (SyscallException e) {
            if (!e.is(EEXIST)) {
                throw e;
            }
        }
        FileStat stat = linux.statOrNull(Fd.CWD, place.toString());
        if (stat == null || !stat.isDirectory() || stat.uid() != 0) {
            throw new IOException(place + " is not a directory of root");
        }
    }

    private static String suffix() {
        StringBuilder suffix = new StringBuilder(SUFFIX);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < SUFFIX; i++) {
            suffix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return suffix.toString();
    }
}
