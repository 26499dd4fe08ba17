package org.jvz.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.AtomicFile;

/**
 * What vzubc has seen, for the next run's differences: a file for each VE and kind, {@code ubc.101.failcnt} and {@code
 * ubc.101.held}, of lines {@code numproc 17}.
 */
final class UbcStore {
    private static final String FAILURES = ".failcnt";
    private static final String HELD = ".held";

    private final Path dir;
    private final Map<String, Map<String, Long>> files = new HashMap<>();

    /** @param dir need not exist; what cannot be read there was not kept */
    UbcStore(Path dir) {
        this.dir = dir;
    }

    /** The failures at the last run, 0 if there was none. */
    long failures(UbcRow row) {
        return file(row.id(), FAILURES).getOrDefault(row.name(), 0L);
    }

    /** What was held at the last run, -1 if there was none. */
    long held(UbcRow row) {
        return file(row.id(), HELD).getOrDefault(row.name(), -1L);
    }

    private Map<String, Long> file(long id, String kind) {
        String name = "ubc." + id + kind;
        @Nullable Map<String, Long> known = files.get(name);
        if (known == null) {
            known = read(dir.resolve(name));
            files.put(name, known);
        }
        return known;
    }

    private static Map<String, Long> read(Path file) {
        Map<String, Long> numbers = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                int blank = line.indexOf(' ');
                if (blank > 0) {
                    numbers.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
                }
            }
        } catch (IOException | NumberFormatException nothingOfUse) {
            numbers.clear();
        }
        return numbers;
    }

    /** Keeps failures, held values, or both. */
    void keep(List<UbcRow> rows, boolean failures, boolean held) throws IOException {
        Map<String, StringBuilder> texts = new HashMap<>();
        for (UbcRow row : rows) {
            if (failures) {
                line(texts, row, FAILURES, row.failures());
            }
            if (held) {
                line(texts, row, HELD, row.held());
            }
        }
        for (Map.Entry<String, StringBuilder> text : texts.entrySet()) {
            // As for names in /tmp that others may have prepared: replaced by a rename, never written through.
            Path file = dir.resolve(text.getKey());
            if (Files.isSymbolicLink(file)) {
                Files.delete(file);
            }
            AtomicFile.replace(file, text.getValue().toString().getBytes(StandardCharsets.US_ASCII), 0600);
        }
    }

    private static void line(Map<String, StringBuilder> texts, UbcRow row, String kind, long value) {
        String name = "ubc." + row.id() + kind;
        StringBuilder text = texts.get(name);
        if (text == null) {
            text = new StringBuilder();
            texts.put(name, text);
        }
        text.append(row.name()).append(' ').append(value).append('\n');
    }

    /** Makes the directory. */
    void open() throws IOException {
        if (!Files.isDirectory(dir)) {
            Files.createDirectories(
                    dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    void clearFailures() throws IOException {
        clear(FAILURES);
    }

    void clearHeld() throws IOException {
        clear(HELD);
    }

    private void clear(String kind) throws IOException {
        files.clear();
        List<Path> old = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(dir)) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (name.startsWith("ubc.") && name.endsWith(kind)) {
                    old.add(file);
                }
            }
        } catch (NoSuchFileException nothingKept) {
            return;
        }
        for (Path file : old) {
            Files.deleteIfExists(file);
        }
    }
}
