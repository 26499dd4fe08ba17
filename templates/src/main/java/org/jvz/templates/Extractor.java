package org.jvz.templates;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.templates.tar.ArchiveException;
import org.jvz.templates.tar.Extents;
import org.jvz.templates.tar.TarEntry;
import org.jvz.templates.tar.TarReader;

/**
 * Unpacks an archive into an empty directory. The archive may be hostile: each entry is made new ({@code O_EXCL}, never
 * opened or replaced), by its last name in a directory that {@link Directories} has resolved inside the root, so whatever
 * the order of entries nothing outside is opened, linked or changed. The first offence ends it; the caller removes the
 * directory.
 */
final class Extractor implements Closeable {
    private static final int BUFFER = 1 << 18;

    private final Linux linux;
    private final ImportLimits limits;
    private final long archiveBytes;
    private final Manifest.Writer manifest;
    private final Directories directories;
    private final Set<String> dropped = new HashSet<>();
    private final ContentSum sum = new ContentSum();
    private final byte[] buffer = new byte[BUFFER];
    private long bytes;
    private long apparentBytes;
    private long entries;
    private long others;
    private int devices;
    private int withAcls;

    /**
     * @param root where to unpack to; stays the caller's
     * @param archiveBytes length of the archive as it lies on disk
     */
    Extractor(Linux linux, Fd root, ImportLimits limits, long archiveBytes, Manifest.Writer manifest) {
        this.linux = linux;
        this.limits = limits;
        this.archiveBytes = archiveBytes;
        this.manifest = manifest;
        this.directories = new Directories(linux, root);
    }

    /** Bytes of file contents written, holes not counted. */
    long bytes() {
        return bytes;
    }

    /** Inodes made, the root included; a hard link makes none. */
    long inodes() {
        return directories.count() + others;
    }

    /** Device nodes left out. */
    int droppedDevices() {
        return dropped.size();
    }

    /** Entries whose access lists were not taken over. */
    int withAcls() {
        return withAcls;
    }

    /** Unpacks everything and applies what must come last. Ends early, with an exception, on interruption. */
    void extract(TarReader tar) throws IOException {
        @Nullable TarEntry entry;
        while ((entry = tar.next()) != null) {
            if (Thread.currentThread().isInterrupted()) {
                throw new java.io.InterruptedIOException("interrupted");
            }
            extract(tar, entry);
        }
        directories.finish(manifest);
    }

    private void extract(TarReader tar, TarEntry entry) throws IOException {
        if (++entries > limits.entries() || inodes() > limits.entries()) {
            throw new ArchiveException(entry.name(), "more than " + limits.entries() + " entries");
        }
        EntryPolicy.checkOwner(entry);
        if (entry.hasAcls()) {
            withAcls++;
        }
        String path = EntryPath.of(entry.name(), entry.name(), "its path");
        Map<String, byte[]> xattrs = EntryPolicy.xattrs(entry);
        if (entry.kind() == TarEntry.Kind.DIRECTORY) {
            directories.define(entry, path, xattrs);
            return;
        }
        if (path.isEmpty()) {
            throw new ArchiveException(entry.name(), "the root is not a directory");
        }
        switch (entry.kind()) {
            case FILE -> file(tar, entry, path, xattrs);
            case HARD_LINK -> hardLink(entry, path);
            case SYMLINK -> symlink(entry, path, xattrs);
            case FIFO -> node(entry, path, xattrs, 'p', FileStat.S_IFIFO);
            case CHAR_DEVICE, BLOCK_DEVICE -> device(entry, path, xattrs);
            case DIRECTORY -> throw new IllegalStateException("handled above");
        }
    }

