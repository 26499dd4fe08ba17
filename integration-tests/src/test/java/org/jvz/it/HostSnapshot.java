package org.jvz.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What jvz can leave behind on a host, one line for each thing: mounts below the host's directory, its cgroups in every hierarchy, network
 * devices, processes in these cgroups or with their root below the directory, commands that still run, files (with their size below
 * {@code etc}), locks. Not counted are the installed commands, the templates, which are shared, the log, and
 * the files of the host's own locks, which are made once and stay.
 *
 * @param lines sorted, such as {@code mount /…/vz/root/101}
 */
public record HostSnapshot(Set<String> lines) {
    /** Looks at the host now. */
    public static HostSnapshot of(TestHost host) throws IOException {
        return of(host.dir(), host.cgroupName());
    }

    static HostSnapshot of(Path host, String cgroupName) throws IOException {
        Set<String> lines = new TreeSet<>();
        mounts(host, lines);
        cgroups(cgroupName, lines);
        devices(lines);
        processes(host, cgroupName, lines);
        files(host, lines);
        return new HostSnapshot(lines);
    }

    /** What is there now and was not then, and the reverse: {@code + mount …}, {@code - file …}. Empty if nothing has changed. */
    public List<String> changesSince(HostSnapshot then) {
        List<String> changes = new ArrayList<>();
        for (String line : lines) {
            if (!then.lines.contains(line)) {
                changes.add("+ " + line);
            }
        }
        for (String line : then.lines) {
            if (!lines.contains(line)) {
                changes.add("- " + line);
            }
        }
        return changes;
    }

    private static void mounts(Path host, Set<String> lines) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"))) {
            String[] fields = line.split(" ", 6);
            if (fields[4].startsWith(host + "/")) {
                // With its id: two mounts at one place are two lines.
                lines.add("mount " + fields[4] + " #" + fields[0]);
            }
        }
    }

    /** Where cgroup hierarchies are mounted: /sys/fs/cgroup itself on a host of cgroup v2 alone, else directories in it. */
    static List<Path> hierarchies() throws IOException {
        Path top = Path.of("/sys/fs/cgroup");
        return Files.exists(top.resolve("cgroup.controllers")) ? List.of(top) : children(top);
    }

    private static void cgroups(String cgroupName, Set<String> lines) throws IOException {
        for (Path hierarchy : hierarchies()) {
            Path own = hierarchy.resolve(cgroupName);
            if (Files.isDirectory(own)) {
                try (Stream<Path> below = Files.walk(own)) {
                    // The host's own directory may stay for the next VE; what is in it must not.
                    below.filter(path -> !path.equals(own) && Files.isDirectory(path))
                            .forEach(path -> lines.add("cgroup " + path));
                } catch (UncheckedIOException e) {
                    // A cgroup that goes away while one looks: the other lines are still right.
                    lines.add("cgroup vanishing below " + own);
                }
            }
        }
    }

    private static void devices(Set<String> lines) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/net/dev"))) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.add("device " + line.substring(0, colon).strip());
            }
        }
    }

    private static void processes(Path host, String cgroupName, Set<String> lines) throws IOException {
        String self = Long.toString(ProcessHandle.current().pid());
        for (Path process : children(Path.of("/proc"))) {
            String pid = process.getFileName().toString();
            if (!Character.isDigit(pid.charAt(0)) || pid.equals(self)) {
                continue;
            }
            try {
                String cgroups = Files.readString(process.resolve("cgroup"));
                String words = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                        .replace('\0', ' ');
                boolean inside = cgroups.contains("/" + cgroupName + "/") || below(host, process.resolve("root"));
                boolean command = words.contains(host.resolve("usr/local").toString());
                // No words: it has ended, and its parent has not looked yet.
                if (!words.isEmpty() && (inside || command)) {
                    lines.add("process " + pid + " " + words.strip());
                }
            } catch (IOException e) {
                // It ended meanwhile.
            }
        }
    }

    private static boolean below(Path host, Path link) {
        try {
            return Files.readSymbolicLink(link).startsWith(host);
        } catch (IOException e) {
            return false;
        }
    }

    private static void files(Path host, Set<String> lines) throws IOException {
        Set<Path> shared = Set.of(
                host.resolve("usr"), host.resolve("vz/template"), host.resolve("vz/root"), host.resolve("var/log"));
        Files.walkFileTree(host, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                if (shared.contains(dir)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                try {
                    Object mode = Files.getAttribute(dir, "unix:mode", LinkOption.NOFOLLOW_LINKS);
                    lines.add("directory " + dir + " " + mode);
                    return FileVisitResult.CONTINUE;
                } catch (NoSuchFileException goneMeanwhile) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.startsWith(host.resolve("var/lib/jvz"))
                        && file.toString().endsWith(".lock")) {
                    return FileVisitResult.CONTINUE;
                }
                boolean configuration = file.startsWith(host.resolve("etc"));
                lines.add("file " + file + (configuration ? " of " + attributes.size() + " bytes" : ""));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        // The roots are looked at but not into: a mounted VE's files are its private area's.
        for (Path root : children(host.resolve("vz/root"))) {
            lines.add("directory " + root);
        }
    }

    private static List<Path> children(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.toList();
        }
    }
}
