package org.jvz.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.testing.PrivateHost;

/** Mounts, owners, devices and terminals: what needs root. */
@PrivateHost
class JffiMountsTest {
    @TempDir
    static Path temp;

    private final Linux linux = new JffiLinux();

    @BeforeEach
    void cover() throws Exception {
        linux.mount("tmpfs", temp, "tmpfs", EnumSet.of(MountFlag.NOSUID), "size=1m,mode=750");
    }

    @Test
    void aMountIsSeenChangedAndGone() throws Exception {
        try (Fd fd = linux.open(temp, OpenFlag.PATH)) {
            FileStat stat = linux.stat(fd);
            assertThat(stat.mountRoot()).isTrue();
            assertThat(stat.permissions()).isEqualTo(0750);
            assertThat(mountinfo()).containsPattern("(?m)^" + stat.mountId() + " .* " + temp + " rw,nosuid,relatime");
            FsStat fs = linux.statFs(fd);
            assertThat(fs.type()).isEqualTo(FsStat.TMPFS);
            assertThat(fs.availableBytes()).isEqualTo(1 << 20);
            linux.setMountAttributes(
                    fd,
                    false,
                    EnumSet.of(MountAttr.RDONLY, MountAttr.NOEXEC),
                    EnumSet.of(MountAttr.NOSUID),
                    Propagation.SHARED);
            assertThat(mountinfo()).containsPattern(" " + temp + " ro,noexec,relatime shared:");
            assertThatExceptionOfType(SyscallException.class)
                    .isThrownBy(() -> linux.mkdirAt(Fd.CWD, temp + "/x", 0700))
                    .matches(e -> e.is(Errno.EROFS));
        }
        linux.unmount(temp, UmountFlag.NOFOLLOW);
        assertThat(mountinfo()).doesNotContain(temp.toString());
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.unmount(temp, UmountFlag.DETACH, UmountFlag.NOFOLLOW))
                .withMessage("umount2(%s, DETACH|NOFOLLOW): EINVAL (Invalid argument)", temp);
    }

    private static String mountinfo() throws Exception {
        return Files.readString(Path.of("/proc/thread-self/mountinfo"));
    }

    @Test
    void aDetachedTreeIsAttachedElsewhere() throws Exception {
        Files.createDirectories(temp.resolve("from/inner"));
        Files.createDirectory(temp.resolve("to"));
        linux.mount("tmpfs", temp.resolve("from/inner"), "tmpfs", Set.of(), null);
        Set<OpenTreeFlag> copy = EnumSet.of(OpenTreeFlag.CLONE, OpenTreeFlag.RECURSIVE);
        try (Fd tree = linux.openTree(Fd.CWD, temp + "/from", copy)) {
            linux.attach(tree, temp + "/to");
        }
        assertThat(mountinfo()).contains(" " + temp + "/to ", " " + temp + "/to/inner ");
    }

    @Test
    void ownersDevicesAndXattrsOfLinks() throws Exception {
        try (Fd dir = linux.open(temp, OpenFlag.DIRECTORY)) {
            linux.symlinkAt("nowhere", dir, "link");
            linux.chownAt(dir, "link", 4_000_000_000L, 7);
            assertThat(linux.stat(dir, "link").uid()).isEqualTo(4_000_000_000L);
            linux.chownAt(dir, "link", -1, 8);
            assertThat(linux.stat(dir, "link").uid()).isEqualTo(4_000_000_000L);
            assertThat(linux.stat(dir, "link").gid()).isEqualTo(8);
            linux.setXattrAt(dir, "link", "trusted.jvz", new byte[] {1});
            assertThat(linux.getXattrAt(dir, "link", "trusted.jvz")).containsExactly(1);
            assertThat(linux.listXattrsAt(dir, "link")).contains("trusted.jvz");
            linux.mknodAt(dir, "device", FileStat.S_IFBLK | 0640, 259, 300);
            FileStat device = linux.stat(dir, "device");
            assertThat(device.isDevice()).isTrue();
            assertThat(device.rdevMajor()).isEqualTo(259);
            assertThat(device.rdevMinor()).isEqualTo(300);
            linux.chownAt(dir, "", 5, 6);
            assertThat(linux.stat(dir).uid()).isEqualTo(5);
            linux.chown(dir, 6, -1);
            assertThat(linux.stat(dir).uid()).isEqualTo(6);
        }
    }

    @Test
    void aTerminalOfAnotherDevpts() throws Exception {
        linux.mount("devpts", temp, "devpts", EnumSet.of(MountFlag.NOSUID), "newinstance,ptmxmode=0666");
        try (Fd master = linux.openAt(Fd.CWD, temp + "/ptmx", OpenFlag.RDWR, OpenFlag.NOCTTY)) {
            linux.unlockPty(master);
            assertThat(linux.ptyNumber(master)).isZero();
            try (Fd peer = linux.openPtyPeer(master)) {
                assertThat(linux.isTerminal(peer)).isTrue();
                linux.setWinSize(master, new WinSize(24, 80, 0, 0));
                assertThat(linux.winSize(peer)).isEqualTo(new WinSize(24, 80, 0, 0));
                Termios cooked = java.util.Objects.requireNonNull(linux.termiosOrNull(peer));
                linux.writeFully(peer, new byte[] {'a', '\n'});
                assertThat(linux.readFully(master, 3)).containsExactly('a', '\r', '\n');
                linux.setTermios(peer, cooked.raw(), true);
                assertThat(linux.termiosOrNull(peer)).isEqualTo(cooked.raw());
                linux.writeFully(peer, new byte[] {'b', '\n'});
                assertThat(linux.readFully(master, 2)).containsExactly('b', '\n');
                linux.setTermios(peer, cooked, false);
                assertThat(linux.termiosOrNull(peer)).isEqualTo(cooked);
            }
        }
    }

    @Test
    void aThreadEntersANamespaceAndReturns() throws Exception {
        Path own = Path.of("/proc/thread-self/ns/net");
        Path here = Files.readSymbolicLink(own);
        try (Fd before = linux.open(own)) {
            linux.unshare(EnumSet.of(CloneFlag.NEWNET));
            assertThat(Files.readSymbolicLink(own)).isNotEqualTo(here);
            linux.setNamespace(before, EnumSet.of(CloneFlag.NEWNET));
            assertThat(Files.readSymbolicLink(own)).isEqualTo(here);
        }
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> linux.unshare(EnumSet.of(CloneFlag.NEWUSER)))
                .withMessage("unshare(NEWUSER): EINVAL (Invalid argument)");
    }
}
