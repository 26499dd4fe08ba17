package org.jvz.runtime.rootfs;

import java.io.IOException;
import org.jvz.runtime.undo.Transaction;

/**
 * How the files of a VE lie on the host and how they become its root. One stateless object per layout; the names of the
 * steps are part of the contract with tests, which make each of them fail.
 */
public sealed interface Layout permits OverlayLayout, SimfsLayout {

    /** The word in VE_LAYOUT: {@code overlay}, {@code simfs}. */
    String word();

    /**
     * Fills a new private area at {@code tree.area()}, which must not exist; its parents are made. Ids on disk are unshifted. Undone as a whole ({@code rmtree}).
     */
    void create(Transaction transaction, VeTree tree, CopyListener listener) throws IOException;

    /**
     * Mounts the private area at {@code tree.root()}, whose directory is made if absent. The root shows shifted ids,
     * device nodes do not open on it, and the stage is empty again afterwards.
     */
    void mount(Transaction transaction, VeTree tree) throws IOException;

    /**
     * The VE's files with unshifted ids, as they lie in an area that is not mounted, for the work after create. Changes
     * go to the private area. Nothing stays mounted: the view ends when it is closed.
     */
    InsideRoot openUnshifted(Transaction transaction, VeTree tree) throws IOException;
}
