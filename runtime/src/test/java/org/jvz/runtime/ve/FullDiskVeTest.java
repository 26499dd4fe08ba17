package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.testing.FullDisk;
import org.jvz.testing.LoopDisk;
import org.jvz.testing.RootTest;

/**
 * Where the disk of configurations, locks and journals runs out of space, a VE is made whole or not at all, and destroyed or left as it is.
 * That of private areas is another one and has room: what is too little there is refused beforehand.
 */
class FullDiskVeTest {
    /** More than enough for any of it; what a test has free goes from none to this. */
    private static final int ENOUGH = 24;

    @TempDir
    Path dir;

    private int disks;
    private int done;
    private int refused;

    @BeforeEach
    void requireBusybox() {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
    }

    private TinyHost host(String limit) throws IOException {
        TinyHost tiny = new TinyHost(FullDisk.mount(dir.resolve("disk" + disks++), limit));
        FullDisk.mount(tiny.paths.prefix().resolve("vz/private"), "size=16m");
        return tiny;
    }

    @RootTest
    void createWhereBytesRunOut() throws IOException {
        create("size=16m", FullDisk::takeBytes);
    }

    @RootTest
    void createWhereInodesRunOut() throws IOException {
        create("nr_inodes=300", FullDisk::takeInodes);
    }

    @RootTest
    void destroyWhereBytesRunOut() throws IOException {
        destroy("size=16m", FullDisk::takeBytes);
    }

    @RootTest
    void destroyWhereInodesRunOut() throws IOException {
        destroy("nr_inodes=300", FullDisk::takeInodes);
    }

    private void create(String limit, FullDisk.Filler filler) throws IOException {
        for (int free = 0; free <= ENOUGH; free++) {
            TinyHost tiny = host(limit);
            filler.fill(tiny.paths.prefix(), free);
            Set<String> before = traces(tiny);
            @Nullable Throwable failure = catchThrowable(() -> create(tiny));
            if (failure == null) {
                done++;
                assertThat(ConfFile.read(tiny.paths.conf(TinyHost.ID)).get("DESCRIPTION"))
                        .hasSize(2 * FullDisk.PAGE);
                assertThat(traces(tiny)).contains("/vz/private/101", "/etc/vz/conf/101.conf", "/etc/vz/names/db");
            } else {
                refuses(failure, free);
                assertThat(traces(tiny)).as("%d free", free).isEqualTo(before);
            }
            remove(tiny, failure == null);
        }
        assertThat(done).isPositive();
        assertThat(refused).isPositive();
    }

    private void create(TinyHost tiny) throws IOException {
        tiny.create(tiny.host(), conf -> conf.withText("VE_LAYOUT", "simfs")
                .withText("NAME", "db")
                .withText("DESCRIPTION", "d".repeat(2 * FullDisk.PAGE)));
    }

    /** On a full disk of all things one has to be able to remove something: that is refused only where not even a journal fits. */
    private void destroy(String limit, FullDisk.Filler filler) throws IOException {
        for (int free = 0; free <= ENOUGH; free++) {
            TinyHost tiny = host(limit);
            create(tiny);
            filler.fill(tiny.paths.prefix(), free);
            Set<String> before = traces(tiny);
            byte[] conf = Files.readAllBytes(tiny.paths.conf(TinyHost.ID));
            @Nullable Throwable failure = catchThrowable(() -> tiny.destroy(tiny.host()));
            if (failure == null) {
                done++;
                assertThat(traces(tiny))
                        .as("%d free", free)
                        .doesNotContain("/vz/private/101", "/etc/vz/conf/101.conf", "/etc/vz/names/db");
            } else {
                refuses(failure, free);
                assertThat(traces(tiny)).as("%d free", free).isEqualTo(before);
                assertThat(tiny.paths.conf(TinyHost.ID)).hasBinaryContent(conf);
            }
            remove(tiny, failure != null);
        }
        assertThat(done).isGreaterThan(ENOUGH / 2);
    }

    /** Why, and in doing what. */
    private void refuses(Throwable failure, int free) {
        refused++;
        assertThat(failure).as("%d free", free).isInstanceOfAny(VeException.class, IOException.class);
        assertThat(TinyHost.messages(failure))
                .as("%d free", free)
                .contains("No space left on device")
                .isNotEqualTo("No space left on device\n");
    }

    /** With room again all works. */
    private static void remove(TinyHost tiny, boolean there) throws IOException {
        Path prefix = tiny.paths.prefix();
        FullDisk.giveBack(prefix);
        if (there) {
            tiny.destroy(tiny.host());
        }
        assertThat(traces(tiny)).doesNotContain("/vz/private/101", "/etc/vz/conf/101.conf", "/etc/vz/names/db");
        LoopDisk.run(List.of("umount", "-l", prefix.resolve("vz/private").toString()));
        LoopDisk.run(List.of("umount", "-l", prefix.toString()));
    }

    /**
     * What there is of VEs: all files and links but the template's, the ballast and the files that are only ever locked; of private areas
     * their directories, without what is being deleted behind a destroy's back.
     */
    private static Set<String> traces(TinyHost tiny) throws IOException {
        Path prefix = tiny.paths.prefix();
        Set<String> traces = new TreeSet<>();
        Files.walkFileTree(prefix, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                String name = name(prefix, dir);
                if (name.equals("/vz/template") || name.equals("/vz/private/vztmp")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (name.startsWith("/vz/private/")) {
                    traces.add(name);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = name(prefix, file);
                if (!name.startsWith("/" + FullDisk.BALLAST) && !name.matches("/(var/lib/jvz|run/jvz)/[a-z]+\\.lock")) {
                    traces.add(name);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return traces;
    }

    private static String name(Path prefix, Path file) {
        return file.toString().substring(prefix.toString().length());
    }
}
