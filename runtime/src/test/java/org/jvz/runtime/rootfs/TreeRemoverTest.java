package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
final class TreeRemoverTest {
    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Path tree = Path.of("/");
    private Path canary = Path.of("/");
    private Map<String, String> before = Map.of();

    @BeforeEach
    void prepare() throws IOException {
        tree = Files.createDirectory(dir.resolve("tree"));
        canary = Trees.template(Files.createDirectory(dir.resolve("canary")));
        before = Trees.snapshot(canary);
    }

    @AfterEach
    void theCanaryIsUntouched() throws IOException {
        assertThat(Trees.snapshot(canary)).isEqualTo(before);
    }

    @RootTest
    void removesEverythingAndFollowsNothing() throws Exception {
        Trees.template(tree.resolve("a"));
        Files.createSymbolicLink(tree.resolve("out"), canary);
        Files.createSymbolicLink(tree.resolve("a/out"), Path.of("../../canary/etc"));
        Files.createLink(tree.resolve("a/hard"), tree.resolve("a/etc/hostname"));
        linux.mknodAt(Fd.CWD, tree.resolve("fifo").toString(), FileStat.S_IFIFO | 0600, 0, 0);
        linux.mknodAt(Fd.CWD, tree.resolve("device").toString(), FileStat.S_IFCHR | 0600, 10, 130);
        Files.setAttribute(tree.resolve("a/etc"), "unix:mode", 0);
        for (int i = 0; i < 1000; i++) {
            Files.createFile(tree.resolve("a/var/file-with-some-name-" + i));
        }
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
        TreeRemover.remove(linux, tree);
        TreeRemover.remove(linux, tree.resolve("absent/below"));
    }

    @RootTest
    void removesAFileOrLinkItself() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), canary);
        TreeRemover.remove(linux, link);
        assertThat(Files.isSymbolicLink(link)).isFalse();
        Path file = Files.createFile(dir.resolve("file"));
        TreeRemover.remove(linux, file);
        assertThat(file).doesNotExist();
    }

    @RootTest
    void removesATreeDeeperThanAnyPath() throws Exception {
        // In memory: on a disk, making it takes longer than all other tests together.
        tree = Files.createDirectory(Path.of(System.getenv("JVZ_PREFIX")).resolve("tree"));
        Fd at = linux.open(tree, OpenFlag.DIRECTORY);
        for (int i = 0; i < 10_000; i++) {
            linux.mkdirAt(at, "directory", 0755);
            linux.mknodAt(at, "file", FileStat.S_IFREG | 0600, 0, 0);
            Fd below = linux.openAt(at, "directory", OpenFlag.DIRECTORY);
            at.close();
            at = below;
        }
        at.close();
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
    }

    @RootTest
    void removesAWideTree() throws Exception {
        for (int i = 0; i < 300; i++) {
            Files.createDirectories(tree.resolve("d" + i + "/e/f"));
        }
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
    }

    @RootTest
    void stopsAtAMount() throws Exception {
        Path below = Files.createDirectories(tree.resolve("a/mnt"));
        linux.mount(canary.toString(), below, null, Set.of(MountFlag.BIND), null);
        assertThatThrownBy(() -> TreeRemover.remove(linux, tree))
                .hasMessage("Something is mounted in " + tree + " at a directory 'mnt', not removed");
        assertThatThrownBy(() -> TreeRemover.remove(linux, below)).hasMessageContaining("mounted");
        assertThat(below.resolve("etc/hostname")).exists();
        linux.unmount(below);
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
    }

    @RootTest
    void stopsAtAMountedFile() throws Exception {
        Path below = Files.createFile(tree.resolve("file"));
        linux.mount(canary.resolve("etc/hostname").toString(), below, null, Set.of(MountFlag.BIND), null);
        assertThatThrownBy(() -> TreeRemover.remove(linux, tree)).hasStackTraceContaining("EBUSY");
        linux.unmount(below);
        TreeRemover.remove(linux, tree);
    }

    @RootTest
    void takesTheImmutableFlagAway() throws Exception {
        Path file = Files.createFile(Files.createDirectory(tree.resolve("d")).resolve("file"));
        for (Path locked : new Path[] {file, file.getParent(), tree}) {
            try (Fd fd = linux.open(locked)) {
                linux.setInodeFlags(fd, linux.inodeFlags(fd) | 0x10);
            }
        }
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
    }

    @RootTest
    void refusesNonsense() {
        for (String path : new String[] {"/", "/tmp/..", "/tmp/."}) {
            assertThatThrownBy(() -> TreeRemover.remove(linux, Path.of(path))).hasMessageStartingWith("Refusing");
        }
    }

    @RootTest
    void twoMayRemoveTheSameTree() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 50; i++) {
                Files.createDirectories(tree.resolve("d" + i + "/e/f"));
                Files.createFile(tree.resolve("d" + i + "/e/file"));
            }
            AtomicBoolean failed = new AtomicBoolean();
            Thread other = new Thread(() -> {
                try {
                    TreeRemover.remove(linux, tree);
                } catch (IOException e) {
                    failed.set(true);
                }
            });
            other.start();
            TreeRemover.remove(linux, tree);
            other.join(60_000);
            assertThat(failed).isFalse();
            assertThat(tree).doesNotExist();
            Files.createDirectory(tree);
        }
    }

    @RootTest
    void somebodyWhoKeepsFillingTheTreeCannotHoldItUp() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread filler = new Thread(() -> {
            for (int i = 0; !stop.get(); i++) {
                try {
                    Path name = tree.resolve("d" + i % 7);
                    Files.createDirectories(name.resolve("e"));
                    Files.createSymbolicLink(name.resolve("e/link" + i), canary);
                } catch (IOException removed) {
                    Thread.onSpinWait();
                }
            }
        });
        filler.start();
        try {
            Thread.sleep(20);
            // It may win or give up, but has to end.
            TreeRemover.remove(linux, tree);
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("Unable to remove " + tree);
        } finally {
            stop.set(true);
            filler.join(10_000);
        }
        TreeRemover.remove(linux, tree);
        assertThat(tree).doesNotExist();
    }
}
