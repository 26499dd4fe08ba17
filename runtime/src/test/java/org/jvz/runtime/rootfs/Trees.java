package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Trees of files for tests, and what they look like. */
final class Trees {
    private Trees() {}

    /** A small template: what a test about layouts needs. Times lie in the past, so that a write shows. */
    static Path template(Path at) throws IOException {
        Files.createDirectories(at.resolve("etc"));
        Files.createDirectories(at.resolve("var/data/deep"));
        Files.createDirectories(at.resolve("sbin"));
        Files.writeString(at.resolve("etc/hostname"), "template\n");
        Files.writeString(at.resolve("var/data/deep/file"), "from the template\n");
        Files.writeString(at.resolve("sbin/init"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                at.resolve("sbin/init"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createLink(at.resolve("var/data/link"), at.resolve("var/data/deep/file"));
        Files.createSymbolicLink(at.resolve("var/run"), Path.of("/run"));
        Files.setAttribute(at.resolve("var/data/deep/file"), "unix:uid", 33);
        Files.setAttribute(at.resolve("var/data/deep/file"), "unix:gid", 34);
        Files.setAttribute(at, "unix:mode", 0751);
        age(at);
        return at;
    }

    private static void age(Path top) throws IOException {
        try (var all = Files.walk(top)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!Files.isSymbolicLink(path)) {
                    Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));
                }
            }
        }
    }

    /** Every file below {@code top}: type, mode, owner, size, time, links, target or content. */
    static Map<String, String> snapshot(Path top) throws IOException {
        Map<String, String> files = new TreeMap<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                files.put(top.relativize(dir).toString(), describe(dir));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                files.put(top.relativize(file).toString(), describe(file));
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static String describe(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(
                path, "unix:mode,uid,gid,size,nlink,rdev,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        String text = stat.get("mode") + " " + stat.get("uid") + ":" + stat.get("gid") + " links " + stat.get("nlink")
                + " rdev " + stat.get("rdev") + " " + stat.get("lastModifiedTime");
        if (Files.isSymbolicLink(path)) {
            return text + " -> " + Files.readSymbolicLink(path);
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return text + " size " + stat.get("size") + " " + Arrays.hashCode(Files.readAllBytes(path));
        }
        return text;
    }

    static String mounts() throws IOException {
        return Files.readString(Path.of("/proc/thread-self/mountinfo"));
    }
}
