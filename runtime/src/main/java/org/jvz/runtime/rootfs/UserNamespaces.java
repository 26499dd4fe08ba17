package org.jvz.runtime.rootfs;

import java.io.IOException;
import org.jvz.runtime.linux.Fd;

/** Makes user namespaces that serve id-mapped mounts. {@link IdmapUserns} is the real one; tests may give their own. */
@FunctionalInterface
public interface UserNamespaces {
    /** A namespace that maps the VE's ids by {@code shift}, which must shift; the caller closes it. */
    Fd forShift(IdShift shift) throws IOException;
}
