package org.jvz.templates;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.ve.TemplateSource;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.tar.ArchiveException;

/**
 * OS templates of a host: archives in the cache, and each of them unpacked once, below the SHA-256 of the archive.
 *
 * <p>An unpacked template is never changed, only removed, and only when no VE's configuration names its digest and nobody
 * holds a {@link TemplateSource.Lease} on it. There is no daemon and no counter: locks are flock(2)s and end with their
 * holders, and an import is a directory that gets its final name when it is complete and on disk.
 */
public final class TemplateStore implements TemplateSource {
    /** What TEMPLATE_DIGEST in CTID.conf starts with. */
    public static final String DIGEST_PREFIX = "sha256:";

    /** How often an import may be undone by a {@code remove} before its lease is taken. */
    private static final int ATTEMPTS = 5;

    private final Linux linux;
    private final StorePaths paths;
    private final Path confDir;
    private final TemplateLookup lookup;
    private final StoreLocks locks;
    private final ArchiveIndex index;
    private final WorkDirectories imports;
    private final WorkDirectories builds;
    private final TemplateImport importer;

    /**
     * The store below a template directory.
     *
     * @param template absolute path, TEMPLATE in vz.conf
     * @param confDir where the VEs' configurations are
     * @param environment for the programs that are called, and their PATH
     */
    public TemplateStore(Linux linux, Path template, Path confDir, Map<String, String> environment) {
        this(linux, template, confDir, environment, ImportLimits.DEFAULT, StepObserver.NONE, Clock.systemUTC());
    }

    TemplateStore(
            Linux linux,
            Path template,
            Path confDir,
            Map<String, String> environment,
            ImportLimits limits,
            StepObserver observer,
            Clock clock) {
        this.linux = linux;
        this.paths = new StorePaths(template);
        this.confDir = confDir;
        this.lookup = new TemplateLookup(template, environment);
        this.locks = new StoreLocks(linux, paths.locks());
        this.index = new ArchiveIndex(paths.index(), clock);
        this.imports = new WorkDirectories(linux, paths.store(), StorePaths.TEMPORARY, locks);
        this.builds = new WorkDirectories(linux, paths.cache(), "." + StorePaths.TEMPORARY, locks);
        this.importer = new TemplateImport(linux, paths, imports, limits, observer, clock);
    }

    @Override
    public Lease acquire(String ostemplate, VeEvents events) throws IOException {
        return acquire(ostemplate, TemplateEvents.to(events));
    }

    /** As {@link #acquire(String, VeEvents)}, for a listener that wants to know how far it is. */
    public Lease acquire(String ostemplate, TemplateEvents events) throws IOException {
        Path archive = lookup.find(ostemplate, events);
        return acquire(TemplateLookup.basename(ostemplate), archive, events);
    }

    /** Unpacks {@code archive} if that has not been done, and keeps what it unpacked to. */
    @SuppressWarnings("try") // a lock is held, not used
    Lease acquire(String name, Path archive, TemplateEvents events) throws IOException {
        try {
            ArchiveIndex.Digest digest = index.digest(archive, events);
            String hex = digest.hex();
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                @Nullable Lease lease = lease(hex, events);
                if (lease != null) {
                    return lease;
                }
                try (StoreLocks.Held held = locks.lock(hex, true, events)) {
                    if (!Files.exists(paths.meta(hex))) {
                        importer.run(name, archive, digest, events);
                    }
                }
                // The lock is let go and taken anew, shared: a remove may come between, hence the loop.
            }
        } catch (TooLargeException e) {
            throw new VeException(VzError.NO_DISK_SPACE, "Not enough disk space for OS template " + name, e);
        } catch (ArchiveException e) {
            throw new VeException(VzError.NEW_PRIVATE, "Unable to unpack " + archive, e);
        }
        throw new VeException(VzError.NEW_PRIVATE, "OS template " + name + " is being removed by somebody else");
    }

    /** A lease on an unpacked template by its digest in hexadecimal; null if it is not unpacked. */
    private @Nullable Lease lease(String hex, TemplateEvents events) throws IOException {
        if (!Files.exists(paths.meta(hex))) {
            return null;
        }
        StoreLocks.Held held = locks.lock(hex, false, events);
        try {
            TemplateMeta meta = TemplateMeta.read(paths.meta(hex));
            return new StoreLease(hex, paths.rootfs(hex), meta, held);
        } catch (NoSuchFileException e) {
            held.close();
            return null;
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /** Unpacked templates by digest in hexadecimal, in no order. */
    List<String> entries() throws IOException {
        List<String> entries = new ArrayList<>();
        if (!Files.isDirectory(paths.store())) {
            return entries;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(paths.store())) {
            for (Path entry : names) {
                String name = entry.getFileName().toString();
                if (StorePaths.isDigest(name)) {
                    entries.add(name);
                }
            }
        }
        return entries;
    }

    /** Archives in the cache, by file name. */
    List<Path> archives() throws IOException {
        List<Path> archives = new ArrayList<>();
        if (!Files.isDirectory(paths.cache())) {
            return archives;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(paths.cache())) {
            for (Path archive : names) {
                if (TemplateLookup.nameOf(archive) != null && Files.isRegularFile(archive)) {
                    archives.add(archive);
                }
            }
        }
        archives.sort(null);
        return archives;
    }

    /** Removes an unpacked template at once from sight, then from disk. The caller holds its lock exclusively. */
    void delete(String hex, TemplateEvents events) throws IOException {
        events.stage(TemplateEvents.Stage.REMOVING, paths.entry(hex).toString());
        Path renamed = imports.freshName("removed");
        Files.move(paths.entry(hex), renamed);
        try (WorkDirectories.Work work = imports.adopt(renamed)) {
            // Closing removes it.
            assert work.path().equals(renamed);
        }
    }

    /** VE ids by the digest that they pin. */
    Map<String, List<String>> pins() throws IOException {
        return PinnedTemplates.scan(confDir);
    }

    Linux linux() {
        return linux;
    }

    StorePaths paths() {
        return paths;
    }

    TemplateLookup lookup() {
        return lookup;
    }

    StoreLocks locks() {
        return locks;
    }

    ArchiveIndex index() {
        return index;
    }

    WorkDirectories imports() {
        return imports;
    }

    WorkDirectories builds() {
        return builds;
    }

    /** A shared lock on one template, and what is known of it. */
    private static final class StoreLease implements Lease {
        private final String hex;
        private final Path rootfs;
        private final TemplateMeta meta;
        private final StoreLocks.Held held;

        StoreLease(String hex, Path rootfs, TemplateMeta meta, StoreLocks.Held held) {
            this.hex = hex;
            this.rootfs = rootfs;
            this.meta = meta;
            this.held = held;
        }

        @Override
        public String digest() {
            return DIGEST_PREFIX + hex;
        }

        @Override
        public Path rootfs() {
            return rootfs;
        }

        @Override
        public long unpackedBytes() {
            return meta.unpackedBytes();
        }

        @Override
        public long inodes() {
            return meta.inodes();
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
