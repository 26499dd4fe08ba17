package org.jvz.templates;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.ve.TemplateSource;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/** Takes an archive from anywhere into the cache, after it has proved to unpack. */
public final class ImportTemplate {
    /** Bytes copied between two reports of progress. */
    private static final long STRIDE = 16L << 20;

    private final TemplateStore store;

    /** Imports into {@code store}. */
    public ImportTemplate(TemplateStore store) {
        this.store = store;
    }

    /**
     * Copies {@code file} into the cache and unpacks it into the store. An archive that lies in the cache already is
     * unpacked only.
     *
     * @param givenName what to call the template; null for the name of the file
     * @return the archive in the cache
     * @throws VeException if the file is no usable archive, or the name is taken; nothing is left then
     */
    public Path run(Path file, @Nullable String givenName, TemplateEvents events) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new VeException(VzError.INVALID_VALUE, "No such file: " + file);
        }
        String name = name(file, givenName);
        Path cache = store.paths().cache();
        PrivateDirectories.makePublic(cache);
        @Nullable Path there = store.lookup().inCache(name);
        if (there != null) {
            if (!Files.isSameFile(there, file)) {
                throw new VeException(
                        VzError.INVALID_VALUE,
                        "OS template " + name + " exists: remove it first, or give another name with --name");
            }
            unpack(name, there, events);
            return there;
        }
        store.builds().sweep(events);
        try (WorkDirectories.Work work = store.builds().make("import", events)) {
            Path copy = work.path().resolve("archive");
            events.stage(TemplateEvents.Stage.COPYING, file.toString());
            copy(file, copy, events);
            Path archive = cache.resolve(name + ".tar" + compression(copy).suffix());
            unpack(name, copy, events);
            events.stage(TemplateEvents.Stage.PLACING, archive.toString());
            place(store.linux(), copy, archive);
            return archive;
        }
    }

    private static String name(Path file, @Nullable String given) {
        @Nullable String name = given == null ? TemplateLookup.nameOf(file) : given;
        if (name == null) {
            throw new VeException(
                    VzError.INVALID_VALUE,
                    file.getFileName() + " does not end in .tar[.gz|.bz2|.xz|.zst]: give --name");
        }
        if (!TemplateLookup.isName(name)) {
            throw new VeException(VzError.INVALID_VALUE, "Bad template name: " + name);
        }
        return name;
    }

    private void unpack(String name, Path archive, TemplateEvents events) throws IOException {
        try (TemplateSource.Lease lease = store.acquire(name, archive, events)) {
            events.output("Digest " + lease.digest());
        }
    }

    private void copy(Path from, Path to, TemplateEvents events) throws IOException {
        Linux linux = store.linux();
        long total = Files.size(from);
        try (Fd in = linux.open(from);
                Fd out = linux.openAt(
                        Fd.CWD, to.toString(), java.util.Set.of(OpenFlag.RDWR, OpenFlag.CREAT, OpenFlag.EXCL), 0644)) {
            if (linux.reflink(in, out)) {
                return;
            }
            long done = 0;
            long n;
            while ((n = linux.copyRange(in, out, STRIDE)) > 0) {
                done += n;
                events.progress(done, total);
                if (Thread.currentThread().isInterrupted()) {
                    throw new java.io.InterruptedIOException("interrupted while copying " + from);
                }
            }
        }
    }

    static Compression compression(Path archive) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive))) {
            return Compression.of(in);
        }
    }

    /** Gives a finished archive its name, on disk before anyone can see it. */
    static void place(Linux linux, Path from, Path to) throws IOException {
        try (Fd file = linux.open(from)) {
            linux.chmod(file, 0644);
            linux.fsync(file);
        }
        linux.renameAt(Fd.CWD, from.toString(), Fd.CWD, to.toString(), java.util.Set.of());
        Path dir = to.getParent();
        if (dir != null) {
            try (Fd fd = linux.open(dir, OpenFlag.DIRECTORY)) {
                linux.fsync(fd);
            }
        }
    }
}
