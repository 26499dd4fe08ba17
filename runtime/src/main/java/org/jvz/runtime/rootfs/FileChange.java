package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.undo.UndoStep;

/**
 * A change of one small file of a VE that is about to be made, and what was there before.
 *
 * @param path the name to be changed; no link there is followed
 * @param before text of the file, or target of the link, that has the name now; null if nothing has. Latin-1, so every byte is kept
 * @param wasLink whether that is a link
 * @param after the new text; null if the name is to go
 * @param mode permissions of a new file; one that is there keeps its own
 */
public record FileChange(String path, @Nullable String before, boolean wasLink, @Nullable String after, int mode) {

    /** Makes the change; directories above the file are made as far as they are absent. */
    public void make(InsideRoot root) throws IOException {
        if (after == null) {
            root.remove(path);
            return;
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            root.makeDirectories(path.substring(0, slash), 0755);
        }
        root.write(path, after.getBytes(StandardCharsets.ISO_8859_1), mode);
    }

    /** How to take it back in the VE mounted at {@code root}. */
    public UndoStep undo(String root, IdShift owner) {
        return InsideUndo.of(root, owner, this);
    }
}
