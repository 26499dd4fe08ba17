package org.jvz.templates;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of an unpacked template, beside its tree: {@code key=value} lines.
 *
 * @param name under which it was first asked for
 * @param archiveBytes size of the archive
 * @param unpackedBytes bytes of file contents, holes not counted
 * @param inodes files, directories and everything else, the root included
 * @param importedSeconds when, since the epoch
 */
record TemplateMeta(String name, long archiveBytes, long unpackedBytes, long inodes, long importedSeconds) {

    static TemplateMeta read(Path file) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return new TemplateMeta(
                Manifest.unescaped(text(file, values, "name")),
                number(file, values, "archive_bytes"),
                number(file, values, "unpacked_bytes"),
                number(file, values, "inodes"),
                number(file, values, "imported"));
    }

    private static String text(Path file, Map<String, String> values, String key) throws IOException {
        @Nullable String value = values.get(key);
        if (value == null) {
            throw new IOException("no " + key + " in " + file);
        }
        return value;
    }

    private static long number(Path file, Map<String, String> values, String key) throws IOException {
        try {
            return Long.parseLong(text(file, values, key));
        } catch (NumberFormatException e) {
            throw new IOException("bad " + key + " in " + file, e);
        }
    }

    byte[] bytes() {
        return ("name=" + Manifest.escaped(name) + "\narchive_bytes=" + archiveBytes + "\nunpacked_bytes="
                        + unpackedBytes + "\ninodes=" + inodes + "\nimported=" + importedSeconds + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
