package org.jvz.templates;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A place with archives of templates: a directory, or an address whose {@code .listing} tells what is there. */
abstract class TemplateRepository {
    /** A list of more names than a repository could have. */
    private static final int LISTING_MAX = 4 << 20;

    /**
     * A file of a repository.
     *
     * @param size bytes, -1 if that is not told
     * @param modified milliseconds since 1970, 0 if that is not told
     * @param version what tells this content from a later one under the same name; empty if nothing does
     */
    record Entry(long size, long modified, String version) {}

    /** A file being read, from {@code offset} on: 0 where it could not be gone on with. */
    record Content(InputStream stream, long offset) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /**
     * The repository of that name.
     *
     * @throws IOException if it is neither a directory nor an address that is understood
     */
    static TemplateRepository of(String name) throws IOException {
        if (name.startsWith("/")) {
            return new Local(Path.of(name));
        }
        try {
            URI uri = new URI(name.endsWith("/") ? name : name + "/");
            String scheme = String.valueOf(uri.getScheme());
            return switch (scheme) {
                case "file" -> new Local(Path.of(uri));
                case "http", "https" -> new Remote(uri);
                default ->
                    throw new IOException(name + ": a template repository is a directory, or file:, http: or https:");
            };
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException(name + " is no address of a template repository", e);
        }
    }

    /** A file, or null if it is not there. */
    abstract @Nullable Entry find(String file) throws IOException;

    /** Reads a file, if possible from {@code offset} on, if it is still of that version. */
    abstract Content open(String file, long offset, String version) throws IOException;

    /** The names of the templates that are there, without suffixes. */
    abstract List<String> list(List<String> suffixes) throws IOException;

    /** A small file, or null if it is not there. */
    byte @Nullable [] small(String file, int max) throws IOException {
        if (find(file) == null) {
            return null;
        }
        try (Content content = open(file, 0, "")) {
            byte[] bytes = content.stream().readNBytes(max + 1);
            if (bytes.length > max) {
                throw new IOException(file + " is larger than " + max + " bytes");
            }
            return bytes;
        }
    }

    /** Strips the suffix of an archive. */
    static String withoutSuffix(String file, List<String> suffixes) {
        for (String suffix : suffixes) {
            if (file.endsWith("." + suffix)) {
                return file.substring(0, file.length() - suffix.length() - 1);
            }
        }
        return file;
    }

    private static final class Local extends TemplateRepository {
        private final Path dir;

        Local(Path dir) {
            this.dir = dir;
        }

        @Override
        @Nullable
        Entry find(String file) throws IOException {
            Path path = dir.resolve(file);
            if (!Files.isRegularFile(path)) {
                return null;
            }
            long modified = Files.getLastModifiedTime(path).toMillis();
            return new Entry(Files.size(path), modified, Long.toString(modified));
        }

        @Override
        Content open(String file, long offset, String version) throws IOException {
            SeekableByteChannel channel = Files.newByteChannel(dir.resolve(file));
            try {
                channel.position(offset);
                return new Content(Channels.newInputStream(channel), offset);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        List<String> list(List<String> suffixes) throws IOException {
            TreeSet<String> names = new TreeSet<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    String bare = withoutSuffix(name, suffixes);
                    if (!bare.equals(name) && TemplateLookup.isName(bare)) {
                        names.add(bare);
                    }
                }
            }
            return new ArrayList<>(names);
        }
    }

    private static final class Remote extends TemplateRepository {
        private final URI base;

        Remote(URI base) {
            this.base = base;
        }

        private HttpURLConnection request(String file, String method, Map<String, String> headers) throws IOException {
            try {
                // By its parts: whatever is in a name is a part of the path.
                return WebRequest.send(
                        base.resolve(new URI(null, null, file, null)).toURL(), method, headers);
            } catch (URISyntaxException e) {
                throw new IOException(file + " is no name of a file in " + base, e);
            }
        }

        @Override
        @Nullable
        Entry find(String file) throws IOException {
            HttpURLConnection connection = request(file, "HEAD", Map.of());
            try {
                int status = connection.getResponseCode();
                if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_GONE) {
                    return null;
                }
                require(connection, status == HttpURLConnection.HTTP_OK);
                return new Entry(connection.getContentLengthLong(), connection.getLastModified(), version(connection));
            } finally {
                connection.disconnect();
            }
        }

        /** The ETag, else the time of the last change; a weak tag promises nothing about bytes. */
        private static String version(HttpURLConnection connection) {
            String tag = connection.getHeaderField("ETag");
            if (tag != null && !tag.startsWith("W/")) {
                return tag;
            }
            String modified = connection.getHeaderField("Last-Modified");
            return modified == null ? "" : modified;
        }

        @Override
        Content open(String file, long offset, String version) throws IOException {
            // If-Range: another version is sent whole.
            Map<String, String> headers = offset > 0 && !version.isEmpty()
                    ? Map.of("Range", "bytes=" + offset + "-", "If-Range", version)
                    : Map.of();
            HttpURLConnection connection = request(file, "GET", headers);
            int status = connection.getResponseCode();
            require(connection, status == HttpURLConnection.HTTP_OK || status == HttpURLConnection.HTTP_PARTIAL);
            boolean goesOn = status == HttpURLConnection.HTTP_PARTIAL
                    && String.valueOf(connection.getHeaderField("Content-Range"))
                            .startsWith("bytes " + offset + "-");
            if (status == HttpURLConnection.HTTP_PARTIAL && !goesOn) {
                connection.disconnect();
                throw new IOException(connection.getURL() + ": the server sent another part than was asked for");
            }
            return new Content(connection.getInputStream(), goesOn ? offset : 0);
        }

        @Override
        List<String> list(List<String> suffixes) throws IOException {
            // There is no general way to ask a web server for a directory: a file beside the templates tells.
            byte[] listing = small(".listing", LISTING_MAX);
            if (listing == null) {
                throw new IOException(base + ".listing is not there, so what this repository has cannot be listed");
            }
            TreeSet<String> names = new TreeSet<>();
            for (String line : new String(listing, java.nio.charset.StandardCharsets.UTF_8).split("\n")) {
                String name = withoutSuffix(line.strip(), suffixes);
                if (TemplateLookup.isName(name)) {
                    names.add(name);
                }
            }
            return new ArrayList<>(names);
        }

        private static void require(HttpURLConnection connection, boolean good) throws IOException {
            if (!good) {
                String answer = connection.getResponseCode() + " " + connection.getResponseMessage();
                connection.disconnect();
                throw new IOException(connection.getURL() + ": the server answered " + answer);
            }
        }
    }
}
