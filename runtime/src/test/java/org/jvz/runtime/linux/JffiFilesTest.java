package org.jvz.runtime.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File calls that need no privilege, on real files. */
class JffiFilesTest {
    @TempDir
    Path temp;

    private final Linux linux = new JffiLinux();
    private Fd dir = Fd.CWD;

    @BeforeEach
    void openDirectory() throws Exception {
        dir = linux.open(temp, OpenFlag.DIRECTORY);
    }

    @AfterEach
    void closeDirectory() {
        dir.close();
    }

    private Fd create(String name, String content) throws Exception {
        Fd fd = linux.openAt(dir, name, Set.of(OpenFlag.RDWR, OpenFlag.CREAT, OpenFlag.EXCL), 0640);
        linux.writeFully(fd, content.getBytes(UTF_8));
        return fd;
    }

    @Test
    void whatIsWrittenIsReadAndMeasured() throws Exception {
        try (Fd fd = create("file", "hello world")) {
            assertThat(linux.seek(fd, 6, FileCalls.Whence.SET)).isEqualTo(6);
            assertThat(linux.readFully(fd, 100)).isEqualTo("world".getBytes(UTF_8));
            assertThat(linux.writeAt(fd, 0, "J".getBytes(UTF_8), 0, 1)).isEqualTo(1);
            byte[] two = new byte[4];
            assertThat(linux.readAt(fd, 0, two, 1, 2)).isEqualTo(2);
            assertThat(two).isEqualTo(new byte[] {0, 'J', 'e', 0});
            linux.truncate(fd, 3);
            linux.setTimes(fd, 1_000_000_007, 123_456_789);
            linux.chmod(fd, 0604);
            linux.fsync(fd);
            FileStat stat = linux.stat(fd);
            assertThat(stat.isRegular()).isTrue();
            assertThat(stat.permissions()).isEqualTo(0604);
            assertThat(stat.size()).isEqualTo(3);
            assertThat(stat.nlink()).isEqualTo(1);
            assertThat(stat.mtimeSeconds()).isEqualTo(1_000_000_007);
            assertThat(stat.mtimeNanos()).isEqualTo(123_456_789);
            assertThat(stat.ino()).isEqualTo(Files.getAttribute(temp.resolve("file"), "unix:ino"));
            assertThat(stat.uid()).isEqualTo((long) (int) Files.getAttribute(temp.resolve("file"), "unix:uid"));
            assertThat(stat.mountRoot()).isFalse();
            assertThat(linux.stat(dir, "file")).isEqualTo(stat);
        }
    }

    @Test
    void readFullyStopsAtTheLimitAndGrowsToIt() throws Exception {
        try (Fd fd = create("big", "0123456789".repeat(2000))) {
            linux.seek(fd, 0, FileCalls.Whence.SET);
            assertThat(linux.readFully(fd, 15_000)).hasSize(15_000);
            assertThat(linux.readFully(fd, 15_000)).hasSize(5_000);
        }
    }

