package org.jvz.templates;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes what nobody needs: trees that no VE uses and no archive unpacks to, what killed imports and builds left, lock
 * files without a template, remembered digests of archives that are gone.
 */
public final class CollectGarbage {
    private final TemplateStore store;

    /** Cleans {@code store}. */
    public CollectGarbage(TemplateStore store) {
        this.store = store;
    }

    /**
     * What was removed.
     *
     * @param trees unpacked templates
     * @param leftovers work directories of killed processes
     */
    public record Removed(int trees, int leftovers) {}

    /** Removes it. Templates in use, or being made, are left alone. */
    public Removed run(TemplateEvents events) throws IOException {
        int leftovers = store.imports().sweep(events) + store.builds().sweep(events);
        Set<String> needed = new HashSet<>();
        for (Path archive : store.archives()) {
            needed.add(store.index().digest(archive, events).hex());
        }
        int trees = 0;
        for (String hex : store.entries()) {
            if (!needed.contains(hex) && remove(hex, events)) {
                trees++;
            }
        }
        removeLocks();
        store.index().prune();
        return new Removed(trees, leftovers);
    }

    private boolean remove(String hex, TemplateEvents events) throws IOException {
        try (StoreLocks.@Nullable Held lock = store.locks().tryLock(hex, true)) {
            if (lock == null) {
                return false;
            }
            // Asked for under the lock: a VE made from it until now has its configuration saved.
            Map<String, List<String>> pins = store.pins();
            if (pins.containsKey(hex) || !Files.exists(store.paths().entry(hex))) {
                return false;
            }
            store.delete(hex, events);
            return true;
        }
    }

    private void removeLocks() throws IOException {
        Path dir = store.paths().locks();
        if (!Files.isDirectory(dir)) {
            return;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(dir)) {
            for (Path file : names) {
                String hex = file.getFileName().toString();
                if (!StorePaths.isDigest(hex) || Files.exists(store.paths().entry(hex))) {
                    continue;
                }
                try (StoreLocks.@Nullable Held lock = store.locks().tryLock(hex, true)) {
                    // Whoever waits for this file notices that it lost its name, and starts over.
                    if (lock != null && !Files.exists(store.paths().entry(hex))) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }
}
