package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** Checks that archives and unpacked trees are still what was imported. */
public final class VerifyTemplate {
    private final TemplateStore store;

    /** Verifies templates of {@code store}. */
    public VerifyTemplate(TemplateStore store) {
        this.store = store;
    }

    /**
     * Reads the archives and compares the trees with their manifests.
     *
     * @param name the one to verify; null for all, trees without an archive included
     * @param full whether to read every file of the trees, too
     * @return what is wrong, one line each; empty if nothing is
     * @throws VeException with {@link VzError#OSTEMPLATE_NOT_FOUND} if there is no template of that name
     */
    public List<String> run(@Nullable String name, boolean full, TemplateEvents events) throws IOException {
        List<String> problems = new ArrayList<>();
        Set<String> verified = new HashSet<>();
        boolean found = false;
        for (Path archive : store.archives()) {
            @Nullable String called = TemplateLookup.nameOf(archive);
            if (called == null || (name != null && !name.equals(called))) {
                continue;
            }
            found = true;
            @Nullable String remembered = store.index().remembered(archive);
            events.stage(TemplateEvents.Stage.HASHING, archive.toString());
            String hex = ArchiveIndex.compute(archive, events);
            if (remembered != null && !remembered.equals(hex)) {
                problems.add(archive + ": contents changed, though its size and times did not");
                tree(called, remembered, full, events, problems, verified);
            }
            tree(called, hex, full, events, problems, verified);
        }
        if (name == null) {
            for (String hex : store.entries()) {
                tree(hex.substring(0, 12), hex, full, events, problems, verified);
            }
        } else if (!found) {
            throw new VeException(
                    VzError.OSTEMPLATE_NOT_FOUND,
                    VeEvent.of(VeEvent.Kind.OSTEMPLATE_NOT_FOUND, store.paths().cache() + "/" + name));
        }
        return problems;
    }

    @SuppressWarnings("try") // a lock is held, not used
    private void tree(
            String name, String hex, boolean full, TemplateEvents events, List<String> problems, Set<String> verified)
            throws IOException {
        StorePaths paths = store.paths();
        if (!Files.exists(paths.entry(hex)) || !verified.add(hex)) {
            return;
        }
        try (StoreLocks.Held held = store.locks().lock(hex, false, events)) {
            if (!Files.exists(paths.entry(hex))) {
                return;
            }
            events.stage(TemplateEvents.Stage.VERIFYING, name);
            for (String problem : TreeCheck.run(store.linux(), paths.rootfs(hex), paths.manifest(hex), full, events)) {
                problems.add(name + ": " + problem);
            }
        }
    }
}
