package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells which templates there are: archives in the cache, and trees in the store that VEs still use without one. */
public final class ListTemplates {
    private final TemplateStore store;

    /** Lists templates of {@code store}. */
    public ListTemplates(TemplateStore store) {
        this.store = store;
    }

    /**
     * One template.
     *
     * @param name what {@code --ostemplate} takes, if {@code inCache}
     * @param archiveBytes size of the archive
     * @param unpackedBytes size of the tree in the store, or -1 if it is not unpacked
     * @param ves ids of the VEs that use the tree
     * @param digest of the archive, 64 hexadecimal digits
     * @param built when the archive was made; where it is gone, when it was unpacked
     * @param inCache whether the archive is there, so that VEs can be made from it
     */
    public record Template(
            String name,
            long archiveBytes,
            long unpackedBytes,
            List<String> ves,
            String digest,
            Instant built,
            boolean inCache) {}

    /** All templates, those with an archive first. Archives that have never been read are, once, for their digest. */
    public List<Template> run(TemplateEvents events) throws IOException {
        Map<String, List<String>> pins = store.pins();
        List<Template> templates = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Path archive : store.archives()) {
            @Nullable String name = TemplateLookup.nameOf(archive);
            // Of two archives with one name the lookup order decides, so only that one is a template.
            if (name == null || !archive.equals(store.lookup().inCache(name)) || !names.add(name)) {
                continue;
            }
            try {
                String hex = store.index().digest(archive, events).hex();
                @Nullable TemplateMeta meta = meta(hex);
                templates.add(new Template(
                        name,
                        Files.size(archive),
                        meta == null ? -1 : meta.unpackedBytes(),
                        pins.getOrDefault(hex, List.of()),
                        hex,
                        Files.getLastModifiedTime(archive).toInstant(),
                        true));
                listed.add(hex);
            } catch (NoSuchFileException e) {
                // Removed while we looked: not a template any more.
            }
        }
        for (String hex : store.entries()) {
            @Nullable TemplateMeta meta = listed.contains(hex) ? null : meta(hex);
            if (meta != null) {
                templates.add(new Template(
                        meta.name(),
                        meta.archiveBytes(),
                        meta.unpackedBytes(),
                        pins.getOrDefault(hex, List.of()),
                        hex,
                        Instant.ofEpochSecond(meta.importedSeconds()),
                        false));
            }
        }
        return templates;
    }

    private @Nullable TemplateMeta meta(String hex) throws IOException {
        try {
            return TemplateMeta.read(store.paths().meta(hex));
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
