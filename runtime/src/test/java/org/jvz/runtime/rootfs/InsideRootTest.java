package org.jvz.runtime.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

/** Every test ends with a look at a canary tree outside, which no operation may have touched. */
@PrivateHost
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
final class InsideRootTest {
    private static final byte[] TEXT = "ve101\n".getBytes(UTF_8);

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Path root = Path.of("/");
    private Path canary = Path.of("/");
    private Map<String, String> before = Map.of();

    @BeforeEach
    void prepare() throws IOException {
        root = Files.createDirectory(dir.resolve("root"));
        canary = Trees.template(Files.createDirectory(dir.resolve("canary")));
        before = Trees.snapshot(canary);
    }

    @AfterEach
    void theCanaryIsUntouched() throws IOException {
        assertThat(Trees.snapshot(canary)).isEqualTo(before);
        assertThat(dir).isDirectoryContaining(path -> path.equals(root));
        try (var entries = Files.list(dir)) {
            assertThat(entries).containsExactlyInAnyOrder(root, canary);
        }
    }

    private InsideRoot open() throws IOException {
        return InsideRoot.open(linux, root, new IdShift(6_553_600, 6_619_136));
    }

    private void fifo(Path path) throws IOException {
        linux.mknodAt(Fd.CWD, path.toString(), FileStat.S_IFIFO | 0666, 0, 0);
    }

    private String outside() {
        return canary.toString();
    }

    @RootTest
    void readsAndWritesPlainFiles() throws Exception {
        Files.createDirectory(root.resolve("etc"));
        try (InsideRoot inside = open()) {
            assertThat(inside.read("/etc/hostname", 100)).isNull();
            inside.write("/etc/hostname", TEXT, 0640);
            assertThat(inside.read("/etc/hostname", 100)).isEqualTo(TEXT);
            assertThat(inside.read("/etc/hostname", TEXT.length)).isEqualTo(TEXT);
            assertThatThrownBy(() -> inside.read("/etc/hostname", TEXT.length - 1))
                    .isInstanceOf(NotARegularFileException.class)
                    .hasMessage("/etc/hostname in " + root + " is larger than 5 bytes");
        }
        Path file = root.resolve("etc/hostname");
        assertThat(Files.readAttributes(file, "unix:mode,uid,gid"))
                .containsEntry("mode", 0100640)
                .containsEntry("uid", 6_553_600)
                .containsEntry("gid", 6_619_136);
    }

    @RootTest
    void aReplacedFileKeepsOwnerAndMode() throws Exception {
        Path file = Files.createFile(root.resolve("shadow"));
        linux.chownAt(Fd.CWD, file.toString(), 6_553_600, 6_553_642);
        Files.setAttribute(file, "unix:mode", 04640);
        try (InsideRoot inside = open()) {
            inside.write("/shadow", TEXT, 0644);
        }
        assertThat(Files.readAttributes(file, "unix:mode,uid,gid"))
                .containsEntry("mode", 0100640)
                .containsEntry("uid", 6_553_600)
                .containsEntry("gid", 6_553_642);
        try (var entries = Files.list(root)) {
            assertThat(entries).containsExactly(file);
        }
    }

