package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfFileTest {

    private static final Path FILE = Path.of("/etc/vz/conf/101.conf");

    private static ConfFile parse(String text) throws BadConfException {
        return ConfFile.parse(FILE, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ConfFile file) {
        return new String(file.toBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "K=\"yes\"               | yes",
                "K=yes                   | yes",
                "K='yes'                 | yes",
                "K=\"a b\"               | a b",
                "K='a \"b\" c'           | a \"b\" c",
                "K=\"a \\\"b\\\" c\"     | a \"b\" c",
                "K=\"C:\\\\x\"           | C:\\x",
                "K=\"a\\nb\"             | a\\nb",
                "K=\"\\$5\"              | $5",
                "K=a\\ b                 | a b",
                "K=a\"b c\"'d e'f        | ab cd ef",
                "K=a#b                   | a#b",
                "K=yes # why             | yes",
                "K=yes;                  | yes",
                "K=\"\"                  | ~~",
                "K=                      | ~~",
                "~  K=\"indented\"~      | indented",
                "export K=\"yes\"        | yes",
                "K=\"/vz/$VEID\"         | /vz/$VEID",
                "K=\"grüße\"             | grüße"
            })
    void readsValuesAsAShellDoes(String line, String value) throws Exception {
        assertThat(parse(line + "\n").get("K")).isEqualTo(value);
        assertThat(parse(line).get("K")).isEqualTo(value);
        assertThat(parse(line + "\r\nL=1\r\n").get("K")).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "# K=\"x\"\n", "K\n", " =x\n", "1K=x\n", "K =x\n", "K+=x\n", "if [ -f x ]; then\n"})
    void keepsWhatIsNoAssignment(String text) throws Exception {
        ConfFile file = parse(text);
        assertThat(file.get("K")).isNull();
        assertThat(file.has("K")).isFalse();
        assertThat(text(file)).isEqualTo(text);
    }

    @Test
    void aValueMaySpanLines() throws Exception {
        ConfFile file = parse("A=\"one\ntwo\"\nB=x\\\ny\nC=3\n");
        assertThat(file.get("A")).isEqualTo("one\ntwo");
        assertThat(file.get("B")).isEqualTo("xy");
        assertThat(file.get("C")).isEqualTo("3");
        assertThat(file.lineOf("C")).isEqualTo(5);
        assertThat(text(file.with("A", "1"))).isEqualTo("A=\"1\"\nB=x\\\ny\nC=3\n");
    }

    @Test
    void setsInPlaceAndAppendsWhatIsNew() throws Exception {
        ConfFile file = parse("#UUID: 1-2\n\nexport  A='old'  # why\nODD=1 2\nB=\"b\"");
        assertThat(text(file.with("A", "new").with("C", "c")))
                .isEqualTo("#UUID: 1-2\n\nexport  A=\"new\"  # why\nODD=1 2\nB=\"b\"\nC=\"c\"\n");
        assertThat(text(file)).as("the original is not changed").endsWith("B=\"b\"");
    }

    @Test
    void anEqualValueKeepsItsQuoting() throws Exception {
        assertThat(text(parse("A=yes\n").with("A", "yes"))).isEqualTo("A=yes\n");
    }

    @Test
    void newLinesEndAsTheOthersDo() throws Exception {
        assertThat(text(parse("A=1\r\nB=2").with("A", "3").with("C", "4"))).isEqualTo("A=\"3\"\r\nB=2\r\nC=\"4\"\r\n");
    }

    @Test
    void theFirstOfDuplicatesCountsAndAllAreSet() throws Exception {
        ConfFile file = parse("A=1\nB=2\nA=3\n");
        assertThat(file.get("A")).isEqualTo("1");
        assertThat(file.keys()).containsExactly("A", "B");
        assertThat(file.warnings()).containsExactly(FILE + ", line 3: A is set again, the value in line 1 counts");
        assertThat(text(file.with("A", "9"))).isEqualTo("A=\"9\"\nB=2\nA=\"9\"\n");
        assertThat(text(file.without("A"))).isEqualTo("B=2\n");
    }

    @Test
    void warnsAboutWhatOnlyAShellCanKnow() throws Exception {
        assertThat(parse("A=\"$B\"\nC=`date`\nD=\"$VEID ${VEID} \\$B\"\nE='$B'\nF=1 2\nfoo\n")
                        .warnings())
                .containsExactly(
                        FILE + ", line 1: A: variables other than $VEID and commands are taken literally",
                        FILE + ", line 2: C: variables other than $VEID and commands are taken literally",
                        FILE + ", line 5: text after the value of F, ignored",
                        FILE + ", line 6: not of the form KEY=\"value\", ignored");
    }

    @Test
    void aBrokenFileIsNamedWithLineAndReason() {
        assertThatThrownBy(() -> parse("# x\nA=\"1\"\nB=\"open\nC=3\n"))
                .isInstanceOfSatisfying(BadConfException.class, e -> {
                    assertThat(e.file()).isEqualTo(FILE);
                    assertThat(e.line()).isEqualTo(3);
                    assertThat(e.reason()).isEqualTo("the double quote in the value of B is not closed");
                })
                .hasMessage(FILE + ", line 3: the double quote in the value of B is not closed");
        assertThatThrownBy(() -> parse("A='1\n")).hasMessageContaining("line 1: the single quote in the value of A");
        assertThatThrownBy(() -> parse("A=1\n\0\0\n")).hasMessageContaining("line 2: a zero byte");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HOSTNAME   | a\"b       | HOSTNAME=\"a\\\"b\"",
                "HOSTNAME   | a\\b       | HOSTNAME=\"a\\\\b\"",
                "HOSTNAME   | $(x) `y`   | HOSTNAME=\"\\$(x) \\`y\\`\"",
                "HOSTNAME   | $VEID      | HOSTNAME=\"\\$VEID\"",
                "VE_ROOT    | /r/$VEID   | VE_ROOT=\"/r/$VEID\"",
                "VE_PRIVATE | /p/${VEID} | VE_PRIVATE=\"/p/${VEID}\"",
                "DUMPDIR    | /d/$VEIDX  | DUMPDIR=\"/d/\\$VEIDX\"",
            })
    void quotesSoThatAShellTakesTheValueLiterally(String key, String value, String line) {
        assertThat(text(ConfFile.empty(FILE).with(key, value))).isEqualTo(line + "\n");
    }

    @Test
    void refusesWhatCannotStandOnOneLine() {
        ConfFile file = ConfFile.empty(FILE);
        assertThatThrownBy(() -> file.with("A", "a\nb")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.with("A", "a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.with("A B", "1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsBytesThatAreNotUtf8() throws Exception {
        byte[] bytes = {'#', (byte) 0xE9, '\n', 'A', '=', (byte) 0xFF, '\n'};
        ConfFile file = ConfFile.parse(FILE, bytes);
        assertThat(file.toBytes()).isEqualTo(bytes);
        assertThat(file.get("A")).isEqualTo("\uFFFD");
        assertThat(file.with("B", "é").toBytes()).startsWith(bytes).hasSize(bytes.length + 7);
    }

    @Test
    void aLongLineIsALine() throws Exception {
        String value = "x".repeat(1 << 20);
        assertThat(parse("A=1\n").with("B", value).get("B")).isEqualTo(value);
        assertThat(parse("A=\"" + value + "\"\nB=2\n").get("B")).isEqualTo("2");
    }

    @Test
    void savingKeepsModeAndSymbolicLink(@TempDir Path dir) throws Exception {
        Path real = Files.writeString(dir.resolve("real.conf"), "A=1\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(dir.resolve("101.conf"), Path.of("real.conf"));
        ConfFile.read(link).with("A", "2").save();
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("A=\"2\"\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
        assertThat(names(dir)).containsExactly("101.conf", "real.conf");
    }

    @Test
    void savingCreatesANewFileReadableByAll(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("101.conf");
        ConfFile.empty(path).with("A", "1").save();
        assertThat(path).hasContent("A=\"1\"\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void savingThroughADanglingLinkCreatesItsTarget(@TempDir Path dir) throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("101.conf"), Path.of("elsewhere"));
        ConfFile.empty(link).with("A", "1").save();
        assertThat(link).isSymbolicLink();
        assertThat(dir.resolve("elsewhere")).hasContent("A=\"1\"\n");
    }

    @Test
    void aFailedSaveNamesTheFileAndLeavesNothing(@TempDir Path dir) throws Exception {
        Path directory = Files.createDirectory(dir.resolve("101.conf"));
        assertThatThrownBy(() -> ConfFile.empty(directory).with("A", "1").save())
                .isInstanceOf(IOException.class)
                .hasMessage("Unable to write " + directory)
                .hasRootCauseMessage(directory + " is not a regular file");
        assertThat(names(dir)).containsExactly("101.conf");
    }

    @Test
    void savingRemovesWhatAKilledProcessLeft(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("101.conf");
        // No process has this pid: pid_max is at most 4194304.
        Files.writeString(dir.resolve(".101.conf.tmp-99999999-1"), "half");
        Files.writeString(dir.resolve(".101.conf.tmp-1-1"), "of a living process");
        Files.writeString(dir.resolve(".102.conf.tmp-99999999-1"), "of another file");
        ConfFile.empty(path).with("A", "1").save();
        assertThat(names(dir)).containsExactly(".101.conf.tmp-1-1", ".102.conf.tmp-99999999-1", "101.conf");
    }

    @Test
    void aMissingFileIsToldApartFromABrokenOne(@TempDir Path dir) {
        assertThatThrownBy(() -> ConfFile.read(dir.resolve("x"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> ConfFile.read(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(dir.toString());
    }

    private static List<String> names(Path dir) throws IOException {
        try (var files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