    @Test
    void namesAreMadeListedRenamedLinkedAndRemoved() throws Exception {
        linux.mkdirAt(dir, "sub", 0750);
        linux.symlinkAt("/no/where", dir, "link");
        linux.mknodAt(dir, "fifo", FileStat.S_IFIFO | 0600, 0, 0);
        create("file", "x").close();
        linux.linkAt(dir, "file", dir, "other");
        assertThat(linux.list(dir))
                .extracting(DirEntry::name)
                .containsExactlyInAnyOrder("sub", "link", "fifo", "file", "other");
        assertThat(linux.list(dir))
                .filteredOn(DirEntry::isDirectory)
                .extracting(DirEntry::name)
                .containsExactly("sub");
        assertThat(linux.stat(dir, "link").isSymlink()).isTrue();
        assertThat(linux.readLinkAt(dir, "link")).isEqualTo("/no/where");
        assertThat(linux.stat(dir, "fifo").type()).isEqualTo(FileStat.S_IFIFO);
        assertThat(linux.stat(dir, "file").sameFile(linux.stat(dir, "other"))).isTrue();
        linux.renameAt(dir, "file", dir, "moved", Set.of(RenameFlag.NOREPLACE));
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.renameAt(dir, "moved", dir, "other", Set.of(RenameFlag.NOREPLACE)))
                .withMessage("renameat2(%s, moved, %s, other, NOREPLACE): EEXIST (File exists)", temp, temp);
        linux.rmdirAt(dir, "sub");
        for (DirEntry entry : linux.list(dir)) {
            linux.unlinkAt(dir, entry.name());
        }
        assertThat(linux.list(dir)).isEmpty();
        assertThat(linux.statOrNull(dir, "file")).isNull();
    }

    @Test
    void listsADirectoryLargerThanOneBlock() throws Exception {
        for (int i = 0; i < 3000; i++) {
            Files.createFile(temp.resolve("a-rather-long-name-" + i));
        }
        assertThat(linux.list(dir)).hasSize(3000).extracting(DirEntry::name).doesNotHaveDuplicates();
    }

    @Test
    void aNameThatIsNotUtf8IsListedAndRemoved() throws Exception {
        String name = PathBytes.decode(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'z'}, 0, 4);
        create(name, "").close();
        assertThat(linux.list(dir)).extracting(DirEntry::name).containsExactly(name);
        linux.unlinkAt(dir, name);
        assertThat(linux.list(dir)).isEmpty();
    }

    @Test
    void chmodNeverFollowsASymlink() throws Exception {
        create("file", "").close();
        linux.symlinkAt("file", dir, "link");
        linux.chmodAt(dir, "file", 0711);
        assertThat(linux.stat(dir, "file").permissions()).isEqualTo(0711);
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.chmodAt(dir, "link", 0777))
                .matches(e -> e.is(Errno.EOPNOTSUPP));
        assertThat(linux.stat(dir, "file").permissions()).isEqualTo(0711);
        linux.setTimesAt(dir, "link", 5, 0);
        assertThat(linux.stat(dir, "link").mtimeSeconds()).isEqualTo(5);
        assertThat(linux.stat(dir, "file").mtimeSeconds()).isGreaterThan(5);
    }

    @Test
    void openat2StaysInside() throws Exception {
        linux.mkdirAt(dir, "sub", 0755);
        linux.symlinkAt("/", dir, "root");
        linux.symlinkAt("../../../../sub", dir, "up");
        Set<OpenFlag> path = Set.of(OpenFlag.PATH);
        try (Fd inside = linux.openAt2(dir, "root/up", path, 0, Set.of(ResolveFlag.IN_ROOT))) {
            assertThat(linux.stat(inside).sameFile(linux.stat(dir, "sub"))).isTrue();
        }
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.openAt2(dir, "root", path, 0, Set.of(ResolveFlag.BENEATH)))
                .withMessage("openat2(%s, root, PATH, 00, BENEATH): EXDEV (Invalid cross-device link)", temp);
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.openAt2(dir, "up", path, 0, Set.of(ResolveFlag.NO_SYMLINKS)))
                .matches(e -> e.is(Errno.ELOOP));
    }

    @Test
    void anUnnamedFileGetsAName() throws Exception {
        try (Fd fd = linux.openAt(dir, ".", Set.of(OpenFlag.TMPFILE, OpenFlag.RDWR), 0600)) {
            linux.writeFully(fd, "done".getBytes(UTF_8));
            assertThat(linux.list(dir)).isEmpty();
            linux.linkFd(fd, dir, "named");
        }
        assertThat(temp.resolve("named")).hasContent("done");
    }

    @Test
    void extendedAttributes() throws Exception {
        try (Fd fd = create("file", "")) {
            assertThat(linux.getXattr(fd, "user.jvz")).isNull();
            linux.setXattr(fd, "user.jvz", new byte[] {1, 2, 3});
            linux.setXattrAt(dir, "file", "user.empty", new byte[0]);
            assertThat(linux.getXattrAt(dir, "file", "user.jvz")).containsExactly(1, 2, 3);
            assertThat(linux.getXattr(fd, "user.empty")).isEmpty();
            assertThat(linux.listXattrs(fd)).contains("user.jvz", "user.empty");
            assertThat(linux.listXattrsAt(dir, "file")).isEqualTo(linux.listXattrs(fd));
        }
    }

    @Test
    void holesAreFoundAndRangesCopied() throws Exception {
        try (Fd from = create("from", "head");
                Fd to = create("to", "")) {
            linux.writeAt(from, 1 << 20, "tail".getBytes(UTF_8), 0, 4);
            assertThat(linux.seek(from, 0, FileCalls.Whence.HOLE)).isBetween(4L, 1L << 20);
            linux.seek(from, 0, FileCalls.Whence.SET);
            long copied = 0;
            for (long n; (n = linux.copyRange(from, to, 1 << 21)) > 0; ) {
                copied += n;
            }
            assertThat(copied).isEqualTo((1 << 20) + 4);
            assertThat(temp.resolve("to")).hasSameBinaryContentAs(temp.resolve("from"));
            // Whether it can share depends on the file system; either way it must say which.
            if (linux.reflink(from, to)) {
                assertThat(temp.resolve("to")).hasSameBinaryContentAs(temp.resolve("from"));
            }
        }
    }

    @Test
    void aLockKeepsOthersOut() throws Exception {
        try (Fd one = create("lock", "");
                Fd two = linux.openAt(dir, "lock")) {
            assertThat(linux.lock(one, false, false)).isTrue();
            assertThat(linux.lock(two, false, false)).isTrue();
            linux.unlock(two);
            assertThat(linux.lock(one, true, true)).isTrue();
            assertThat(linux.lock(two, false, false)).isFalse();
            linux.unlock(one);
            assertThat(linux.lock(two, true, false)).isTrue();
        }
    }

    @Test
    void pollSeesAPipe() throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe()) {
            PollEntry in = new PollEntry(pipe.read(), PollEntry.IN);
            PollEntry out = new PollEntry(pipe.write(), PollEntry.OUT);
            assertThat(linux.poll(List.of(in, out), 0)).isEqualTo(1);
            assertThat(in.readable()).isFalse();
            assertThat(out.writable()).isTrue();
            try (Fd copy = linux.duplicate(pipe.write())) {
                linux.writeFully(copy, new byte[] {7});
            }
            out.events(-1);
            assertThat(linux.poll(List.of(in, out), -1)).isEqualTo(1);
            assertThat(in.readable()).isTrue();
            assertThat(in.hungUp()).isFalse();
            assertThat(out.writable()).isFalse();
            assertThat(linux.readFully(pipe.read(), 1)).containsExactly(7);
            pipe.write().close();
            linux.poll(List.of(in), -1);
            assertThat(in.hungUp()).isTrue();
            assertThat(linux.read(pipe.read(), new byte[1], 0, 1)).isZero();
        }
    }

    @Test
    void everyDescriptorIsCloseOnExec() throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe();
                Fd copy = linux.duplicate(dir);
                Fd self = linux.openPidfd(linux.pid());
                Fd beneath = linux.openAt2(dir, ".", Set.of(OpenFlag.DIRECTORY), 0, Set.of(ResolveFlag.BENEATH))) {
            for (Fd fd : List.of(pipe.read(), pipe.write(), copy, self, beneath, dir)) {
                assertThat(Integer.parseInt(flagsOf(fd), 8) & OpenFlag.CLOEXEC).isEqualTo(OpenFlag.CLOEXEC);
            }
            linux.setCloseOnExec(copy, false);
            assertThat(Integer.parseInt(flagsOf(copy), 8) & OpenFlag.CLOEXEC).isZero();
        }
    }

    private static String flagsOf(Fd fd) throws Exception {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number()))
                .get(1)
                .replaceFirst("flags:\\s*", "");
    }

    @Test
    void aClosedDescriptorIsNeverUsedAgain() throws Exception {
        Fd fd = create("file", "");
        int number = fd.number();
        fd.close();
        try (Fd next = create("next", "")) {
            assertThat(next.number()).isEqualTo(number);
            fd.close();
            assertThat(linux.stat(next).size()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> linux.stat(fd)).withMessageContaining("file");
        }
        Fd.STDIN.close();
        assertThat(Fd.STDIN.isOpen()).isTrue();
    }

    @Test
    void failuresNameCallArgumentsAndError() {
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.openAt(dir, "none", OpenFlag.NOFOLLOW, OpenFlag.RDWR))
                .withMessage("openat(%s, none, RDWR|NOFOLLOW): ENOENT (No such file or directory)", temp)
                .matches(e -> e.call().equals("openat")
                        && e.is(Errno.ENOENT)
                        && e.errno().equals(Errno.ENOENT));
        assertThatIllegalArgumentException().isThrownBy(() -> linux.mkdirAt(dir, "a\0b", 0700));
    }

    @Test
    void processesAreFoundAndWaitedFor() throws Exception {
        assertThat(linux.pid()).isEqualTo((int) ProcessHandle.current().pid());
        Process sleeper = new ProcessBuilder("sleep", "100").start();
        try (Fd pidfd = linux.openPidfd((int) sleeper.pid())) {
            assertThat(linux.awaitEnd(pidfd, 0)).isFalse();
            assertThat(linux.awaitEnd(pidfd, 20)).isFalse();
            linux.signal(pidfd, Signal.TERM);
            assertThat(linux.awaitEnd(pidfd, -1)).isTrue();
        }
        assertThat(sleeper.waitFor()).isEqualTo(128 + Signal.TERM.number());
    }

    @Test
    void aFileIsNoTerminal() throws Exception {
        assertThat(linux.isTerminal(dir)).isFalse();
    }
}
