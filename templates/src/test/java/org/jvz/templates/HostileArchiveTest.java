package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.tar.RawTar;
import org.jvz.testing.PrivateHost;

/** Every way we know in which an archive can try to harm the host, or to look like what it is not. */
@PrivateHost
class HostileArchiveTest {
    /** Where archives of this test point to; exists, and must not change. */
    private static final String VICTIM = "victim";

    @TempDir
    Path dir;

    /** What it is, the archive (made for the path of the victim), what the message must say. */
    static Stream<Arguments> archives() {
        return Stream.of(
                arguments(
                        "parent",
                        tar(t -> t.file("../victim/x", 0644, "x")),
                        "entry ../victim/x: its path contains '..'"),
                arguments("parent inside", tar(t -> t.file("a/../../../victim/x", 0644, "x")), "contains '..'"),
                arguments("parent at the end", tar(t -> t.dir("a/..", 0777)), "contains '..'"),
                arguments("parent of the root", tar(t -> t.dir("./..", 0777)), "contains '..'"),
                arguments(
                        "absolute",
                        tar(t -> t.file("/tmp/x", 0644, "x")),
                        "entry /tmp/x: its path is an absolute path"),
                arguments("absolute root", tar(t -> t.dir("/", 0777)), "absolute"),
                arguments("absolute by pax", tar(t -> t.pax("path", "/tmp/x").file("x", 0644, "x")), "absolute"),
                arguments("absolute by GNU", tar(t -> t.gnuLong('L', "/tmp/x").file("x", 0644, "x")), "absolute"),
                arguments(
                        "absolute by ustar prefix",
                        tar(t -> {
                            byte[] header = new RawTar().file("x", 0644, "").unfinished();
                            header[345] = '/';
                            t.sealed(header);
                        }),
                        "absolute"),
                arguments(
                        "through a symlink",
                        tar(t -> t.symlink("l", "../../../../../victim").file("l/x", 0644, "x")),
                        "entry l/x: its path leads through a symbolic link"),
                arguments(
                        "through an absolute symlink",
                        tar(t -> t.symlink("l", "/tmp").file("l/x", 0644, "x")),
                        "through a symbolic link"),
                arguments(
                        "through a symlink that stays inside",
                        tar(t -> t.dir("d", 0755).symlink("l", "d").file("l/x", 0644, "x")),
                        "through a symbolic link"),
                arguments(
                        "through a symlink in the middle",
                        tar(t -> t.dir("a", 0755).symlink("a/l", "/").file("a/l/tmp/x", 0644, "x")),
                        "through a symbolic link"),
                arguments(
                        "directory through a symlink",
                        tar(t -> t.symlink("l", "/tmp").dir("l/x", 0755)),
                        "through a symbolic link"),
                arguments(
                        "symlink over a directory",
                        tar(t -> t.dir("d", 0755).symlink("d", "/tmp").file("d/x", 0644, "x")),
                        "entry d: the archive holds this path twice"),
                arguments(
                        "directory over a symlink",
                        tar(t -> t.symlink("d", "/tmp").dir("d", 0755).file("d/x", 0644, "x")),
                        "entry d: the archive holds this path twice"),
                arguments(
                        "file over a symlink",
                        tar(t -> t.symlink("f", "/tmp/x").file("f", 0644, "x")),
                        "entry f: the archive holds this path twice"),
                arguments(
                        "file over a file",
                        tar(t -> t.file("f", 0644, "x").file("f", 04755, "y")),
                        "holds this path twice"),
                arguments("file over a directory", tar(t -> t.dir("f", 0755).file("./f", 0644, "x")), "twice"),
                arguments(
                        "directory over a file",
                        tar(t -> t.file("f", 0644, "x").dir("f", 0755)),
                        "holds this path twice"),
                arguments(
                        "below a file",
                        tar(t -> t.file("f", 0644, "x").file("f/x", 0644, "x")),
                        "through something that is not a directory"),
                arguments("fifo over a file", tar(t -> t.file("f", 0644, "x").fifo("f")), "twice"),
                arguments(
                        "hard link outside",
                        tar(t -> t.link("l", "../../victim/file")),
                        "entry l: its target contains '..'"),
                arguments("hard link absolute", tar(t -> t.link("l", "/etc/shadow")), "its target is an absolute path"),
                arguments(
                        "hard link through a symlink",
                        tar(t -> t.symlink("d", "../../../../victim").link("l", "d/file")),
                        "hard link to d/file, which does not come before it"),
                arguments("hard link to nothing", tar(t -> t.link("l", "nothing")), "does not come before it"),
                arguments(
                        "hard link to a directory",
                        tar(t -> t.dir("d", 0755).link("l", "d")),
                        "entry l: hard link to a directory"),
                arguments("hard link to the root", tar(t -> t.link("l", ".")), "does not come before it"),
                arguments(
                        "hard link over a file",
                        tar(t -> t.file("a", 0644, "").file("b", 0644, "").link("b", "a")),
                        "twice"),
                arguments(
                        "hard link with contents",
                        tar(t -> t.file("a", 0644, "").pax("size", "5").link("b", "a")),
                        "hard link with contents"),
                arguments("symlink to nothing", tar(t -> t.symlink("l", "")), "symbolic link without a target"),
                arguments("symlink as root", tar(t -> t.symlink(".", "/tmp")), "the root is not a directory"),
                arguments(
                        "file as root",
                        tar(t -> t.file("./", 0644, "").file(".", 0644, "x")),
                        "the root is not a directory"),
                arguments(
                        "disk outside dev",
                        tar(t -> t.node("disk", '4', 8, 0)),
                        "entry disk: device node 8:0 outside dev/"),
                arguments("memory outside dev", tar(t -> t.node("etc/mem", '3', 1, 1)), "device node 1:1 outside dev/"),
                arguments("null as block device", tar(t -> t.node("x", '4', 1, 3)), "device node 1:3 outside dev/"),
                arguments("overlayfs whiteout", tar(t -> t.node("x", '3', 0, 0)), "device node 0:0 outside dev/"),
                arguments("not quite dev", tar(t -> t.node("device/x", '3', 1, 1)), "outside dev/"),
                arguments(
                        "device bomb",
                        tar(t -> {
                            for (int i = 0; i < 5000; i++) {
                                t.node("dev/x" + i, '3', 1, 3);
                            }
                        }),
                        "more than 4096 device nodes"),
                arguments(
                        "dropped device bomb",
                        tar(t -> {
                            for (int i = 0; i < 5000; i++) {
                                t.node("dev/x" + i, '4', 8, i % 256);
                            }
                        }),
                        "more than 4096 device nodes"),
                arguments(
                        "overlayfs redirect",
                        tar(t -> t.pax("SCHILY.xattr.trusted.overlay.redirect", "/../..")
                                .dir("d", 0755)),
                        "attribute trusted.overlay.redirect is overlayfs's own"),
                arguments(
                        "overlayfs redirect by user",
                        tar(t -> t.pax("SCHILY.xattr.user.overlay.redirect", "/x")
                                .dir("d", 0755)),
                        "overlayfs's own"),
                arguments(
                        "malformed capabilities",
                        tar(t ->
                                t.pax("SCHILY.xattr.security.capability", "xyz").file("f", 0755, "x")),
                        "malformed file capabilities"),
                arguments(
                        "many attributes",
                        tar(t -> {
                            String[] records = new String[200];
                            for (int i = 0; i < 200; i += 2) {
                                records[i] = "SCHILY.xattr.user.a" + i;
                                records[i + 1] = "x";
                            }
                            t.pax(records).file("f", 0644, "x");
                        }),
                        "more than 64 extended attributes"),
                arguments(
                        "the host's root id",
                        tar(t -> t.owner(65536, 0).file("su", 04755, "x")),
                        "owner 65536:0 is outside"),
                arguments(
                        "no id at all",
                        tar(t -> t.pax("gid", "4294967295").dir("d", 0755)),
                        "is outside the ids of a VE"),
                arguments(
                        "long name",
                        tar(t -> t.pax("path", "n".repeat(256)).file("x", 0644, "x")),
                        "its name is too long"),
                arguments(
                        "long path",
                        tar(t -> t.pax("path", "n/".repeat(2100) + "x").file("x", 0644, "x")),
                        "its name is too long"),
                arguments(
                        "many entries",
                        tar(t -> {
                            for (int i = 0; i < 300; i++) {
                                t.fifo("p" + i);
                            }
                        }),
                        "more than 200 entries"),
                arguments(
                        "many unmentioned directories",
                        tar(t -> t.pax("path", "d/".repeat(300) + "x")
                                .file("x", 0644, "x")
                                .file("y", 0644, "")),
                        "more than 200 entries"),
                arguments(
                        "holes without end",
                        tar(t -> t.pax("GNU.sparse.size", "9000000000000000000", "GNU.sparse.map", "0,1")
                                .file("x", 0644, "x")),
                        "holes included"),
                arguments(
                        "many files of holes",
                        tar(t -> {
                            for (int i = 0; i < 100; i++) {
                                t.pax("GNU.sparse.size", "100000000000", "GNU.sparse.map", "0,1")
                                        .file("x" + i, 0644, "x");
                            }
                        }),
                        "holes included"),
                arguments("truncated", Arrays.copyOf(tar(t -> t.file("f", 0644, "x".repeat(2000))), 1500), "truncated"),
                arguments(
                        "truncated gzip",
                        Arrays.copyOf(gzip(tar(t -> t.file("f", 0644, "x"))), 60),
                        "the archive is damaged or truncated"),
                arguments(
                        "garbage after gzip",
                        append(gzip(tar(t -> t.file("f", 0644, "x"))), "garbage"),
                        "the archive is damaged"),
                arguments(
                        "garbage after the end",
                        append(tar(t -> t.file("f", 0644, "x")), "garbage"),
                        "data after the end"),
                arguments("not an archive", append(new byte[0], "hello, world ".repeat(100)), "not a tar archive"),
                arguments("empty", new byte[0], "archive is truncated"));
    }

