package org.jvz.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A small tmpfs, mounted in the calling thread's mount namespace, on which space runs out where a test wants it. */
public final class FullDisk {
    public static final int PAGE = 4096;
    /** The names of the files that take the space begin so; they are at the top of the disk. */
    public static final String BALLAST = "ballast";

    private static final String FULL = "No space left on device";

    private FullDisk() {}

    /** Leaves so much free on a disk. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path disk, int free) throws IOException;
    }

    /**
     * Mounts one on a directory, which is made if it is not there.
     *
     * @param limit {@code size=BYTES} or {@code nr_inodes=NUMBER}, tmpfs(5)
     */
    public static Path mount(Path at, String limit) throws IOException {
        Files.createDirectories(at);
        LoopDisk.run(List.of("mount", "-t", "tmpfs", "-o", limit, "tmpfs", at.toString()));
        return at;
    }

    /** Writes until nothing fits any more, then gives some pages back. */
    public static void takeBytes(Path disk, int freePages) throws IOException {
        Path file = disk.resolve(BALLAST);
        int written = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] page = new byte[PAGE];
            while (true) {
                out.write(page);
                written++;
            }
        } catch (IOException e) {
            requireFull(e);
        }
        LoopDisk.run(List.of("truncate", "-s", Long.toString((long) (written - freePages) * PAGE), file.toString()));
    }

    /** Makes files until there can be no more, then removes some. */
    public static void takeInodes(Path disk, int free) throws IOException {
        List<Path> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(Files.createFile(disk.resolve(BALLAST + taken.size())));
            }
        } catch (IOException e) {
            requireFull(e);
        }
        for (Path file : taken.subList(0, free)) {
            Files.delete(file);
        }
    }

    /** Gives back all that was taken. */
    public static void giveBack(Path disk) throws IOException {
        try (Stream<Path> files = Files.list(disk)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(BALLAST)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void requireFull(IOException failure) throws IOException {
        if (!String.valueOf(failure.getMessage()).contains(FULL)) {
            throw failure;
        }
    }
}
