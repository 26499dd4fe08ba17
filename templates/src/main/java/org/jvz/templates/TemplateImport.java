package org.jvz.templates;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FsStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.templates.tar.ArchiveException;
import org.jvz.templates.tar.TarReader;

/**
 * Unpacks an archive into the store, whole or not at all: into a work directory, written out to disk, then renamed to its
 * digest. The caller holds the digest's lock exclusively.
 */
final class TemplateImport {
    /** Kept free on the file system of the store: VEs that run there need some. */
    private static final long RESERVE_BYTES = 64L << 20;

    private static final int BUFFER = 1 << 17;

    private final Linux linux;
    private final StorePaths paths;
    private final WorkDirectories work;
    private final ImportLimits limits;
    private final StepObserver observer;
    private final Clock clock;

    TemplateImport(
            Linux linux,
            StorePaths paths,
            WorkDirectories work,
            ImportLimits limits,
            StepObserver observer,
            Clock clock) {
        this.linux = linux;
        this.paths = paths;
        this.work = work;
        this.limits = limits;
        this.observer = observer;
        this.clock = clock;
    }

    /**
     * Imports {@code archive}, which must not have changed since its digest was taken.
     *
     * @param name what the template is called, for its description
     * @throws ArchiveException if the archive is malformed, truncated, hostile, or has changed
     * @throws TooLargeException if there is not enough room
     * @throws IOException if something else fails; nothing is left in any case
     */
    TemplateMeta run(String name, Path archive, ArchiveIndex.Digest digest, TemplateEvents events) throws IOException {
        String hex = digest.hex();
        PrivateDirectories.make(paths.store());
        work.sweep(events);
        events.stage(TemplateEvents.Stage.UNPACKING, archive.toString());
        step("make work directory", paths.store());
        try (WorkDirectories.Work dir = work.make(hex.substring(0, 12), events)) {
            Path rootfs = dir.path().resolve("rootfs");
            step("make root", rootfs);
            linux.mkdirAt(Fd.CWD, rootfs.toString(), 0700);
            TemplateMeta meta = unpack(name, archive, digest.identity(), dir.path(), rootfs, events);
            step("write description", dir.path().resolve("meta"));
            Files.write(dir.path().resolve("meta"), meta.bytes());
            // One call for the whole tree; an fsync per file would take many times as long.
            events.stage(TemplateEvents.Stage.SYNCING, hex);
            step("sync", dir.path());
            sync(dir.path(), true);
            step("publish", paths.entry(hex));
            linux.renameAt(
                    Fd.CWD, dir.path().toString(), Fd.CWD, paths.entry(hex).toString(), java.util.Set.of());
            dir.release();
            sync(paths.store(), false);
            return meta;
        }
    }

    private TemplateMeta unpack(
            String name, Path archive, String identity, Path dir, Path rootfs, TemplateEvents events)
            throws IOException {
        long archiveBytes = Files.size(archive);
        step("unpack", archive);
        try (Fd root = linux.open(rootfs, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);
                BufferedWriter lines = Files.newBufferedWriter(dir.resolve("manifest"), StandardCharsets.US_ASCII);
                Manifest.Writer manifest = new Manifest.Writer(lines);
                Extractor extractor =
                        new Extractor(linux, root, limitsHere(root, archiveBytes), archiveBytes, manifest)) {
            CountingInput raw = new CountingInput(Files.newInputStream(archive), archiveBytes, events);
            try (TarReader tar = new TarReader(new ReadAhead("unpack " + name, () -> decompressed(raw)))) {
                extractor.extract(tar);
            }
            // The thread has ended, so all of it is visible here.
            if (raw.hasMore()) {
                throw new ArchiveException("data after the end of the compressed archive");
            }
            if (!identity.equals(ArchiveIndex.identity(archive))) {
                throw new ArchiveException("the archive changed while it was read");
            }
            if (extractor.droppedDevices() > 0) {
                events.output(
                        "Left out " + extractor.droppedDevices() + " device nodes below dev/: a VE has its own /dev");
            }
            if (extractor.withAcls() > 0) {
                events.warning("Access lists of " + extractor.withAcls() + " entries are not kept");
            }
            return new TemplateMeta(
                    name,
                    archiveBytes,
                    extractor.bytes(),
                    extractor.inodes(),
                    clock.instant().getEpochSecond());
        }
    }

    private static InputStream decompressed(InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        return Compression.of(in).decompress(in);
    }

    private ImportLimits limitsHere(Fd root, long archiveBytes) throws IOException {
        FsStat fs = linux.statFs(root);
        long free = fs.availableBytes() - RESERVE_BYTES;
        if (free < archiveBytes) {
            // It cannot unpack to less, so do not even begin.
            throw new TooLargeException(
                    "needs at least " + archiveBytes + " bytes, " + Math.max(free, 0) + " are free");
        }
        return limits.within(free, fs.inodes() == 0 ? 0 : fs.freeInodes());
    }

    private void sync(Path dir, boolean wholeFileSystem) throws IOException {
        try (Fd fd = linux.open(dir, OpenFlag.DIRECTORY)) {
            if (wholeFileSystem) {
                linux.syncFs(fd);
            } else {
                linux.fsync(fd);
            }
        }
    }

    private void step(String name, Path object) throws IOException {
        observer.before(name, object.toString());
    }

    /** The archive's bytes as they lie on disk, counted while they are read. */
    private static final class CountingInput extends FilterInputStream {
        private final long total;
        private final TemplateEvents events;
        private long done;
        private boolean atEnd;

        CountingInput(InputStream in, long total, TemplateEvents events) {
            super(in);
            this.total = total;
            this.events = events;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = in.read(into, offset, length);
            if (n < 0) {
                atEnd = true;
            } else {
                done += n;
                events.progress(done, total);
            }
            return n;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        /** Whether something was not read. */
        boolean hasMore() {
            return !atEnd && done < total;
        }
    }
}
