package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces small files whole: a temporary file in the same directory, fsync(2), rename(2), fsync of the directory.
 * After a crash at any moment the file is the old one or the new one.
 *
 * <p>Temporary files are called {@code .NAME.tmp-PID-N}. One whose process is gone was left by a kill; the next
 * replacement of the same file, or {@link #sweep}, removes it.
 */
public final class AtomicFile {

    private static final int MAX_LINKS = 40;

    private AtomicFile() {}

    /**
     * Replaces or creates a file. Symbolic links are followed, so they stay; mode and owner of an existing file stay;
     * access lists, extended attributes and further hard links do not.
     *
     * @param newMode permission bits of a file that did not exist
     * @throws IOException naming the file; nothing is changed then
     */
    public static void replace(Path file, byte[] content, int newMode) throws IOException {
        try {
            replaceTarget(target(file), content, newMode);
        } catch (IOException e) {
            throw new IOException("Unable to write " + file, e);
        }
    }

    /** Removes what a killed process left of a replacement of this file. */
    public static void sweep(Path file) throws IOException {
        Path target = target(file);
        String prefix = "." + target.getFileName() + ".tmp-";
        // Not a glob: file names may hold characters that globs know.
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory(target))) {
            for (Path each : all) {
                String name = each.getFileName().toString();
                if (name.startsWith(prefix) && isLeftOver(name.substring(prefix.length()))) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (NoSuchFileException e) {
            // No directory, nothing left in it.
        }
    }

    private static boolean isLeftOver(String pidAndNumber) {
        int dash = pidAndNumber.indexOf('-');
        String pid = dash < 0 ? "" : pidAndNumber.substring(0, dash);
        return CtId.isNumber(pid) && !Files.exists(Path.of("/proc", pid));
    }

    private static void replaceTarget(Path target, byte[] content, int newMode) throws IOException {
        @Nullable Owner old = ownerOf(target);
        sweep(target);
        Path temp = create(target, content);
        try {
            keepOwnerAndMode(temp, old, newMode);
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temp);
            throw e;
        }
        try (FileChannel directory = FileChannel.open(directory(target), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static Path create(Path target, byte[] content) throws IOException {
        // Not ProcessHandle: its class starts a thread pool.
        String pid = Files.readSymbolicLink(Path.of("/proc/self")).toString();
        for (long number = System.nanoTime(); ; number++) {
            Path temp = directory(target).resolve("." + target.getFileName() + ".tmp-" + pid + "-" + Math.abs(number));
            try (FileChannel channel = FileChannel.open(
                    temp,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
                return temp;
            } catch (FileAlreadyExistsException e) {
                // Another thread of ours at the very same moment: the next number.
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(temp);
                throw e;
            }
        }
    }

    private static void keepOwnerAndMode(Path temp, @Nullable Owner old, int newMode) throws IOException {
        int mode = newMode;
        if (old != null) {
            Owner mine = Owner.of(temp);
            if (old.uid != mine.uid) {
                Files.setAttribute(temp, "unix:uid", old.uid, LinkOption.NOFOLLOW_LINKS);
            }
            if (old.gid != mine.gid) {
                Files.setAttribute(temp, "unix:gid", old.gid, LinkOption.NOFOLLOW_LINKS);
            }
            mode = old.mode;
        }
        // After the owner: chown(2) clears bits of the mode.
        Files.setAttribute(temp, "unix:mode", mode);
    }

    private static @Nullable Owner ownerOf(Path target) throws IOException {
        try {
            if (!Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile()) {
                throw new IOException(target + " is not a regular file");
            }
            return Owner.of(target);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private record Owner(int mode, int uid, int gid) {
        static Owner of(Path file) throws IOException {
            return new Owner(number(file, "mode") & 07777, number(file, "uid"), number(file, "gid"));
        }

        private static int number(Path file, String attribute) throws IOException {
            return (Integer) Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Where the file really lies; a symbolic link to nothing leads to the file it would create. */
    private static Path target(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int i = 0; i < MAX_LINKS; i++) {
            if (!Files.isSymbolicLink(target)) {
                return target;
            }
            target = directory(target).resolve(Files.readSymbolicLink(target));
        }
        throw new IOException("Too many symbolic links at " + file);
    }

    private static Path directory(Path target) throws IOException {
        @Nullable Path parent = target.getParent();
        if (parent == null) {
            throw new IOException(target + " is not a file");
        }
        return parent;
    }
}
