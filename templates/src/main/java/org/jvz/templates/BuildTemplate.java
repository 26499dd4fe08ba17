package org.jvz.templates;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.TemplateSource;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * Builds a template from its recipe: {@code NAME.tar.gz} in the cache, unpacked into the store. The archive takes its
 * place in one step when it is complete; VEs made from an earlier one keep theirs.
 */
public final class BuildTemplate {
    private static final int BUFFER = 1 << 17;

    private final TemplateStore store;
    private final Path recipes;
    private final Map<String, String> environment;
    private final Clock clock;

    /**
     * Builds for {@code store}.
     *
     * @param recipes directory of the recipes
     * @param environment for the programs that are called; SOURCE_DATE_EPOCH fixes all times, for builds that are the same
     *     twice
     */
    public BuildTemplate(TemplateStore store, Path recipes, Map<String, String> environment) {
        this.store = store;
        this.recipes = recipes;
        this.environment = environment;
        this.clock = Clock.systemUTC();
    }

    /**
     * Builds the template of that name.
     *
     * @return its archive
     * @throws VeException if there is no such recipe, it makes no sense, or it cannot be made; nothing is left then
     */
    public Path run(String name, TemplateEvents events) throws IOException {
        Recipe recipe = Recipe.read(recipes, name);
        Path cache = store.paths().cache();
        PrivateDirectories.makePublic(cache);
        store.builds().sweep(events);
        events.stage(TemplateEvents.Stage.BUILDING, name);
        Path archive = cache.resolve(name + ".tar.gz");
        try (WorkDirectories.Work work = store.builds().make(name, events)) {
            Path made = work.path().resolve("archive");
            try (OutputStream out = new Gzip(new BufferedOutputStream(Files.newOutputStream(made), BUFFER))) {
                switch (recipe.builder()) {
                    case BUSYBOX -> new BusyboxBuild(environment).run(recipe, out, events);
                    case MMDEBSTRAP -> new MmdebstrapBuild(environment, clock).run(recipe, work.path(), out, events);
                }
            }
            // Unpacked first: an archive that does not unpack must not replace one that does.
            try (TemplateSource.Lease lease = store.acquire(name, made, events)) {
                events.stage(TemplateEvents.Stage.PLACING, archive.toString());
                ImportTemplate.place(store.linux(), made, archive);
                removeOthers(name, archive, events);
                events.output("Digest " + lease.digest());
            }
        }
        return archive;
    }

    /** Archives of the same name in another form: some would be found before the new one. */
    private void removeOthers(String name, Path archive, TemplateEvents events) throws IOException {
        for (Path other : store.archives()) {
            if (name.equals(TemplateLookup.nameOf(other)) && !other.equals(archive)) {
                events.stage(TemplateEvents.Stage.REMOVING, other.toString());
                Files.deleteIfExists(other);
            }
        }
    }

    /** The moment that SOURCE_DATE_EPOCH names, or {@code otherwise}; seconds since the epoch. */
    static long sourceDate(Map<String, String> environment, long otherwise) {
        @Nullable String value = environment.get("SOURCE_DATE_EPOCH");
        if (value == null || value.isEmpty()) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new VeException(VzError.INVALID_VALUE, "SOURCE_DATE_EPOCH is not a number: " + value, e);
        }
    }

    /**
     * gzip, at its default level: of the forms that vzctl's tools know, the one that unpacks fast and is not large (ADR
     * 4). Its header holds no time and no name, so equal trees give equal archives.
     */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.DEFAULT_COMPRESSION);
        }
    }
}
