package org.jvz.runtime.undo;

import java.io.IOException;

/**
 * Takes steps back. Every handler is idempotent: what is gone already is a success, since a step may be undone that was
 * only announced in the journal and never made, or that was undone by a process that died before it could say so.
 */
@FunctionalInterface
public interface UndoHandlers {
    /** Undoes one step; fails, naming the object, if the host is not as before. */
    void undo(UndoStep step) throws IOException;
}
