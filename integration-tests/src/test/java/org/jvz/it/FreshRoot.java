package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A Debian that knows nothing of jvz and has no Java: a directory with what the template {@code debian-12-standard} unpacks to. Commands
 * run in it as root of a system of their own, in mount and process namespaces that end with them, so that nothing is left mounted.
 */
final class FreshRoot {
    private static final String ENTER =
            """
            mount --bind "$0" "$0" && mount --rbind /dev "$0/dev" && mount --rbind /sys "$0/sys" && mount -t proc proc "$0/proc" \\
                && mount -t tmpfs tmpfs "$0/run" || exit 125
            # No chroot: a process in one may make no user namespace. The old root lies over the new one, then nowhere.
            cd "$0" && pivot_root . . && umount -l . || exit 125
            exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive /bin/sh -c "cd /; $1"
            """;

    private final Path dir;

    private FreshRoot(Path dir) {
        this.dir = dir;
    }

    /** Unpacks one to a directory that is there. */
    static FreshRoot unpack(Path dir) throws IOException, InterruptedException {
        Path archive = TestHost.get().path("vz/template/cache/debian-12-standard.tar.gz");
        new VzctlProcess(
                        Path.of("/usr/bin/tar"),
                        List.of("-x", "--numeric-owner", "-f", archive.toString(), "-C", dir.toString()))
                .run()
                .succeeds();
        return new FreshRoot(dir);
    }

    Path path(String inside) {
        return dir.resolve(inside);
    }

    /** Runs a shell's command line in it. */
    Outcome run(String command) throws IOException, InterruptedException {
        return new VzctlProcess(
                        Path.of("/usr/bin/unshare"),
                        List.of(
                                "--mount",
                                "--pid",
                                "--fork",
                                "--propagation",
                                "private",
                                "/bin/sh",
                                "-c",
                                ENTER,
                                dir.toString(),
                                command))
                .run();
    }

    /** All files but dpkg's own records, as paths inside. */
    Set<String> files() throws IOException {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.walk(dir)) {
            all.map(path -> "/" + dir.relativize(path))
                    .filter(path -> !path.startsWith("/var/lib/dpkg/") && !path.startsWith("/tmp/"))
                    .forEach(files::add);
        }
        return files;
    }
}
