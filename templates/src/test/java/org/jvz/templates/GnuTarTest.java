package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.ve.TemplateSource.Lease;
import org.jvz.templates.tar.RawTar;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

/** Our extraction beside that of GNU tar, of archives that GNU tar wrote in each of its formats. */
@PrivateHost
class GnuTarTest {
    @TempDir
    Path dir;

    private TestStore host;
    private Linux linux;

    @AfterEach
    void removeHost() throws IOException {
        host.close();
    }

    @BeforeEach
    void makeHost() throws IOException {
        host = new TestStore(dir);
        linux = host.linux;
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** A tree with one of everything. */
    private Path tree() throws IOException, InterruptedException {
        Path tree = Files.createDirectory(dir.resolve("tree"));
        String script =
                """
                set -eu
                cd "$1"
                mkdir -p bin etc/deep/deeper dev var/tmp "$(printf 'caf\\351')"
                printf x >"$(printf 'caf\\351/\\377\\376')"
                printf 'with newline' >"$(printf 'new\\nline')"
                head -c 300000 /dev/urandom >bin/program
                chown 12:34 bin/program && chmod 6755 bin/program
                ln bin/program bin/second && ln bin/program etc/deep/third
                : >etc/empty && chmod 0 etc/empty
                chmod 1777 var/tmp && chmod 2750 etc/deep && chown 65535:65534 etc/deep
                ln -s ../../../outside etc/link && ln -s /absolute etc/absolute && chown -h 7:8 etc/link
                ln etc/link etc/hardsymlink
                mkfifo -m 640 var/fifo
                mknod -m 666 dev/null c 1 3 && mknod -m 666 dev/tty c 5 0
                truncate -s 5M sparse
                printf start | dd of=sparse conv=notrunc status=none
                printf middle | dd of=sparse bs=1 seek=3000000 conv=notrunc status=none
                truncate -s 3M allhole
                long=$(printf 'n%.0s' $(seq 200))
                mkdir -p "$long/$long" && printf deep >"$long/$long/$long"
                ln -s "$long/$long/$long" longlink
                chmod 555 etc
                find . -depth -exec touch -h -d '2001-02-03 04:05:06.789012345 UTC' {} +
                touch -d '1960-01-01 UTC' etc/empty
                """;
        run("bash", "-c", script, "bash", tree.toString());
        // tar(1) sees capabilities as an attribute like any other.
        attribute(tree.resolve("bin/program"), "security.capability", capability(0x2000));
        attribute(tree.resolve("sparse"), "user.binary", new byte[] {0, (byte) 0xff, '\n', '='});
        attribute(tree.resolve("etc"), "user.directory", new byte[] {'x'});
        return tree;
    }

    private void attribute(Path file, String name, byte[] value) throws IOException {
        FileStat before = linux.statFollowing(file);
        try (Fd fd = linux.open(file)) {
            linux.setXattr(fd, name, value);
            linux.setTimes(fd, before.mtimeSeconds(), before.mtimeNanos());
        }
    }

    /** CAP_NET_RAW permitted and effective, as {@code struct vfs_cap_data} of linux/capability.h. */
    private static byte[] capability(int permitted) {
        byte[] value = new byte[20];
        value[0] = 1;
        value[3] = 2;
        value[5] = (byte) (permitted >> 8);
        return value;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=gnu",
                "--format=gnu --sparse",
                "--format=pax --xattrs --xattrs-include=* --sparse --sparse-version=0.0",
                "--format=pax --xattrs --xattrs-include=* --sparse --sparse-version=0.1",
                "--format=pax --xattrs --xattrs-include=* --sparse --sparse-version=1.0",
                "--format=pax --xattrs --xattrs-include=*",
            })
    void givesTheSameTree(String options) throws Exception {
        Path tree = tree();
        Path archive = host.cache.resolve("t.tar");
        String[] words = ("tar " + options + " --numeric-owner -cf " + archive + " -C " + tree + " .").split(" ");
        run(words);
        Path theirs = Files.createDirectory(dir.resolve("theirs"));
        run(
                "tar",
                "--numeric-owner",
                "--xattrs",
                "--xattrs-include=*",
                "--same-permissions",
                "-xf",
                archive.toString(),
                "-C",
                theirs.toString());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            Map<String, String> ours = TreeText.of(linux, lease.rootfs());
            assertThat(ours).containsAllEntriesOf(TreeText.of(linux, theirs)).hasSizeGreaterThan(25);
            assertThat(ours.keySet()).isEqualTo(TreeText.of(linux, theirs).keySet());
            assertThat(lease.inodes()).isEqualTo(inodes(lease.rootfs()));
            if (options.contains("sparse")) {
                assertThat(blocks(lease.rootfs(), "sparse")).isLessThanOrEqualTo(blocks(theirs, "sparse"));
                assertThat(blocks(lease.rootfs(), "allhole")).isZero();
            }
            if (options.contains("xattrs")) {
                assertThat(ours.get("bin/program")).contains("security.capability=[1, 0, 0, 2, 0, 32");
                assertThat(ours.get("sparse")).contains("user.binary=[0, -1, 10, 61]");
                assertThat(ours.get("etc/deep")).contains(" 981173106.789012345");
            }
        }
        assertThat(new VerifyTemplate(host.open()).run("t", true, host.listener()))
                .isEmpty();
    }

    private long blocks(Path root, String name) throws IOException {
        return linux.statFollowing(root.resolve(name)).blocks();
    }

    private long inodes(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            return all.map(path -> {
                        try {
                            return Files.getAttribute(path, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .distinct()
                    .count();
        }
    }

    @RootTest
    void keepsASingleTopDirectory() throws IOException {
        host.archive(
                "t.tar", new RawTar().dir("top", 0755).file("top/f", 0644, "x").bytes());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            assertThat(TreeText.of(linux, lease.rootfs())).containsOnlyKeys("", "top", "top/f");
        }
    }

    @RootTest
    void makesDirectoriesThatAreNotMentioned() throws IOException {
        host.archive(
                "t.tar", new RawTar().file("a/b/f", 0600, "x").dir("a", 0711).bytes());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            Map<String, String> tree = TreeText.of(linux, lease.rootfs());
            assertThat(tree).containsOnlyKeys("", "a", "a/b", "a/b/f");
            assertThat(tree.get("a")).startsWith("40711 0:0");
            assertThat(tree.get("a/b")).startsWith("40755 0:0");
        }
        assertThat(new VerifyTemplate(host.open()).run("t", true, host.listener()))
                .isEmpty();
    }

    @RootTest
    void theLastWordOnADirectoryCounts() throws IOException {
        host.archive(
                "t.tar",
                new RawTar()
                        .dir("d", 0700)
                        .file("d/f", 0644, "x")
                        .owner(1, 2)
                        .dir("./d/", 0555)
                        .bytes());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            assertThat(TreeText.of(linux, lease.rootfs()).get("d")).startsWith("40555 1:2");
        }
    }

    @RootTest
    void leavesOutDevicesThatNoVeUses() throws IOException {
        host.archive(
                "t.tar",
                new RawTar()
                        .dir("dev", 0755)
                        .node("dev/null", '3', 1, 3)
                        .node("dev/sda", '4', 8, 0)
                        .link("dev/disk", "dev/sda")
                        .node("dev/mem", '3', 1, 1)
                        .node("var/chroot/dev/urandom", '3', 1, 9)
                        .bytes());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            assertThat(TreeText.of(linux, lease.rootfs()))
                    .containsOnlyKeys(
                            "", "dev", "dev/null", "var", "var/chroot", "var/chroot/dev", "var/chroot/dev/urandom");
        }
        assertThat(host.events).contains("output Left out 3 device nodes below dev/: a VE has its own /dev");
        assertThat(new VerifyTemplate(host.open()).run("t", true, host.listener()))
                .isEmpty();
    }

    @RootTest
    void takesNoNamespaceIntoCapabilities() throws IOException {
        String inNamespace = "\1\0\0\3\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\12\0\0\0";
        host.archive(
                "t.tar",
                new RawTar()
                        .pax("SCHILY.xattr.security.capability", inNamespace)
                        .file("ping", 0755, "x")
                        .pax("SCHILY.xattr.security.selinux", "label", "SCHILY.xattr.trusted.other", "x")
                        .file("labelled", 0644, "x")
                        .bytes());
        try (Lease lease = host.open().acquire("t", host.listener())) {
            Map<String, String> tree = TreeText.of(linux, lease.rootfs());
            assertThat(tree.get("ping"))
                    .endsWith("security.capability=[1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]");
            assertThat(tree.get("labelled")).doesNotContain("selinux").doesNotContain("trusted");
        }
    }

    @RootTest
    void tellsOfAccessListsThatAreLost() throws IOException {
        host.archive(
                "t.tar",
                new RawTar()
                        .pax("SCHILY.acl.access", "user::rw-,user:7:r--,group::r--,mask::r--,other::---")
                        .file("f", 0640, "x")
                        .bytes());
        host.open().acquire("t", host.listener()).close();
        assertThat(host.events).contains("warning Access lists of 1 entries are not kept");
    }

    @RootTest
    void refusesASymlinkPlantedInItsOwnWorkDirectory() throws IOException {
        // Nobody but root can get there; still, what the kernel is asked for must not depend on that.
        host.archive(
                "t.tar",
                new RawTar()
                        .dir("a", 0755)
                        .dir("b", 0755)
                        .file("a/f", 0644, "x")
                        .bytes());
        Path victim = Files.createDirectory(dir.resolve("victim"));
        Linux planting = PlantingLinux.afterMkdir(linux, "b", rootfs -> {
            Files.delete(rootfs.resolve("a"));
            Files.createSymbolicLink(rootfs.resolve("a"), victim);
        });
        host.linux = planting;
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> host.open().acquire("t", host.listener()).close())
                .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("through a symbolic link"));
        try (var files = Files.list(victim)) {
            assertThat(files).isEmpty();
        }
    }
}