    @RootTest
    void aFailedWriteLeavesNothingBehind() throws Exception {
        Files.createDirectory(root.resolve("etc"));
        for (int failing = 0; ; failing++) {
            FailingLinux failingLinux = new FailingLinux(failing);
            try (InsideRoot inside = InsideRoot.open(failingLinux.port(), root, IdShift.NONE)) {
                inside.write("/etc/hostname", TEXT, 0644);
                break;
            } catch (IOException e) {
                assertThat(e).hasStackTraceContaining("made to fail");
                assertThat(root.resolve("etc"))
                        .as("call %d of %s", failing, failingLinux.calls())
                        .isEmptyDirectory();
            }
        }
        assertThat(root.resolve("etc/hostname")).hasContent("ve101");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CANARY/etc", "../canary/etc", "../../../../../../../../../../CANARY/etc", "/proc/self/root"})
    void aLinkForEtcStaysInside(String target) throws Exception {
        String link = target.replace("CANARY", outside());
        Files.createSymbolicLink(root.resolve("etc"), Path.of(link));
        try (InsideRoot inside = open()) {
            assertThat(inside.read("/etc/hostname", 100)).isNull();
            assertThat(inside.exists("/etc/hostname")).isFalse();
            assertThatThrownBy(() -> inside.write("/etc/hostname", TEXT, 0644))
                    .hasMessage("Unable to write /etc/hostname in " + root)
                    .hasStackTraceContaining("ENOENT");
            assertThatThrownBy(() -> inside.makeDirectories("/etc", 0755)).isInstanceOf(IOException.class);
        }
        // With the same path made inside, the link leads there.
        Path there =
                root.resolve(Path.of("/").relativize(Path.of("/").resolve(link).normalize()));
        Files.createDirectories(there);
        try (InsideRoot inside = open()) {
            inside.write("/etc/hostname", TEXT, 0644);
        }
        assertThat(there.resolve("hostname")).hasContent("ve101");
    }

    @RootTest
    void aLinkInTheFilesPlaceIsReplacedNotFollowed() throws Exception {
        Files.createDirectory(root.resolve("etc"));
        Path link = Files.createSymbolicLink(root.resolve("etc/hostname"), canary.resolve("etc/hostname"));
        try (InsideRoot inside = open()) {
            assertThat(inside.kind("/etc/hostname")).isEqualTo(InsideRoot.Kind.SYMLINK);
            assertThat(inside.readLink("/etc/hostname")).isEqualTo(outside() + "/etc/hostname");
            assertThat(inside.read("/etc/hostname", 100)).isNull();
            inside.write("/etc/hostname", TEXT, 0644);
            assertThat(inside.readLink("/etc/hostname")).isNull();
        }
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(link).hasContent("ve101");
    }

    @RootTest
    void magicLinksAreNotFollowed() throws Exception {
        // A bind mount, as a mount script of the administrator may make it.
        Files.createDirectory(root.resolve("proc"));
        linux.mount("proc", root.resolve("proc"), "proc", Set.of(), null);
        try (InsideRoot inside = open()) {
            assertThatThrownBy(() -> inside.write("/proc/self/cwd/x", TEXT, 0644))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> inside.write("/proc/self/root" + outside() + "/etc/hostname", TEXT, 0644))
                    .hasStackTraceContaining("ELOOP");
            assertThat(inside.read("/proc/self/root" + outside() + "/etc/hostname", 100))
                    .isNull();
        } finally {
            linux.unmount(root.resolve("proc"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIFO", "socket", "device", "directory"})
    void whatIsNoRegularFileIsRefused(String kind) throws Exception {
        Path file = Files.createDirectory(root.resolve("etc")).resolve("hostname");
        switch (kind) {
            case "FIFO" -> fifo(file);
            case "socket" -> linux.mknodAt(Fd.CWD, file.toString(), FileStat.S_IFSOCK | 0666, 0, 0);
            // 5:0 is /dev/tty; opening 10:130, a watchdog, would reboot a machine.
            case "device" -> linux.mknodAt(Fd.CWD, file.toString(), FileStat.S_IFCHR | 0666, 10, 130);
            default -> Files.createDirectory(file);
        }
        String message = "/etc/hostname in " + root + " is a " + kind;
        try (InsideRoot inside = open()) {
            assertThatThrownBy(() -> inside.read("/etc/hostname", 100)).hasMessage(message);
            assertThatThrownBy(() -> inside.write("/etc/hostname", TEXT, 0644)).hasMessage(message);
            assertThat(inside.isExecutable("/etc/hostname")).isFalse();
        }
    }

    @RootTest
    void aFifoForADirectoryIsRefused() throws Exception {
        fifo(root.resolve("etc"));
        try (InsideRoot inside = open()) {
            assertThat(inside.read("/etc/hostname", 100)).isNull();
            assertThatThrownBy(() -> inside.write("/etc/hostname", TEXT, 0644)).hasStackTraceContaining("ENOTDIR");
            assertThatThrownBy(() -> inside.makeDirectories("/etc/x", 0755)).hasStackTraceContaining("ENOTDIR");
            assertThat(inside.kind("/etc")).isEqualTo(InsideRoot.Kind.OTHER);
        }
    }

    @RootTest
    void loopsLeadNowhere() throws Exception {
        Files.createSymbolicLink(root.resolve("etc"), Path.of("etc"));
        Files.createSymbolicLink(root.resolve("a"), Path.of("/b"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("/a"));
        try (InsideRoot inside = open()) {
            assertThat(inside.read("/etc/hostname", 100)).isNull();
            assertThat(inside.exists("/a")).isFalse();
            assertThat(inside.realPath("/b")).isNull();
            assertThatThrownBy(() -> inside.write("/etc/hostname", TEXT, 0644)).hasStackTraceContaining("ELOOP");
            assertThat(inside.findInit()).isNull();
        }
    }

    @RootTest
    void aDeepTreeIsNoProblem() throws Exception {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            path.append("/a-long-name-for-a-directory");
        }
        try (InsideRoot inside = open()) {
            // Longer than PATH_MAX.
            assertThatThrownBy(() -> inside.read(path.toString(), 100)).hasStackTraceContaining("ENAMETOOLONG");
            String deep = path.substring(0, 28 * 100);
            inside.makeDirectories(deep, 0755);
            inside.write(deep + "/file", TEXT, 0644);
            assertThat(inside.read(deep + "/file", 100)).isEqualTo(TEXT);
        }
    }

    @RootTest
    void directoriesAreMadeForTheVe() throws Exception {
        try (InsideRoot inside = open()) {
            inside.makeDirectories("/var/lib/x", 0750);
            inside.makeDirectories("/var/lib/x", 0700);
        }
        assertThat(Files.readAttributes(root.resolve("var/lib/x"), "unix:mode,uid"))
                .containsEntry("mode", 040750)
                .containsEntry("uid", 6_553_600);
    }

    @RootTest
    void removesEntriesButNoDirectories() throws Exception {
        fifo(root.resolve("fifo"));
        Files.createDirectory(root.resolve("directory"));
        Files.createSymbolicLink(root.resolve("link"), canary.resolve("etc/hostname"));
        try (InsideRoot inside = open()) {
            assertThat(inside.remove("/fifo")).isTrue();
            assertThat(inside.remove("/link")).isTrue();
            assertThat(inside.remove("/link")).isFalse();
            assertThatThrownBy(() -> inside.remove("/directory")).hasStackTraceContaining("EISDIR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/etc/..", "/etc/.", "/etc/"})
    void aWriteNeedsAName(String path) throws Exception {
        try (InsideRoot inside = open()) {
            assertThatThrownBy(() -> inside.write(path, TEXT, 0644)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @RootTest
    void findsAnInit() throws Exception {
        try (InsideRoot inside = open()) {
            assertThat(inside.findInit()).isNull();
            Files.createDirectories(root.resolve("sbin"));
            Files.createDirectories(root.resolve("bin"));
            // Exists on the host, not inside.
            Files.createSymbolicLink(root.resolve("sbin/init"), canary.resolve("sbin/init"));
            assertThat(inside.findInit()).isNull();
            Path other = Files.writeString(root.resolve("bin/init"), "#!/bin/sh\n");
            assertThat(inside.findInit()).isNull();
            Files.setAttribute(other, "unix:mode", 0755);
            assertThat(inside.findInit()).isEqualTo("/bin/init");
            Files.delete(root.resolve("sbin/init"));
            Files.createSymbolicLink(root.resolve("sbin/init"), Path.of("/bin/init"));
            assertThat(inside.findInit()).isEqualTo("/sbin/init");
            assertThat(inside.realPath("/sbin/init")).isEqualTo("/bin/init");
            Files.delete(root.resolve("sbin/init"));
            fifo(root.resolve("sbin/init"));
            Files.setAttribute(root.resolve("sbin/init"), "unix:mode", 0755);
            assertThat(inside.findInit()).isEqualTo("/bin/init");
        }
    }

    @RootTest
    void aRunningVeCannotLeadAWriteOutside() throws Exception {
        // The VE swaps /etc between a directory and a link to the host, and moves the directory that holds it about.
        Files.createDirectories(root.resolve("a/etc"));
        Files.createDirectories(root.resolve("b"));
        Files.createSymbolicLink(root.resolve("a/evil"), canary.resolve("etc"));
        Files.createSymbolicLink(root.resolve("a/up"), Path.of("../../canary"));
        race(
                () -> {
                    exchange(root.resolve("a/etc"), root.resolve("a/evil"));
                    exchange(root.resolve("a"), root.resolve("b"));
                    exchange(root.resolve("a"), root.resolve("b"));
                },
                inside -> {
                    inside.write("/a/etc/hostname", TEXT, 0644);
                    inside.write("/a/up/../b/../a/etc/hostname", TEXT, 0644);
                    inside.makeDirectories("/a/etc/new", 0755);
                    inside.read("/a/etc/hostname", 100);
                    inside.remove("/a/etc/hostname");
                });
    }

    @RootTest
    void aRunningVeCannotSwapTheFileItself() throws Exception {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/hostname"), "x");
        Path evil = root.resolve("etc/evil");
        Path fifo = root.resolve("etc/fifo");
        race(
                () -> {
                    // Anew in each round: a write replaces what it finds.
                    Files.deleteIfExists(evil);
                    Files.createSymbolicLink(evil, canary.resolve("etc/hostname"));
                    Files.deleteIfExists(fifo);
                    fifo(fifo);
                    exchange(root.resolve("etc/hostname"), evil);
                    exchange(root.resolve("etc/hostname"), fifo);
                    // The temporary file, too.
                    try (var names = Files.newDirectoryStream(root.resolve("etc"), ".jvz-*")) {
                        for (Path name : names) {
                            exchange(name, evil);
                        }
                    }
                },
                inside -> {
                    inside.write("/etc/hostname", TEXT, 0644);
                    inside.read("/etc/hostname", 100);
                });
    }

    @FunctionalInterface
    private interface Swap {
        void run() throws IOException;
    }

    @FunctionalInterface
    private interface Attempt {
        void run(InsideRoot inside) throws IOException;
    }

    private void exchange(Path one, Path other) throws IOException {
        linux.renameAt(Fd.CWD, one.toString(), Fd.CWD, other.toString(), Set.of(RenameFlag.EXCHANGE));
    }

    /** Attempts for two seconds while another thread swaps. Each attempt may fail, none may get out or hang. */
    private void race(Swap swap, Attempt attempt) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> broken = new AtomicReference<>();
        Thread ve = new Thread(() -> {
            try {
                while (!stop.get()) {
                    try {
                        swap.run();
                    } catch (IOException lost) {
                        // The other side has just removed or replaced what was to be swapped.
                        Thread.onSpinWait();
                    }
                }
            } catch (RuntimeException e) {
                broken.set(e);
            }
        });
        ve.start();
        int good = 0;
        int refused = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        try (InsideRoot inside = open()) {
            while (System.nanoTime() < end) {
                try {
                    attempt.run(inside);
                    good++;
                } catch (IOException e) {
                    refused++;
                }
                assertThat(Files.readString(canary.resolve("etc/hostname"))).isEqualTo("template\n");
            }
        } finally {
            stop.set(true);
            ve.join(10_000);
        }
        assertThat(ve.isAlive()).isFalse();
        assertThat(broken.get()).isNull();
        assertThat(refused).as("attempts that met a swap; %d did not", good).isPositive();
        assertThat(Files.exists(canary, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
}
