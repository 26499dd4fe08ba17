package org.jvz.templates;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.AtomicFile;

/**
 * Digests of archives, remembered by path, size, inode and both times, so that an archive is read once and not at every
 * create. Only a memory: losing it, or half an update of two processes at a time, costs reading again.
 */
final class ArchiveIndex {
    /** An archive changed this recently may change again within the same tick of the file system's clock. */
    private static final long SETTLED_SECONDS = 2;

    private static final int BUFFER = 1 << 18;

    private final Path file;
    private final Clock clock;

    ArchiveIndex(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * The digest of an archive, and what the archive was like when it was taken.
     *
     * @param hex SHA-256 in hexadecimal
     * @param identity equal as long as the file has not changed
     */
    record Digest(String hex, String identity) {}

    /** SHA-256 of {@code archive}, from memory if it has not changed. */
    Digest digest(Path archive, TemplateEvents events) throws IOException {
        String identity = identity(archive);
        @Nullable String known = read().get(archive.toString());
        if (known != null && known.length() > 65 && known.substring(65).equals(identity)) {
            return new Digest(known.substring(0, 64), identity);
        }
        events.stage(TemplateEvents.Stage.HASHING, archive.toString());
        String hex = compute(archive, events);
        String after = identity(archive);
        if (identity.equals(after) && isSettled(archive)) {
            remember(archive, hex, identity);
        }
        return new Digest(hex, identity);
    }

    /** As {@link #digest}, but only what is remembered; null if the archive has to be read. */
    @Nullable
    String remembered(Path archive) throws IOException {
        @Nullable String known = read().get(archive.toString());
        return known != null && known.length() > 65 && known.substring(65).equals(identity(archive))
                ? known.substring(0, 64)
                : null;
    }

    /** Reads the archive, whatever is remembered. */
    static String compute(Path archive, TemplateEvents events) throws IOException {
        MessageDigest digest = Sha256.digest();
        long total = Files.size(archive);
        long done = 0;
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(archive)) {
            int n;
            while ((n = in.read(buffer)) > 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while reading " + archive);
                }
                digest.update(buffer, 0, n);
                done += n;
                events.progress(done, total);
            }
        }
        return Sha256.hex(digest.digest());
    }

    /** Forgets archives that are gone. Returns how many. */
    int prune() throws IOException {
        Map<String, String> lines = read();
        int before = lines.size();
        lines.keySet().removeIf(path -> !Files.exists(Path.of(path)));
        if (lines.size() < before) {
            write(lines);
        }
        return before - lines.size();
    }

    private boolean isSettled(Path archive) throws IOException {
        Instant changed = ((FileTime) Files.getAttribute(archive, "unix:ctime")).toInstant();
        Instant now = clock.instant();
        return changed.plusSeconds(SETTLED_SECONDS).isBefore(now);
    }

    /** What changes whenever the file does: device, inode, size and both times. */
    static String identity(Path archive) throws IOException {
        Map<String, Object> a = Files.readAttributes(archive, "unix:dev,ino,size,lastModifiedTime,ctime");
        return a.get("dev") + " " + a.get("ino") + " " + a.get("size") + " " + time(a.get("lastModifiedTime")) + " "
                + time(a.get("ctime"));
    }

    private static String time(@Nullable Object attribute) {
        Instant time = attribute instanceof FileTime t ? t.toInstant() : Instant.EPOCH;
        return Manifest.time(time.getEpochSecond(), time.getNano());
    }

    private void remember(Path archive, String hex, String identity) throws IOException {
        Map<String, String> lines = read();
        lines.put(archive.toString(), hex + " " + identity);
        write(lines);
    }

    /** By path: digest, blank, identity. A line that makes no sense is not there. */
    private Map<String, String> read() throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return lines;
        }
        for (int at = 0; at < text.length(); ) {
            int newline = text.indexOf('\n', at);
            int end = newline < 0 ? text.length() : newline;
            int tab = text.indexOf('\t', at);
            if (tab > at && tab < end) {
                lines.put(text.substring(tab + 1, end), text.substring(at, tab));
            }
            at = end + 1;
        }
        return lines;
    }

    private void write(Map<String, String> lines) throws IOException {
        Path dir = file.getParent();
        if (dir != null) {
            PrivateDirectories.make(dir);
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> line : lines.entrySet()) {
            text.append(line.getValue()).append('\t').append(line.getKey()).append('\n');
        }
        AtomicFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8), 0600);
    }
}
