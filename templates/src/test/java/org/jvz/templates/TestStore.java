package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.TreeRemover;
import org.jvz.runtime.undo.StepObserver;

/** A template directory and a configuration directory of a test's own. */
final class TestStore implements AutoCloseable {
    final Path template;
    final Path confDir;
    final Path cache;
    final Path store;
    final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    /** Whether its listener notes how far something is, too. */
    boolean tellProgress;

    final List<String> events = new CopyOnWriteArrayList<>();
    Linux linux = new JffiLinux();
    ImportLimits limits = ImportLimits.DEFAULT;
    StepObserver observer = StepObserver.NONE;

    TestStore(Path dir) throws IOException {
        template = dir.resolve("template");
        confDir = dir.resolve("conf");
        cache = template.resolve("cache");
        store = template.resolve("store");
        Files.createDirectories(cache);
        Files.createDirectories(confDir);
    }

    TemplateStore open() {
        return new TemplateStore(linux, template, confDir, environment, limits, observer, Clock.systemUTC());
    }

    /** Puts an archive into the cache. */
    Path archive(String fileName, byte[] bytes) throws IOException {
        return Files.write(cache.resolve(fileName), bytes);
    }

    /** A VE that uses a template. */
    void pin(int ve, String digest) throws IOException {
        Files.writeString(confDir.resolve(ve + ".conf"), "ONBOOT=\"no\"\nTEMPLATE_DIGEST=\"" + digest + "\"\n");
    }

    /** What lies in the store: names, without locks and index. */
    List<String> inStore() throws IOException {
        return names(store, "locks", "index");
    }

    /** What lies in the cache. */
    List<String> inCache() throws IOException {
        return names(cache);
    }

    /** Removes all of it, with our own means: JUnit complains of every symbolic link. */
    @Override
    public void close() throws IOException {
        Path dir = template.getParent();
        if (dir == null) {
            throw new IllegalStateException("the test's directory is the root");
        }
        try (var files = Files.newDirectoryStream(dir)) {
            for (Path file : files) {
                TreeRemover.remove(new JffiLinux(), file);
            }
        }
    }

    private static List<String> names(Path dir, String... without) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(dir)) {
            try (var files = Files.newDirectoryStream(dir)) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            }
        }
        names.removeAll(List.of(without));
        names.sort(null);
        return names;
    }

    /** Writes down what it hears. */
    TemplateEvents listener() {
        return new TemplateEvents() {
            @Override
            public void stage(Stage stage, String object) {
                events.add(stage + " " + object);
            }

            @Override
            public void progress(long done, long total) {
                if (tellProgress) {
                    events.add("progress " + done + " of " + total);
                }
            }

            @Override
            public void output(String line) {
                events.add("output " + line);
            }

            @Override
            public void warning(String text) {
                events.add("warning " + text);
            }
        };
    }

    /** How often a stage was told. */
    long count(TemplateEvents.Stage stage) {
        return events.stream().filter(event -> event.startsWith(stage + " ")).count();
    }
}
