package org.jvz.runtime.guest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.testing.PrivateHost;

/**
 * Whole trees before and after, one per distribution. A file {@code NAME@link} stands for a link to the path that it
 * holds, {@code NAME@exec} for a program. Everything is done twice, and the second time changes nothing.
 */
@PrivateHost
final class GoldenRootTest {
    private static final Path ROOTS = Path.of("src/test/resources/guest");

    private static final GuestNetwork NETWORK = new GuestNetwork(
            List.of(
                    VeAddress.parse("203.0.113.10"),
                    VeAddress.parse("198.51.100.7/24"),
                    VeAddress.parse("2001:db8::10"),
                    VeAddress.parse("2001:db8:7::1/64")),
            List.of("192.0.2.53", "2001:db8::53"),
            List.of("example.org", "example.net"));

    @TempDir
    Path dir;

    static List<String> systems() throws IOException {
        try (Stream<Path> roots = Files.list(ROOTS)) {
            return roots.map(root -> root.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("systems")
    void becomesWhatItShould(String system) throws Exception {
        Path root = dir.resolve("root");
        unpack(ROOTS.resolve(system).resolve("before"), root);
        Path expected = dir.resolve("expected");
        unpack(ROOTS.resolve(system).resolve("after"), expected);

        Map<String, String> first = Map.of();
        for (int time = 1; time <= 2; time++) {
            try (InsideRoot inside = InsideRoot.open(new JffiLinux(), root, IdShift.NONE)) {
                NewGuest.prepare(inside, null, 101);
                Guest guest = Guest.detect(inside, null);
                guest.setHostname(inside, "ve101.example.com");
                for (FileEdit edit : guest.dns(NETWORK)) {
                    edit.apply(inside);
                }
                for (FileEdit edit : guest.network(inside, NETWORK)) {
                    edit.apply(inside);
                }
            }
            assertThat(contents(root)).as("after %d times", time).isEqualTo(contents(expected));
            if (time == 1) {
                first = inodes(root);
            }
        }
        assertThat(inodes(root)).as("nothing is written the second time").isEqualTo(first);
    }

    static void unpack(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                String name = from.relativize(path).toString();
                int at = name.lastIndexOf('@');
                Path place = to.resolve(at < 0 ? name : name.substring(0, at));
                Files.createDirectories(requireNonNull(place.getParent()));
                if (name.endsWith("@link")) {
                    Files.createSymbolicLink(
                            place, Path.of(Files.readString(path).strip()));
                } else {
                    Files.copy(path, place);
                    Files.setAttribute(place, "unix:mode", name.endsWith("@exec") ? 0755 : 0644);
                }
            }
        }
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                String name = root.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    contents.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (Files.isRegularFile(path)) {
                    contents.put(name, Files.readString(path, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return contents;
    }

    private static Map<String, String> inodes(Path root) throws IOException {
        Map<String, String> inodes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                inodes.put(
                        root.relativize(path).toString(),
                        Files.readAttributes(path, "unix:ino,ctime", LinkOption.NOFOLLOW_LINKS)
                                .toString());
            }
        }
        return inodes;
    }
}
