package org.jvz.templates.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {

    private static List<TarEntry> read(byte[] archive) throws IOException {
        List<TarEntry> entries = new ArrayList<>();
        try (TarReader tar = new TarReader(new ByteArrayInputStream(archive))) {
            @Nullable TarEntry entry;
            while ((entry = tar.next()) != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static TarEntry only(byte[] archive) throws IOException {
        List<TarEntry> entries = read(archive);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void readsWhatCommonsCompressWrites(int longNames) throws IOException {
        String longName = "d/" + "x".repeat(300) + "/file";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
            out.setLongFileMode(longNames);
            out.setBigNumberMode(
                    longNames == TarArchiveOutputStream.LONGFILE_GNU
                            ? TarArchiveOutputStream.BIGNUMBER_STAR
                            : TarArchiveOutputStream.BIGNUMBER_POSIX);
            TarArchiveEntry entry = new TarArchiveEntry(longName);
            entry.setMode(04755);
            entry.setIds(12_345_678, 3);
            entry.setModTime(1_500_000_000_000L);
            entry.setSize(700);
            out.putArchiveEntry(entry);
            byte[] contents = new byte[700];
            Arrays.fill(contents, (byte) 'c');
            out.write(contents);
            out.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("l", TarArchiveEntry.LF_SYMLINK);
            link.setLinkName("t".repeat(150));
            out.putArchiveEntry(link);
            out.closeArchiveEntry();
        }
        List<TarEntry> entries = read(bytes.toByteArray());
        assertThat(entries).hasSize(2);
        TarEntry file = entries.get(0);
        assertThat(file.name()).isEqualTo(longName);
        assertThat(file.mode()).isEqualTo(04755);
        assertThat(file.uid()).isEqualTo(12_345_678);
        assertThat(file.gid()).isEqualTo(3);
        assertThat(file.mtimeSeconds()).isEqualTo(1_500_000_000);
        assertThat(file.size()).isEqualTo(700);
        assertThat(entries.get(1).kind()).isEqualTo(TarEntry.Kind.SYMLINK);
        assertThat(entries.get(1).linkName()).isEqualTo("t".repeat(150));
    }

    @Test
    void givesContentsAndSkipsWhatNobodyReads() throws IOException {
        byte[] archive = new RawTar()
                .file("skipped", 0644, "x".repeat(1000))
                .file("read", 0600, "y".repeat(600))
                .file("empty", 0600, "")
                .bytes();
        try (TarReader tar = new TarReader(new ByteArrayInputStream(archive))) {
            assertThat(tar.next()).extracting(TarEntry::name).isEqualTo("skipped");
            assertThat(tar.next()).extracting(TarEntry::name).isEqualTo("read");
            byte[] buffer = new byte[1024];
            int n = 0;
            int more;
            while ((more = tar.read(buffer, n, 100)) > 0) {
                n += more;
            }
            assertThat(new String(buffer, 0, n, StandardCharsets.US_ASCII)).isEqualTo("y".repeat(600));
            assertThat(tar.next()).extracting(TarEntry::name).isEqualTo("empty");
            assertThat(tar.read(buffer, 0, 1)).isEqualTo(-1);
            assertThat(tar.next()).isNull();
        }
    }

    @Test
    void keepsBytesThatAreNotUtf8() throws IOException {
        TarEntry inHeader = only(new RawTar().file("caf\u00e9", 0644, "").bytes());
        TarEntry inPax =
                only(new RawTar().pax("path", "caf\u00e9").file("x", 0644, "").bytes());
        assertThat(inHeader.name()).isEqualTo("caf\udce9").isEqualTo(inPax.name());
    }

    @Test
    void keepsAttributesByteByByte() throws IOException {
        byte[] value = new byte[256];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        TarEntry entry = only(new RawTar()
                .pax("SCHILY.xattr.security.capability", new String(value, StandardCharsets.ISO_8859_1))
                .file("x", 0644, "")
                .bytes());
        assertThat(entry.xattrs()).containsOnlyKeys("security.capability");
        assertThat(entry.xattrs().get("security.capability")).isEqualTo(value);
    }

    @Test
    void readsPaxNumbersAndTimes() throws IOException {
        TarEntry entry = only(new RawTar()
                .pax("uid", "70000", "gid", "70001", "mtime", "-1.25", "SCHILY.acl.access", "user::rw-")
                .dir("d/", 0755)
                .bytes());
        assertThat(entry.uid()).isEqualTo(70000);
        assertThat(entry.gid()).isEqualTo(70001);
        assertThat(entry.mtimeSeconds()).isEqualTo(-2);
        assertThat(entry.mtimeNanos()).isEqualTo(750_000_000);
        assertThat(entry.hasAcls()).isTrue();
    }

    @Test
    void appliesGlobalHeadersUntilTheyAreTakenBack() throws IOException {
        List<TarEntry> entries = read(new RawTar()
                .globalPax("uid", "7")
                .dir("a", 0755)
                .pax("uid", "8")
                .dir("b", 0755)
                .dir("c", 0755)
                .globalPax("uid", "")
                .dir("d", 0755)
                .bytes());
        assertThat(entries).extracting(TarEntry::uid).containsExactly(7L, 8L, 7L, 0L);
    }

    @Test
    void takesTheOldWayOfDirectoriesAndVolumeLabels() throws IOException {
        assertThat(read(new RawTar()
                        .header("label", 'V', 0, 0, "", 0, 0)
                        .header("old/", '\0', 0755, 0, "", 0, 0)
                        .header("file", '\0', 0755, 0, "", 0, 0)
                        .header("contiguous", '7', 0755, 0, "", 0, 0)
                        .bytes()))
                .extracting(TarEntry::kind)
                .containsExactly(TarEntry.Kind.DIRECTORY, TarEntry.Kind.FILE, TarEntry.Kind.FILE);
    }

    static Stream<Arguments> sparse() {
        byte[] data = ("A".repeat(512) + "B".repeat(512)).getBytes(StandardCharsets.US_ASCII);
        byte[] old = new byte[512];
        System.arraycopy(new RawTar().header("s", 'S', 0644, 1024, "", 0, 0).unfinished(), 0, old, 0, 512);
        System.arraycopy("ustar  \0".getBytes(StandardCharsets.US_ASCII), 0, old, 257, 8);
        Arrays.fill(old, 329, 512, (byte) 0);
        RawTar.octal(old, 386, 12, 4096);
        RawTar.octal(old, 398, 12, 512);
        RawTar.octal(old, 410, 12, 65536);
        RawTar.octal(old, 422, 12, 512);
        RawTar.octal(old, 483, 12, 100_000);
        byte[] map = Arrays.copyOf("2\n4096\n512\n65536\n512\n".getBytes(StandardCharsets.US_ASCII), 512);
        return Stream.of(
                arguments("old GNU", new RawTar().sealed(old).data(data).bytes()),
                arguments(
                        "pax 0.0",
                        new RawTar()
                                .pax(
                                        "GNU.sparse.size",
                                        "100000",
                                        "GNU.sparse.numblocks",
                                        "2",
                                        "GNU.sparse.offset",
                                        "4096",
                                        "GNU.sparse.numbytes",
                                        "512",
                                        "GNU.sparse.offset",
                                        "65536",
                                        "GNU.sparse.numbytes",
                                        "512")
                                .file("s", 0644, data)
                                .bytes()),
                arguments(
                        "pax 0.1",
                        new RawTar()
                                .pax(
                                        "GNU.sparse.size",
                                        "100000",
                                        "GNU.sparse.map",
                                        "4096,512,65536,512",
                                        "GNU.sparse.name",
                                        "s")
                                .file("GNUSparseFile.1/s", 0644, data)
                                .bytes()),
                arguments(
                        "pax 1.0",
                        new RawTar()
                                .pax(
                                        "GNU.sparse.major",
                                        "1",
                                        "GNU.sparse.minor",
                                        "0",
                                        "GNU.sparse.name",
                                        "s",
                                        "GNU.sparse.realsize",
                                        "100000")
                                .header("GNUSparseFile.1/s", '0', 0644, 1536, "", 0, 0)
                                .raw(map)
                                .data(data)
                                .bytes()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sparse")
    void readsSparseFiles(String format, byte[] archive) throws IOException {
        try (TarReader tar = new TarReader(new ByteArrayInputStream(archive))) {
            TarEntry entry = tar.next();
            assertThat(entry).isNotNull();
            assertThat(entry.name()).isEqualTo("s");
            assertThat(entry.size()).isEqualTo(100_000);
            Extents extents = entry.extents();
            assertThat(extents.count()).isEqualTo(2);
            assertThat(extents.offset(0)).isEqualTo(4096);
            assertThat(extents.offset(1)).isEqualTo(65536);
            assertThat(extents.length(1)).isEqualTo(512);
            byte[] stored = new byte[2000];
            int n = 0;
            int more;
            while ((more = tar.read(stored, n, 2000 - n)) > 0) {
                n += more;
            }
            assertThat(n).isEqualTo(1024);
            assertThat(stored[0]).isEqualTo((byte) 'A');
            assertThat(stored[1023]).isEqualTo((byte) 'B');
            assertThat(tar.next()).isNull();
        }
    }

    static Stream<Arguments> malformed() {
        byte[] good = new RawTar().file("f", 0644, "x".repeat(1000)).bytes();
        byte[] badSum = good.clone();
        badSum[0] = 'g';
        byte[] endless = Arrays.copyOf(good, good.length + (17 << 20));
        byte[] negative = new RawTar().file("f", 0644, "").unfinished();
        Arrays.fill(negative, 124, 136, (byte) 0xff);
        byte[] huge = new RawTar().file("f", 0644, "").unfinished();
        Arrays.fill(huge, 124, 136, (byte) 0x9f);
        byte[] letters = new RawTar().file("f", 0644, "").unfinished();
        letters[101] = 'z';
        return Stream.of(
                arguments("empty", new byte[0], "without an end-of-archive marker"),
                arguments("no end", Arrays.copyOf(good, 1536), "without an end-of-archive marker"),
                arguments("half a header", Arrays.copyOf(good, 200), "truncated"),
                arguments("half a file", Arrays.copyOf(good, 1000), "entry f: archive is truncated"),
                arguments("no tar", "hello".repeat(500).getBytes(StandardCharsets.US_ASCII), "not a tar archive"),
                arguments("bad checksum", badSum, "wrong checksum"),
                arguments(
                        "data after the end",
                        concat(good, new RawTar().file("g", 0644, "").bytes()),
                        "data after the end"),
                arguments("garbage after the end", concat(good, new byte[] {1}), "data after the end"),
                arguments("endless padding", endless, "endless padding"),
                arguments("negative size", sealed(negative), "negative size"),
                arguments("size beyond 63 bits", sealed(huge), "size is too large"),
                arguments("mode of letters", sealed(letters), "mode is not an octal number"),
                arguments("no name", new RawTar().file("", 0644, "").bytes(), "without a name"),
                arguments(
                        "NUL in a name",
                        new RawTar().pax("path", "a\0b").file("f", 0644, "").bytes(),
                        "holds a NUL"),
                arguments(
                        "unknown type",
                        new RawTar().header("f", 'Z', 0, 0, "", 0, 0).bytes(),
                        "unknown entry type 0x5a"),
                arguments(
                        "incremental",
                        new RawTar().header("f", 'D', 0, 0, "", 0, 0).bytes(),
                        "incremental archives"),
                arguments(
                        "volumes", new RawTar().header("f", 'M', 0, 0, "", 0, 0).bytes(), "several volumes"),
                arguments(
                        "huge pax header",
                        new RawTar().header("pax", 'x', 0, 7L << 30, "", 0, 0).bytes(),
                        "is too long"),
                arguments(
                        "huge long name",
                        new RawTar().header("l", 'L', 0, 7L << 30, "", 0, 0).bytes(),
                        "is too long"),
                arguments("pax without length", pax("path=x\n"), "bad record length"),
                arguments("pax length too long", pax("99 path=x\n"), "bad record length"),
                arguments("pax without newline", pax("9 path=xy"), "does not end with a newline"),
                arguments("pax without key", pax("6 =xy\n"), "without a key"),
                arguments(
                        "pax size of letters",
                        new RawTar().pax("size", "1x").file("f", 0644, "").bytes(),
                        "size is not a number"),
                arguments(
                        "pax size beyond 63 bits",
                        new RawTar()
                                .pax("size", "99999999999999999999")
                                .file("f", 0644, "")
                                .bytes(),
                        "size is not a number"),
                arguments(
                        "sparse extents overlap",
                        sparse01("0,1000,500,24", "2000"),
                        "entry f: sparse map does not fit the file"),
                arguments("sparse extent outside", sparse01("1500,1024", "2000"), "sparse map does not fit the file"),
                arguments("sparse offset alone", sparse01("0,512,600", "2000"), "an offset without a length"),
                arguments("sparse data missing", sparse01("0,100", "2000"), "does not fit the stored data"),
                arguments(
                        "sparse 0.0 out of order",
                        new RawTar()
                                .pax("GNU.sparse.size", "9", "GNU.sparse.numbytes", "1")
                                .file("f", 0644, "")
                                .bytes(),
                        "do not alternate"),
                arguments("sparse version", sparse10("2", "1\n", 512), "unknown version"),
                arguments("sparse map of letters", sparse10("1", "1\nx\n", 512), "malformed sparse map"),
                arguments(
                        "sparse map cut off",
                        sparse10("1", "99999\n" + "1\n".repeat(253), 512),
                        "sparse map is cut off"),
                arguments("sparse map of millions", sparse10("1", "99999999\n", 512), "sparse map is too long"));
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static byte[] sealed(byte[] header) {
        return new RawTar().sealed(header).bytes();
    }

    private static byte[] pax(String records) {
        byte[] data = records.getBytes(StandardCharsets.US_ASCII);
        return new RawTar()
                .header("pax", 'x', 0, data.length, "", 0, 0)
                .data(data)
                .file("f", 0644, "")
                .bytes();
    }

    private static byte[] sparse01(String map, String size) {
        return new RawTar()
                .pax("GNU.sparse.size", size, "GNU.sparse.map", map)
                .file("f", 0644, new byte[1024])
                .bytes();
    }

    private static byte[] sparse10(String major, String map, int size) {
        return new RawTar()
                .pax("GNU.sparse.major", major, "GNU.sparse.minor", "0", "GNU.sparse.realsize", "512")
                .header("f", '0', 0644, size, "", 0, 0)
                .data(map.getBytes(StandardCharsets.US_ASCII))
                .bytes();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refusesWhatIsMalformed(String what, byte[] archive, String reason) {
        assertThatExceptionOfType(ArchiveException.class)
                .isThrownBy(() -> read(archive))
                .withMessageContaining(reason);
    }

    @Test
    void refusesEveryCutOffArchive() throws IOException {
        byte[] whole = new RawTar()
                .pax("path", "p".repeat(200), "SCHILY.xattr.user.a", "b")
                .file("f", 0644, "x".repeat(700))
                .gnuLong('L', "l".repeat(600))
                .dir("d", 0755)
                .bytes();
        assertThat(read(whole)).hasSize(2);
        int needed = whole.length - 512;
        for (int length = 0; length < needed; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ArchiveException.class)
                    .as("cut at %d", length)
                    .isThrownBy(() -> read(cut));
        }
    }

    @Test
    void survivesEveryDamagedByteOfTheHeaders() {
        byte[] whole = new RawTar()
                .pax("path", "name", "mtime", "1.5")
                .file("f", 0644, "contents")
                .bytes();
        int read = 0;
        int refused = 0;
        for (int at = 0; at < 1536; at++) {
            for (int flip : new int[] {1, 0x80, 0xff}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) flip;
                try {
                    read(damaged);
                    read++;
                } catch (ArchiveException e) {
                    refused++;
                } catch (IOException e) {
                    throw new AssertionError("byte " + at + ": " + e, e);
                }
            }
        }
        // Damage in padding and contents cannot be noticed by tar; in headers it is.
        assertThat(refused).isGreaterThan(2 * 512 * 3 - 3);
        assertThat(read + refused).isEqualTo(1536 * 3);
    }

    @Test
    void showsNamesSafely() {
        assertThat(new ArchiveException("a\u001b[31m\n", "bad")).hasMessage("entry a?[31m?: bad");
        assertThat(ArchiveException.shown("x".repeat(300))).hasSize(203).endsWith("...");
    }
}
