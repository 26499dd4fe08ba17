package org.jvz.templates;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.templates.tar.ArchiveException;
import org.jvz.templates.tar.TarEntry;

/**
 * Directories of a tree being unpacked. The kernel resolves every path, below the root and through no symbolic link
 * ({@code RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS}), so that no order of entries leads out of it. Modes, owners and times are
 * applied last: unpacking into a directory changes its times, and a read-only one would refuse it.
 */
final class Directories implements Closeable {
    private static final Set<ResolveFlag> INSIDE =
            Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS, ResolveFlag.NO_MAGICLINKS, ResolveFlag.NO_XDEV);

    /** Descriptors kept open: archives go through a tree in order, so few are needed. */
    private static final int OPEN = 64;

    /** What is applied to a directory in the end. */
    record Meta(String path, int mode, long uid, long gid, long seconds, int nanos, Map<String, byte[]> xattrs) {}

    private final Linux linux;
    private final Fd root;
    private final LinkedHashMap<String, Fd> open = new LinkedHashMap<>(OPEN * 2, 0.75f, true);
    private final Map<String, Integer> indexes = new HashMap<>();
    private final List<Meta> metas = new ArrayList<>();

    /** @param root an empty directory of mode 0700; stays the caller's */
    Directories(Linux linux, Fd root) {
        this.linux = linux;
        this.root = root;
        remember(new Meta("", 0755, 0, 0, 0, 0, Map.of()));
    }

    /** Number of directories, the root included. */
    int count() {
        return metas.size();
    }

    /** Takes a directory entry: makes it, or takes over its attributes if it is there. */
    void define(TarEntry entry, String path, Map<String, byte[]> xattrs) throws IOException {
        if (!indexes.containsKey(path)) {
            make(entry, path);
        }
        remember(new Meta(
                path, entry.mode(), entry.uid(), entry.gid(), entry.mtimeSeconds(), entry.mtimeNanos(), xattrs));
    }

    /** The directory to put {@code path} into, made if the archive did not mention it. Valid until the next call or two. */
    Fd parentOf(TarEntry entry, String path) throws IOException {
        return directory(entry, EntryPath.parent(path), true);
    }

    /** The directory that {@code path} lies in; null if there is none. */
    @Nullable
    Fd existingParentOf(TarEntry entry, String path) throws IOException {
        String parent = EntryPath.parent(path);
        return indexes.containsKey(parent) ? directory(entry, parent, false) : null;
    }

    private Fd directory(TarEntry entry, String path, boolean create) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        @Nullable Fd known = open.get(path);
        if (known != null) {
            return known;
        }
        Fd dir;
        try {
            dir = linux.openAt2(root, path, Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY), 0, INSIDE);
        } catch (SyscallException e) {
            if (create && e.is(Errno.ENOENT)) {
                make(entry, path);
                remember(new Meta(path, 0755, 0, 0, entry.mtimeSeconds(), entry.mtimeNanos(), Map.of()));
                return directory(entry, path, false);
            }
            throw blame(entry, e);
        }
        open.put(path, dir);
        if (open.size() > OPEN) {
            Iterator<Fd> oldest = open.values().iterator();
            Fd evicted = oldest.next();
            oldest.remove();
            evicted.close();
        }
        return dir;
    }

    private void make(TarEntry entry, String path) throws IOException {
        Fd parent = directory(entry, EntryPath.parent(path), true);
        try {
            linux.mkdirAt(parent, EntryPath.base(path), 0700);
        } catch (SyscallException e) {
            throw blame(entry, e);
        }
    }

    private void remember(Meta meta) {
        @Nullable Integer index = indexes.get(meta.path());
        if (index == null) {
            indexes.put(meta.path(), metas.size());
            metas.add(meta);
        } else {
            metas.set(index, meta);
        }
    }

    /** The entry's fault, in words, where the kernel's refusal is about names; else the error as it is. */
    static IOException blame(TarEntry entry, SyscallException e) {
        Errno errno = e.errno();
        if (errno.equals(Errno.ELOOP)) {
            return new ArchiveException(entry.name(), "its path leads through a symbolic link");
        }
        if (errno.equals(Errno.ENOTDIR)) {
            return new ArchiveException(entry.name(), "its path leads through something that is not a directory");
        }
        if (errno.equals(Errno.EEXIST)) {
            return new ArchiveException(entry.name(), "the archive holds this path twice, as different things");
        }
        if (errno.equals(Errno.ENAMETOOLONG)) {
            return new ArchiveException(entry.name(), "its name is too long");
        }
        return new IOException("Unable to unpack " + ArchiveException.shown(entry.name()), e);
    }

    /** Applies what was kept for the end, deepest directories first, and tells each to {@code manifest}. */
    void finish(Manifest.Writer manifest) throws IOException {
        for (int i = metas.size() - 1; i >= 0; i--) {
            Meta meta = metas.get(i);
            try (Fd dir = meta.path().isEmpty()
                    ? linux.openAt(root, ".", OpenFlag.DIRECTORY)
                    : linux.openAt2(root, meta.path(), Set.of(OpenFlag.DIRECTORY), 0, INSIDE)) {
                if (meta.uid() != 0 || meta.gid() != 0) {
                    linux.chown(dir, meta.uid(), meta.gid());
                }
                linux.chmod(dir, meta.mode());
                for (Map.Entry<String, byte[]> xattr : meta.xattrs().entrySet()) {
                    linux.setXattr(dir, xattr.getKey(), xattr.getValue());
                }
                linux.setTimes(dir, meta.seconds(), meta.nanos());
            }
            manifest.directory(meta);
        }
    }

    @Override
    public void close() {
        for (Fd dir : open.values()) {
            dir.close();
        }
        open.clear();
    }
}
