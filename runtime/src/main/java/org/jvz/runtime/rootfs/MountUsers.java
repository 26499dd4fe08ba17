package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processes of this mount namespace keep a mount busy: through a working or root directory, an open file or a
 * mapped one. For messages only: processes come and go while we look, and those of other namespaces do not count.
 */
final class MountUsers {
    private final String mountPoint;

    private MountUsers(String mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** The users of the mount at {@code mountPoint}, a path without links, as {@code name (pid N, what)}. */
    static List<String> of(Path mountPoint) throws IOException {
        MountUsers search = new MountUsers(mountPoint.toString());
        Path ours = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/mnt"));
        List<String> users = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    if (Files.readSymbolicLink(process.resolve("ns/mnt")).equals(ours)) {
                        String use = search.useBy(process);
                        if (!use.isEmpty()) {
                            users.add(name(process) + " (pid " + process.getFileName() + ", " + use + ")");
                        }
                    }
                } catch (IOException gone) {
                    // It ended while we looked, and so uses nothing any more.
                }
            }
        }
        return users;
    }

    private String useBy(Path process) throws IOException {
        if (inside(process.resolve("root"))) {
            return "root directory";
        }
        if (inside(process.resolve("cwd"))) {
            return "working directory";
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (inside(descriptor)) {
                    return "open file " + Files.readSymbolicLink(descriptor);
                }
            }
        }
        // The path is the sixth column; bytes that are no text must not end the search.
        String maps = new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.ISO_8859_1);
        String mapped = new String(mountPoint.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return maps.contains(" " + mapped + "/") ? "mapped file" : "";
    }

    private boolean inside(Path link) {
        try {
            return MountTable.covers(mountPoint, Files.readSymbolicLink(link).toString());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static String name(Path process) throws IOException {
        String name = Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
                .strip();
        return name.replaceAll("[^ -~]", "?");
    }
}
