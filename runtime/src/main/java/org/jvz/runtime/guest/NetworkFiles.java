package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.rootfs.InsideRoot;

/**
 * The files of one program that sets up a guest's network. The host gives venet0 its addresses before the guest's init begins; these files say
 * the same, so that the addresses are there again when the guest restarts its network, and the program does not take them away.
 */
abstract class NetworkFiles {
    /** Whether the program is what sets the guest's network up. */
    abstract boolean isUsed(InsideRoot root) throws IOException;

    /** The edits that make the files say so; with no address, that nothing of venet0 is left in them. */
    abstract List<FileEdit> edits(InsideRoot root, GuestNetwork network) throws IOException;

    /** Whether one of the programs is there. */
    static boolean isProgram(InsideRoot root, String... paths) throws IOException {
        for (String path : paths) {
            if (root.isExecutable(path)) {
                return true;
            }
        }
        return false;
    }
}
