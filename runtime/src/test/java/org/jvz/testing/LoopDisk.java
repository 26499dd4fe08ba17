package org.jvz.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A file system in a sparse file, mounted in the calling thread's mount namespace. The loop device goes with its last
 * mount, and that with the thread.
 */
public final class LoopDisk {
    private static final long MIB = 1 << 20;

    private LoopDisk() {}

    /** Makes {@code image} a file system of the type, with project quota as far as the type has it, and mounts it so. */
    public static void mountWithQuota(String type, Path image, Path at) throws IOException {
        make(type, image, true);
        mount(image, at, type.equals("btrfs") ? "" : "prjquota");
    }

    /** The same without any quota. */
    public static void mountPlain(String type, Path image, Path at) throws IOException {
        make(type, image, false);
        mount(image, at, "");
    }

    /** Makes a file system in a new file. */
    public static void make(String type, Path image, boolean quota) throws IOException {
        long size = (type.equals("xfs") ? 320 : type.equals("btrfs") ? 160 : 96) * MIB;
        try (FileChannel file =
                FileChannel.open(image, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            file.write(ByteBuffer.allocate(1), size - 1);
        }
        List<String> command = new ArrayList<>(List.of("mkfs." + type, "-q"));
        if (type.equals("ext4") && quota) {
            command.addAll(List.of("-O", "project,quota", "-E", "quotatype=prjquota"));
        }
        command.add(image.toString());
        run(command);
    }

    /** Mounts the file; options besides loop, joined by commas, may be empty. */
    public static void mount(Path image, Path at, String options) throws IOException {
        Files.createDirectories(at);
        run(List.of("mount", "-o", options.isEmpty() ? "loop" : "loop," + options, image.toString(), at.toString()));
    }

    /** Unmounts it. */
    public static void unmount(Path at) throws IOException {
        run(List.of("umount", at.toString()));
    }

    /** Runs a program of the host in this thread's namespaces; returns what it says. */
    public static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(command + " ends with " + status + ": " + text);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return text;
    }
}
