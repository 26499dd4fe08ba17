package org.jvz.runtime.view;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * Detached read-only mounts of single files, to be attached over those of a VE; gone with their descriptors otherwise.
 * open_tree(2), mount_setattr(2).
 */
public final class ViewTrees implements AutoCloseable {
    private static final Set<MountAttr> GUARDED =
            Set.of(MountAttr.RDONLY, MountAttr.NOSUID, MountAttr.NODEV, MountAttr.NOEXEC);

    private final Linux linux;
    private final Map<ViewFile, Fd> trees = new EnumMap<>(ViewFile.class);

    /** None yet. */
    public ViewTrees(Linux linux) {
        this.linux = linux;
    }

    /** Takes the file at a path of the host. */
    void take(ViewFile file, String path) throws SyscallException {
        Fd tree = linux.openTree(Fd.CWD, path, Set.of(OpenTreeFlag.CLONE));
        close(trees.put(file, tree));
        linux.setMountAttributes(tree, false, GUARDED, Set.of(), null);
    }

    /** Takes over what another object has; it has none then. */
    public void takeAll(ViewTrees other) {
        for (Map.Entry<ViewFile, Fd> entry : other.trees.entrySet()) {
            close(trees.put(entry.getKey(), entry.getValue()));
        }
        other.trees.clear();
    }

    /** Leaves a file out. */
    public void drop(ViewFile file) {
        close(trees.remove(file));
    }

    /** Whether there is one for a file. */
    public boolean has(ViewFile file) {
        return trees.containsKey(file);
    }

    /** The mount for a file, or null. */
    public @Nullable Fd get(ViewFile file) {
        return trees.get(file);
    }

    private static void close(@Nullable Fd fd) {
        if (fd != null) {
            fd.close();
        }
    }

    @Override
    public void close() {
        for (Fd fd : trees.values()) {
            fd.close();
        }
        trees.clear();
    }
}
