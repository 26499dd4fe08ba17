package org.jvz.runtime.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.NotARegularFileException;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

/** Guests whose files lead elsewhere or nowhere. The directory {@code host} is what must not change. */
@PrivateHost
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
final class HostileGuestTest {
    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Path root = Path.of("/");
    private Path host = Path.of("/");

    @BeforeEach
    void prepare() throws IOException {
        root = Files.createDirectories(dir.resolve("root"));
        host = Files.createDirectories(dir.resolve("host"));
        Files.createDirectories(root.resolve("bin"));
        Files.createFile(root.resolve("bin/busybox"));
        for (String name : new String[] {"hostname", "hosts", "shadow", "passwd", "resolv.conf", "os-release"}) {
            Files.writeString(host.resolve(name), "root::the host's own " + name + "\n");
        }
    }

    @AfterEach
    void theHostIsUntouched() throws IOException {
        try (var files = Files.list(host)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("hostname", "hosts", "shadow", "passwd", "resolv.conf", "os-release");
        }
        for (String name : new String[] {"hostname", "hosts", "shadow", "passwd", "resolv.conf", "os-release"}) {
            assertThat(host.resolve(name)).hasContent("root::the host's own " + name);
        }
    }

    private void doEverything() throws IOException {
        try (InsideRoot inside = InsideRoot.open(linux, root, IdShift.NONE)) {
            NewGuest.prepare(inside, null, 101);
            Guest.detect(inside, null).setHostname(inside, "ve101");
            assertThat(Guest.bootKind(inside)).isEqualTo(BootKind.OTHER);
        }
    }

    @RootTest
    void everyFileALinkOutside() throws Exception {
        Files.createDirectories(root.resolve("etc"));
        for (String name : new String[] {"hostname", "hosts", "shadow", "passwd", "resolv.conf", "os-release"}) {
            Path target = name.startsWith("h")
                    ? host.resolve(name)
                    : Path.of("../../host").resolve(name);
            Files.createSymbolicLink(root.resolve("etc").resolve(name), target);
        }
        doEverything();
        assertThat(root.resolve("etc/hostname")).hasContent("ve101");
        assertThat(Files.isSymbolicLink(root.resolve("etc/hostname"))).isFalse();
    }

    @RootTest
    void etcALinkOutside() throws Exception {
        Files.createSymbolicLink(root.resolve("etc"), host);
        assertThatThrownBy(this::doEverything).isInstanceOf(IOException.class);
    }

    @RootTest
    void aFifoForTheHostname() throws Exception {
        Files.createDirectories(root.resolve("etc"));
        Path fifo = root.resolve("etc/hostname");
        linux.mknodAt(Fd.CWD, fifo.toString(), FileStat.S_IFIFO | 0666, 0, 0);
        assertThatThrownBy(this::doEverything)
                .isInstanceOf(NotARegularFileException.class)
                .hasMessage("/etc/hostname in " + root + " is a FIFO");
    }

    @RootTest
    void fifosForWhatIsOnlyLookedAt() throws Exception {
        Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("sbin"));
        for (String name : new String[] {"etc/os-release", "etc/inittab", "sbin/init"}) {
            linux.mknodAt(Fd.CWD, root.resolve(name).toString(), FileStat.S_IFIFO | 0777, 0, 0);
        }
        doEverything();
        assertThat(root.resolve("etc/hostname")).hasContent("ve101");
    }

    @RootTest
    void anEndlessFile() throws Exception {
        Files.createDirectories(root.resolve("etc"));
        Path huge = Files.createFile(root.resolve("etc/hosts"));
        try (Fd fd = linux.open(huge, org.jvz.runtime.linux.OpenFlag.WRONLY)) {
            linux.truncate(fd, 1L << 40);
        }
        assertThatThrownBy(this::doEverything).hasMessage("/etc/hosts in " + root + " is larger than 1048576 bytes");
    }

    @RootTest
    void everythingALoop() throws Exception {
        Files.createSymbolicLink(root.resolve("etc"), Path.of("etc"));
        Files.createSymbolicLink(root.resolve("sbin"), Path.of("/sbin/../sbin"));
        assertThatThrownBy(this::doEverything).hasStackTraceContaining("ELOOP");
    }
}
