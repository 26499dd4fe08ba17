package org.jvz.templates;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes archives of our own files: owned by root, all with one time, names starting with {@code ./}. */
final class TarBuilder implements Closeable {
    private final TarArchiveOutputStream out;
    private final long millis;
    private final boolean withParents;
    private final Set<String> made = new HashSet<>();

    /**
     * @param out where to; closed with this
     * @param epochSeconds modification time of all entries
     * @param withParents whether to add directories that are not mentioned; without, whoever unpacks has them
     */
    TarBuilder(OutputStream out, long epochSeconds, boolean withParents) {
        this.out = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        this.out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        this.millis = epochSeconds * 1000;
        this.withParents = withParents;
    }

    /** Adds the nodes of a recipe, in their order. */
    void add(List<Recipe.Node> nodes) throws IOException {
        for (Recipe.Node node : nodes) {
            // No pattern switch in Java 17.
            if (node instanceof Recipe.Directory directory) {
                directory(directory.path(), directory.mode());
            } else if (node instanceof Recipe.Link link) {
                symlink(link.path(), link.target());
            } else if (node instanceof Recipe.TextFile file) {
                file(file.path(), file.mode(), file.contents().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Whether there is an entry of that path. */
    boolean has(String path) {
        return made.contains(path);
    }

    void directory(String path, int mode) throws IOException {
        if (!path.equals("/")) {
            parents(path);
        }
        if (made.add(path)) {
            TarArchiveEntry entry =
                    new TarArchiveEntry("." + (path.equals("/") ? "" : path) + "/", TarConstants.LF_DIR);
            put(entry, mode, new byte[0]);
        }
    }

    void file(String path, int mode, byte[] contents) throws IOException {
        parents(path);
        made.add(path);
        put(new TarArchiveEntry("." + path, TarConstants.LF_NORMAL), mode, contents);
    }

    void symlink(String path, String target) throws IOException {
        parents(path);
        made.add(path);
        TarArchiveEntry entry = new TarArchiveEntry("." + path, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        put(entry, 0777, new byte[0]);
    }

    private void parents(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (withParents) {
            directory(slash <= 0 ? "/" : path.substring(0, slash), 0755);
        }
    }

    private void put(TarArchiveEntry entry, int mode, byte[] contents) throws IOException {
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setUserName("");
        entry.setGroupName("");
        entry.setModTime(millis);
        entry.setSize(contents.length);
        out.putArchiveEntry(entry);
        out.write(contents);
        out.closeArchiveEntry();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
