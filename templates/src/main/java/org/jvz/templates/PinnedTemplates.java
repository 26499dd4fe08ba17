package org.jvz.templates;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which VEs need which unpacked template: derived from their configurations each time, for a counter of its own could be
 * wrong. Whoever asks in order to remove something holds the template's lock, so no VE is being made from it meanwhile.
 */
final class PinnedTemplates {
    private static final String KEY = "TEMPLATE_DIGEST";
    private static final int HEX = 64;

    private PinnedTemplates() {}

    /**
     * VE ids by digest, in hexadecimal.
     *
     * @throws IOException if a configuration cannot be read: it might pin anything
     */
    static Map<String, List<String>> scan(Path confDir) throws IOException {
        Map<String, List<String>> pins = new TreeMap<>();
        if (!Files.isDirectory(confDir)) {
            return pins;
        }
        try (DirectoryStream<Path> confs = Files.newDirectoryStream(confDir, "*.conf")) {
            for (Path conf : confs) {
                String file = conf.getFileName().toString();
                if (!Files.isDirectory(conf)) {
                    add(pins, file.substring(0, file.length() - ".conf".length()), conf);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return pins;
    }

    private static void add(Map<String, List<String>> pins, String ve, Path conf) throws IOException {
        String text;
        try {
            // Any bytes are fine: only ASCII is looked for.
            text = new String(Files.readAllBytes(conf), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            // Destroyed since the directory was listed, or a link to nowhere: pins nothing.
            return;
        }
        for (String line : text.split("\n")) {
            String trimmed = line.strip();
            if (trimmed.startsWith(KEY)) {
                // However it is quoted: whatever looks like a digest counts, for too many pins do no harm.
                digests(trimmed, ve, pins);
            }
        }
    }

    private static void digests(String line, String ve, Map<String, List<String>> pins) {
        for (int at = 0; at + HEX <= line.length(); at++) {
            String candidate = line.substring(at, at + HEX);
            if (StorePaths.isDigest(candidate)) {
                List<String> ves = pins.computeIfAbsent(candidate, digest -> new ArrayList<>());
                if (!ves.contains(ve)) {
                    ves.add(ve);
                }
                return;
            }
        }
    }
}
