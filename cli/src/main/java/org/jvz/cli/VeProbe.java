package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;

/** How vzlist learns which VEs live: the port to {@code org.jvz.runtime.ve}. Made once per listing. */
interface VeProbe {
    /** The VEs that run, in any order. */
    List<CtId> running() throws IOException;

    /** Whether a VE's root is mounted. Several threads may ask. */
    boolean mounted(Path root) throws IOException;

    /** What a running VE tells; null if it does not run. */
    VeRow.@Nullable Live live(CtId id) throws IOException;
}
