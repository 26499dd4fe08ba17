package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * Finds the archive that a template name means: {@code NAME.tar} in the cache, then {@code .tar.gz}, {@code .tar.bz2},
 * {@code .tar.xz} and {@code .tar.zst}. What the name ends in says nothing about how it is compressed.
 */
public final class TemplateLookup {
    /** In the order in which they are looked for; the first four are vzctl's. */
    static final List<String> SUFFIXES = List.of(".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst");

    private static final String DOWNLOADER = "vztmpl-dl";
    private static final String MORE_PLACES = ":/usr/local/sbin:/usr/sbin:/sbin";

    private final Path cache;
    private final Map<String, String> environment;

    /**
     * @param template the template directory, TEMPLATE in vz.conf
     * @param environment where PATH is looked up, and what a downloader gets
     */
    public TemplateLookup(Path template, Map<String, String> environment) {
        this.cache = new StorePaths(template).cache();
        this.environment = environment;
    }

    /**
     * The archive of {@code ostemplate}, downloaded by {@code vztmpl-dl} if it is not there and that program exists.
     *
     * @param ostemplate a template's name; of a path, the last part counts
     * @throws VeException with {@link VzError#OSTEMPLATE_NOT_FOUND}
     */
    public Path find(String ostemplate, TemplateEvents events) throws IOException {
        String name = basename(ostemplate);
        if (isName(name)) {
            @Nullable Path archive = inCache(name);
            if (archive == null && download(name, events)) {
                archive = inCache(name);
            }
            if (archive != null) {
                return archive;
            }
        }
        throw new VeException(
                VzError.OSTEMPLATE_NOT_FOUND, VeEvent.of(VeEvent.Kind.OSTEMPLATE_NOT_FOUND, cache + "/" + name));
    }

    /** The archive in the cache, or null. */
    @Nullable
    Path inCache(String name) {
        for (String suffix : SUFFIXES) {
            Path archive = cache.resolve(name + suffix);
            if (Files.isRegularFile(archive)) {
                return archive;
            }
        }
        return null;
    }

    /** Last part of a path, as vzctl saves OSTEMPLATE. */
    public static String basename(String ostemplate) {
        return ostemplate.substring(ostemplate.lastIndexOf('/') + 1);
    }

    /** Whether a template can be called so: a file name that is neither hidden nor odd on a terminal. */
    static boolean isName(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.startsWith("-")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || Character.isISOControl(c) || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    /** A template's name, from the name of its archive; null if it is none. */
    static @Nullable String nameOf(Path archive) {
        String file = archive.getFileName().toString();
        for (String suffix : SUFFIXES) {
            if (file.endsWith(suffix) && isName(file.substring(0, file.length() - suffix.length()))) {
                return file.substring(0, file.length() - suffix.length());
            }
        }
        return null;
    }

    /** What a downloader says, part of which is how far it is. */
    private static final class Downloading implements TemplateEvents {
        private final TemplateEvents events;
        private volatile String last = "";

        Downloading(TemplateEvents events) {
            this.events = events;
        }

        @Override
        public void stage(Stage stage, String object) {}

        @Override
        public void output(String line) {
            if (!DownloadLine.tell(line, events)) {
                events.output(line);
                last = line;
            }
        }

        /** Its last words are why it failed, and nobody would see them but with --verbose. */
        void failed(String name, int status) {
            events.warning(DOWNLOADER + " " + name + " exited with " + status + (last.isEmpty() ? "" : ": " + last));
        }
    }

    private boolean download(String name, TemplateEvents events) throws IOException {
        @Nullable Path program = HostCommand.find(DOWNLOADER, environment.getOrDefault("PATH", "") + MORE_PLACES);
        if (program == null) {
            return false;
        }
        events.stage(TemplateEvents.Stage.DOWNLOADING, name);
        Map<String, String> asking = new HashMap<>(environment);
        asking.put(DownloadLine.ASKED, "yes");
        Downloading downloading = new Downloading(events);
        int status = HostCommand.run(List.of(program.toString(), name), asking, downloading);
        if (status != 0) {
            downloading.failed(name, status);
        }
        return true;
    }
}
