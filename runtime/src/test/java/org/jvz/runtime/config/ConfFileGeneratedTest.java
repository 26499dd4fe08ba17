package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made by chance: only what is set changes, and bash reads what jvz reads. A failure names the seed. */
class ConfFileGeneratedTest {

    private static final int FILES = 1000;
    private static final Path FILE = Path.of("/etc/vz/conf/101.conf");
    private static final String ALPHABET = "ab Z09._-/:,=#'\"\\$`{}()[]*?!;&|<>~%^+@\téß€";

    /** A piece of a file: an assignment, or other text. */
    private record Piece(String before, String key, String written, String value, String after) {
        String text() {
            return before + written + after;
        }
    }

    @Test
    void onlyWhatIsSetChanges() throws Exception {
        for (int seed = 0; seed < FILES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
            List<Piece> pieces = pieces(random, end, true);
            String text = join(pieces);
            ConfFile file = ConfFile.parse(FILE, bytes(text));
            assertThat(text(file)).as("unchanged, seed %d", seed).isEqualTo(text);

            String key = key(random);
            String value = value(random);
            ConfFile changed = file.with(key, value);
            assertThat(changed.get(key)).as("seed %d", seed).isEqualTo(value);
            assertThat(text(changed)).as("seed %d", seed).isEqualTo(expected(pieces, key, value));
            ConfFile again = ConfFile.parse(FILE, changed.toBytes());
            assertThat(again.get(key)).as("read again, seed %d", seed).isEqualTo(value);
            for (String other : file.keys()) {
                if (!other.equals(key)) {
                    assertThat(again.get(other)).as("%s, seed %d", other, seed).isEqualTo(file.get(other));
                }
            }
            assertThat(text(changed.without(key))).as("seed %d", seed).doesNotContain(key + "=\"");
        }
    }

    @Test
    void bashReadsWhatIsWritten(@TempDir Path dir) throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ConfFile file = ConfFile.empty(dir.resolve("conf"));
            Map<String, String> written = new LinkedHashMap<>();
            for (int i = 0; i < 50; i++) {
                String value = value(random);
                written.put("KEY" + i, value);
                file = file.with("KEY" + i, value);
            }
            file.save();
            assertThat(sourcedByBash(file.path(), written.keySet()))
                    .as("seed %d", seed)
                    .isEqualTo(written);
        }
    }

    @Test
    void jvzReadsWhatBashReads(@TempDir Path dir) throws Exception {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Piece> pieces = new LinkedHashMap<>();
            for (Piece piece : pieces(random, "\n", false)) {
                pieces.putIfAbsent(piece.key(), piece);
            }
            Path path = Files.writeString(dir.resolve("conf"), join(List.copyOf(pieces.values())));
            ConfFile file = ConfFile.read(path);
            Map<String, String> read = new LinkedHashMap<>();
            for (String key : file.keys()) {
                read.put(key, String.valueOf(file.get(key)));
            }
            assertThat(sourcedByBash(path, read.keySet())).as("seed %d", seed).isEqualTo(read);
        }
    }

    @Test
    void bashFillsInVeid(@TempDir Path dir) throws Exception {
        ConfFile file = ConfFile.empty(dir.resolve("conf"))
                .with("VEID", "7")
                .with("VE_ROOT", "/a $x/$VEID/b")
                .with("VE_PRIVATE", "/p/${VEID}");
        file.save();
        assertThat(sourcedByBash(file.path(), List.of("VE_ROOT", "VE_PRIVATE")))
                .containsEntry("VE_ROOT", "/a $x/7/b")
                .containsEntry("VE_PRIVATE", "/p/7");
    }

    private static List<Piece> pieces(SplittableRandom random, String end, boolean anything) {
        List<Piece> pieces = new ArrayList<>();
        int count = random.nextInt(1, 25);
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1 && random.nextInt(3) == 0;
            pieces.add(piece(random, last ? "" : end, anything));
        }
        return pieces;
    }

    private static Piece piece(SplittableRandom random, String end, boolean anything) {
        int kind = random.nextInt(anything ? 10 : 7);
        if (kind > 6) {
            String[] other = {
                "", "# a comment \"with' quotes", "   ", "#UUID: 0-1", "foo bar", "K1 = \"x\"", "if true; then"
            };
            return new Piece("", "", other[random.nextInt(other.length)], "", end);
        }
        String before = random.nextInt(5) == 0 ? "  " : random.nextInt(8) == 0 ? "export " : "";
        String key = key(random);
        String value = value(random);
        String after = random.nextInt(6) == 0 ? "  # why" : random.nextInt(8) == 0 ? ";" : "";
        String written =
                switch (kind) {
                    case 0, 1, 2 -> doubleQuoted(value);
                    case 3 -> "'" + value.replace("'", "'\\''") + "'";
                    case 4 -> escaped(value);
                    case 5 -> "'" + value.replace("'", "") + "'" + doubleQuoted(value);
                    default -> "w" + random.nextInt(100);
                };
        return new Piece(before + key + "=", key, written, value, after + end);
    }

    private static String expected(List<Piece> pieces, String key, String value) throws Exception {
        StringBuilder out = new StringBuilder();
        boolean found = false;
        for (Piece piece : pieces) {
            if (piece.key().equals(key)) {
                found = true;
                boolean same =
                        value.equals(ConfFile.parse(FILE, bytes(piece.text())).get(key));
                out.append(piece.before())
                        .append(same ? piece.written() : doubleQuoted(value))
                        .append(piece.after());
            } else {
                out.append(piece.text());
            }
        }
        if (!found) {
            boolean open = out.length() > 0 && out.charAt(out.length() - 1) != '\n';
            boolean carriage = pieces.get(0).text().endsWith("\r\n");
            String newEnd = carriage ? "\r\n" : "\n";
            out.append(open ? newEnd : "")
                    .append(key)
                    .append('=')
                    .append(doubleQuoted(value))
                    .append(newEnd);
        }
        return out.toString();
    }

    private static String doubleQuoted(String value) {
        return "\""
                + value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "\\$")
                        .replace("`", "\\`") + "\"";
    }

    private static String escaped(String value) {
        StringBuilder out = new StringBuilder();
        value.chars().forEach(c -> out.append(c < 0x80 ? "\\" : "").append((char) c));
        return out.toString();
    }

    private static String key(SplittableRandom random) {
        return "K" + random.nextInt(12);
    }

    private static String value(SplittableRandom random) {
        StringBuilder out = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 5000 : random.nextInt(16);
        for (int i = 0; i < length; i++) {
            out.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return out.toString();
    }

    private static Map<String, String> sourcedByBash(Path file, Iterable<String> keys) throws Exception {
        assumeThat(Path.of("/bin/bash")).as("bash is installed").isExecutable();
        String script = ". \"$0\"; for k; do printf '%s\\0' \"${!k}\"; done";
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", script, file.toString()));
        keys.forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // Should a value ever get past its quotes, bash finds no programs and its redirections end in the test's
        // directory.
        builder.environment().clear();
        builder.environment().put("PATH", "/nonexistent");
        builder.directory(file.resolveSibling(".").toFile());
        Process bash = builder.start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).isZero();
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        for (String key : keys) {
            int end = out.indexOf('\0', at);
            values.put(key, out.substring(at, end));
            at = end + 1;
        }
        return values;
    }

    private static String join(List<Piece> pieces) {
        StringBuilder out = new StringBuilder();
        pieces.forEach(p -> out.append(p.text()));
        return out.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ConfFile file) {
        return new String(file.toBytes(), StandardCharsets.UTF_8);
    }
}
