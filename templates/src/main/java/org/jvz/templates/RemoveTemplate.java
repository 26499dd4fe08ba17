package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** Removes a template: its archives and, unless another archive is the same, what they were unpacked to. */
public final class RemoveTemplate {
    private final TemplateStore store;

    /** Removes from {@code store}. */
    public RemoveTemplate(TemplateStore store) {
        this.store = store;
    }

    /**
     * Removes the template of that name.
     *
     * @throws VeException with {@link VzError#OSTEMPLATE_NOT_FOUND} if there is none, with {@link VzError#FS_MOUNTED} if a
     *     VE uses it or is being made from it; nothing is removed then
     */
    public void run(String name, TemplateEvents events) throws IOException {
        Map<Path, String> wanted = new TreeMap<>();
        List<String> others = new ArrayList<>();
        for (Path archive : store.archives()) {
            String hex = store.index().digest(archive, events).hex();
            if (name.equals(TemplateLookup.nameOf(archive))) {
                wanted.put(archive, hex);
            } else {
                others.add(hex);
            }
        }
        if (wanted.isEmpty()) {
            throw new VeException(
                    VzError.OSTEMPLATE_NOT_FOUND,
                    VeEvent.of(VeEvent.Kind.OSTEMPLATE_NOT_FOUND, store.paths().cache() + "/" + name));
        }
        List<StoreLocks.Held> held = new ArrayList<>();
        try {
            List<String> trees = new ArrayList<>();
            for (String hex : wanted.values()) {
                if (others.contains(hex) || trees.contains(hex)) {
                    continue;
                }
                StoreLocks.@Nullable Held lock = store.locks().tryLock(hex, true);
                if (lock == null) {
                    throw new VeException(
                            VzError.FS_MOUNTED,
                            "OS template " + name + " is in use: a container is being created from it");
                }
                held.add(lock);
                trees.add(hex);
            }
            refuseIfPinned(name, trees);
            for (Path archive : wanted.keySet()) {
                events.stage(TemplateEvents.Stage.REMOVING, archive.toString());
                Files.deleteIfExists(archive);
            }
            for (String hex : trees) {
                if (Files.exists(store.paths().entry(hex))) {
                    store.delete(hex, events);
                }
            }
            store.index().prune();
        } finally {
            for (StoreLocks.Held lock : held) {
                lock.close();
            }
        }
    }

    private void refuseIfPinned(String name, List<String> trees) throws IOException {
        Map<String, List<String>> pins = store.pins();
        for (String hex : trees) {
            @Nullable List<String> ves = pins.get(hex);
            if (ves != null) {
                throw new VeException(
                        VzError.FS_MOUNTED,
                        "OS template " + name + " is used by container" + (ves.size() == 1 ? " " : "s ")
                                + String.join(", ", ves));
            }
        }
    }
}
