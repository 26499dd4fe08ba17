package org.jvz.runtime.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
final class TreeCopyTest {
    /** A version 2 capability set with CAP_NET_RAW permitted and effective, linux/capability.h. */
    private static final byte[] NET_RAW = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Path source() throws IOException {
        Path source = Trees.template(Files.createDirectory(dir.resolve("source")));
        try (RandomAccessFile sparse =
                new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(64 << 20);
            sparse.seek(32 << 20);
            sparse.write("in the middle".getBytes(UTF_8));
        }
        Files.write(source.resolve("large"), new byte[3 << 20]);
        Path ping = Files.writeString(source.resolve("ping"), "x");
        linux.chownAt(Fd.CWD, ping.toString(), 7, 8);
        Files.setAttribute(ping, "unix:mode", 06755);
        try (Fd fd = linux.open(ping, OpenFlag.WRONLY)) {
            linux.setXattr(fd, "security.capability", NET_RAW);
            linux.setXattr(fd, "user.note", "hello".getBytes(UTF_8));
        }
        linux.mknodAt(Fd.CWD, source.resolve("null").toString(), FileStat.S_IFCHR | 0666, 1, 3);
        linux.mknodAt(Fd.CWD, source.resolve("fifo").toString(), FileStat.S_IFIFO | 0640, 0, 0);
        linux.chownAt(Fd.CWD, source.resolve("var/run").toString(), 11, 12);
        linux.setTimesAt(Fd.CWD, source.resolve("var/run").toString(), 1_000_000_000, 123_456_789);
        linux.linkAt(
                Fd.CWD,
                source.resolve("fifo").toString(),
                Fd.CWD,
                source.resolve("var/fifo").toString());
        linux.linkAt(
                Fd.CWD,
                source.resolve("var/run").toString(),
                Fd.CWD,
                source.resolve("etc/run").toString());
        Files.writeString(source.resolve("na\u00efve name"), "y");
        Files.createDirectory(source.resolve("closed"));
        Files.setAttribute(source.resolve("closed"), "unix:mode", 01000);
        return source;
    }

    @RootTest
    void theCopyIsLikeTheTemplate() throws Exception {
        Path source = source();
        Path target = Files.createDirectory(dir.resolve("target"));
        List<Long> progress = new ArrayList<>();
        TreeCopy.copy(linux, source, target, (entries, bytes) -> progress.add(entries));

        assertThat(Trees.snapshot(target)).isEqualTo(Trees.snapshot(source));
        assertThat(progress).endsWith((long) Trees.snapshot(source).size());
        assertThat(Files.getAttribute(target.resolve("var/fifo"), "unix:ino"))
                .isEqualTo(Files.getAttribute(target.resolve("fifo"), "unix:ino"));
        assertThat(Files.getAttribute(target.resolve("etc/run"), "unix:ino", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(Files.getAttribute(target.resolve("var/run"), "unix:ino", LinkOption.NOFOLLOW_LINKS));
        try (Fd fd = linux.open(target.resolve("ping"))) {
            assertThat(linux.getXattr(fd, "security.capability")).isEqualTo(NET_RAW);
            assertThat(linux.getXattr(fd, "user.note")).isEqualTo("hello".getBytes(UTF_8));
        }
        assertThat(linux.stat(Fd.CWD, target.resolve("sparse").toString()).blocks() * 512)
                .isLessThan(1 << 20);
    }

    @RootTest
    void copiesToAnotherFileSystem() throws Exception {
        Path source = source();
        Path target = Files.createDirectory(dir.resolve("target"));
        linux.mount("tmpfs", target, "tmpfs", Set.of(), null);
        Path area = Files.createDirectory(target.resolve("area"));
        try (Fd fd = linux.open(source.resolve("ping"), OpenFlag.WRONLY)) {
            // tmpfs has no user attributes on every kernel.
            linux.setXattr(fd, "trusted.note", "t".getBytes(UTF_8));
        }
        TreeCopy.copy(linux, source, area, CopyListener.NONE);
        assertThat(area.resolve("sparse")).hasSameBinaryContentAs(source.resolve("sparse"));
        assertThat(area.resolve("large")).hasSameBinaryContentAs(source.resolve("large"));
        assertThat(Trees.snapshot(area).keySet())
                .isEqualTo(Trees.snapshot(source).keySet());
    }

    @RootTest
    void sharesDataOnBtrfs() throws Exception {
        assumeThat(Path.of("/usr/bin/mkfs.btrfs").toFile().exists()
                        || Path.of("/sbin/mkfs.btrfs").toFile().exists())
                .as("mkfs.btrfs (package btrfs-progs)")
                .isTrue();
        Path image = dir.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(256 << 20);
        }
        Path disk = Files.createDirectory(dir.resolve("disk"));
        run("mkfs.btrfs", "-q", image.toString());
        run("mount", "-o", "loop", image.toString(), disk.toString());
        try {
            Path source = Trees.template(disk.resolve("source"));
            byte[] random = new byte[64 << 20];
            new SplittableRandom(1).nextBytes(random);
            Files.write(source.resolve("large"), random);
            run("sync", "-f", disk.toString());
            long before = DiskSpace.at(linux, disk).freeBytes();

            Path area = Files.createDirectory(disk.resolve("area"));
            TreeCopy.copy(linux, source, area, CopyListener.NONE);

            run("sync", "-f", disk.toString());
            assertThat(before - DiskSpace.at(linux, disk).freeBytes()).isLessThan(random.length / 4);
            assertThat(Trees.snapshot(area)).isEqualTo(Trees.snapshot(source));
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
    }

    @RootTest
    void overlaysOwnMarksStayBehind() throws Exception {
        Path source = source();
        try (Fd fd = linux.open(source.resolve("etc"))) {
            linux.setXattr(fd, "trusted.overlay.opaque", new byte[] {'y'});
        }
        Path target = Files.createDirectory(dir.resolve("target"));
        TreeCopy.copy(linux, source, target, CopyListener.NONE);
        try (Fd fd = linux.open(target.resolve("etc"))) {
            assertThat(linux.listXattrs(fd)).isEmpty();
        }
    }

    @RootTest
    void saysWhatIsTooDeep() throws Exception {
        Path source = Files.createDirectory(dir.resolve("source"));
        Path deep = source;
        for (int i = 0; i < 450; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        Path target = Files.createDirectory(dir.resolve("target"));
        assertThatThrownBy(() -> TreeCopy.copy(linux, source, target, CopyListener.NONE))
                .hasMessage("Template " + source + " is deeper than 400 directories");
    }
}