    /** Says what goes into an archive. */
    private interface Contents {
        void put(RawTar tar);
    }

    private static byte[] tar(Contents contents) {
        RawTar tar = new RawTar().dir("./", 0755).file("before", 0644, "unpacked before the offence");
        contents.put(tar);
        return tar.bytes();
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static byte[] append(byte[] bytes, String text) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + text.length());
        for (int i = 0; i < text.length(); i++) {
            all[bytes.length + i] = (byte) text.charAt(i);
        }
        return all;
    }

    @AfterEach
    void removeHost() throws IOException {
        new TestStore(dir).close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void isRefusedAndLeavesNothing(String what, byte[] archive, String reason) throws IOException {
        TestStore host = new TestStore(dir);
        host.limits = new ImportLimits(1 << 20, 1L << 40, what.contains("device bomb") ? 9999 : 200, 200, 4096);
        Path victim = Files.createDirectory(dir.resolve(VICTIM));
        Files.writeString(victim.resolve("file"), "untouched");
        host.archive("bad.tar", archive);
        Map<String, String> before = TreeText.of(host.linux, victim);

        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> host.open().acquire("bad", host.listener()).close())
                .satisfies(e -> assertThat(chain(e)).contains(reason).doesNotContain("Exception"));

        assertThat(host.inStore()).isEmpty();
        assertThat(host.inCache()).containsExactly("bad.tar");
        assertThat(TreeText.of(host.linux, victim)).isEqualTo(before);
        assertThat(Files.exists(Path.of("/tmp/x"))).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    void sizeBombIsRefusedAsLackOfSpace(String what, byte[] archive) throws IOException {
        TestStore host = new TestStore(dir);
        host.limits = new ImportLimits(1 << 20, 1L << 40, 200, 200, 4096);
        host.archive("bad.tar.gz", archive);
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> host.open().acquire("bad", host.listener()).close())
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.NO_DISK_SPACE))
                .satisfies(e -> assertThat(chain(e)).contains("more than the 1048576 bytes"));
        assertThat(host.inStore()).isEmpty();
    }

    static Stream<Arguments> bombs() {
        return Stream.of(
                arguments("one large file", gzip(tar(t -> t.file("f", 0644, new byte[2 << 20])))),
                arguments("declared only", gzip(tar(t -> t.header("f", '0', 0644, 7L << 30, "", 0, 0)))),
                arguments("many files", gzip(tar(t -> {
                    for (int i = 0; i < 100; i++) {
                        t.file("f" + i, 0644, new byte[20_000]);
                    }
                }))));
    }

    private static String chain(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = e; at != null; at = at.getCause()) {
            text.append(at.getMessage()).append(" | ");
        }
        return text.toString();
    }
}