    private void file(TarReader tar, TarEntry entry, String path, Map<String, byte[]> xattrs) throws IOException {
        account(entry);
        Fd parent = directories.parentOf(entry, path);
        Extents extents = entry.extents();
        boolean sparse = extents.count() > 1 || extents.stored() < entry.size();
        try (Fd file = linux.openAt(
                parent,
                EntryPath.base(path),
                Set.of(OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.EXCL, OpenFlag.NOFOLLOW),
                0600)) {
            for (int i = 0; i < extents.count(); i++) {
                copy(tar, file, extents.offset(i), extents.length(i), sparse);
            }
            if (sparse) {
                linux.truncate(file, entry.size());
            }
            // In this order: writing and chown(2) take set-id bits and capabilities away.
            if (entry.uid() != 0 || entry.gid() != 0) {
                linux.chown(file, entry.uid(), entry.gid());
            }
            linux.chmod(file, entry.mode());
            for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
                linux.setXattr(file, xattr.getKey(), xattr.getValue());
            }
            linux.setTimes(file, entry.mtimeSeconds(), entry.mtimeNanos());
        } catch (SyscallException e) {
            throw Directories.blame(entry, e);
        }
        others++;
        manifest.entry(sparse ? 's' : 'f', entry, entry.size(), xattrs, sum.hex(), path);
    }

    /** Refuses what does not fit before a byte of it is written. */
    private void account(TarEntry entry) throws IOException {
        bytes += entry.extents().stored();
        apparentBytes = Math.addExact(apparentBytes, Math.min(entry.size(), Long.MAX_VALUE / 2 - apparentBytes));
        if (bytes > limits.bytes()) {
            throw new TooLargeException("unpacks to more than the " + limits.bytes() + " bytes allowed or free here");
        }
        if (apparentBytes > limits.apparentBytes()) {
            throw new ArchiveException(
                    entry.name(), "files of more than " + limits.apparentBytes() + " bytes, holes included");
        }
        if (bytes > ImportLimits.RATIO_FLOOR && bytes / limits.ratio() > archiveBytes) {
            throw new ArchiveException(
                    entry.name(), "unpacks to more than " + limits.ratio() + " times the archive's size");
        }
    }

    private void copy(TarReader tar, Fd file, long offset, long length, boolean sparse) throws IOException {
        long done = 0;
        while (done < length) {
            int n = tar.read(buffer, 0, (int) Math.min(buffer.length, length - done));
            if (n < 0) {
                throw new IllegalStateException("the reader checked the length");
            }
            if (sparse) {
                sum.sparse(offset + done, buffer, 0, n);
            } else {
                sum.plain(buffer, 0, n);
            }
            for (int written = 0; written < n; ) {
                written += linux.writeAt(file, offset + done + written, buffer, written, n - written);
            }
            done += n;
        }
    }

    private void hardLink(TarEntry entry, String path) throws IOException {
        String target = EntryPath.of(entry.name(), entry.linkName(), "its target");
        if (dropped.contains(target)) {
            dropped.add(path);
            return;
        }
        @Nullable Fd from = target.isEmpty() ? null : directories.existingParentOf(entry, target);
        Fd to = directories.parentOf(entry, path);
        if (from == null) {
            throw noTarget(entry);
        }
        try {
            linux.linkAt(from, EntryPath.base(target), to, EntryPath.base(path));
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                throw noTarget(entry);
            }
            if (e.is(Errno.EPERM)) {
                throw new ArchiveException(entry.name(), "hard link to a directory");
            }
            throw Directories.blame(entry, e);
        }
        manifest.hardLink(target, path);
    }

    private static ArchiveException noTarget(TarEntry entry) {
        return new ArchiveException(
                entry.name(),
                "hard link to " + ArchiveException.shown(entry.linkName()) + ", which does not come before it");
    }

    /** Any target is fine: nothing here ever follows it, and inside a VE it leads no further than the VE's root. */
    private void symlink(TarEntry entry, String path, Map<String, byte[]> xattrs) throws IOException {
        if (entry.linkName().isEmpty()) {
            throw new ArchiveException(entry.name(), "symbolic link without a target");
        }
        Fd parent = directories.parentOf(entry, path);
        String base = EntryPath.base(path);
        try {
            linux.symlinkAt(entry.linkName(), parent, base);
            attributes(entry, parent, base, xattrs);
        } catch (SyscallException e) {
            throw Directories.blame(entry, e);
        }
        others++;
        manifest.entry('l', entry, 0, xattrs, entry.linkName(), path);
    }

    private void device(TarEntry entry, String path, Map<String, byte[]> xattrs) throws IOException {
        if (++devices > limits.deviceNodes()) {
            throw new ArchiveException(entry.name(), "more than " + limits.deviceNodes() + " device nodes");
        }
        if (EntryPolicy.device(entry, path) == EntryPolicy.Device.DROP) {
            // Its directory is made all the same: the path must not mean something else later.
            directories.parentOf(entry, path);
            dropped.add(path);
            return;
        }
        node(entry, path, xattrs, 'c', FileStat.S_IFCHR);
    }

    private void node(TarEntry entry, String path, Map<String, byte[]> xattrs, char type, int kind) throws IOException {
        Fd parent = directories.parentOf(entry, path);
        String base = EntryPath.base(path);
        try {
            linux.mknodAt(parent, base, kind | 0600, (int) entry.devMajor(), (int) entry.devMinor());
            attributes(entry, parent, base, xattrs);
        } catch (SyscallException e) {
            throw Directories.blame(entry, e);
        }
        others++;
        manifest.entry(type, entry, 0, xattrs, type == 'c' ? entry.devMajor() + "," + entry.devMinor() : "-", path);
    }

    private void attributes(TarEntry entry, Fd parent, String base, Map<String, byte[]> xattrs)
            throws SyscallException {
        if (entry.uid() != 0 || entry.gid() != 0) {
            linux.chownAt(parent, base, entry.uid(), entry.gid());
        }
        if (entry.kind() != TarEntry.Kind.SYMLINK) {
            // A fresh name in a directory that nobody else can reach: it cannot have become a symlink.
            linux.chmodAt(parent, base, entry.mode());
        }
        for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
            linux.setXattrAt(parent, base, xattr.getKey(), xattr.getValue());
        }
        linux.setTimesAt(parent, base, entry.mtimeSeconds(), entry.mtimeNanos());
    }

    @Override
    public void close() {
        directories.close();
    }
}
