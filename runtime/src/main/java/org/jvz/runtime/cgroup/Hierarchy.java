package org.jvz.runtime.cgroup;

import java.nio.file.Path;
import java.util.List;

/**
 * One mounted cgroup hierarchy of the host.
 *
 * @param mount where it is mounted
 * @param v2 whether it is the unified hierarchy (cgroups(7), "CGROUPS VERSION 2")
 * @param controllers what is bound to it: the controllers of a v1 mount ({@code cpu}, {@code memory}, or the name of a
 *     named one, {@code name=systemd}); empty for v2, whose {@code cgroup.controllers} file tells
 */
public record Hierarchy(Path mount, boolean v2, List<String> controllers) {
    public Hierarchy {
        controllers = List.copyOf(controllers);
    }

    /** Whether this is a v1 hierarchy without a controller, such as {@code name=systemd}: it enforces nothing. */
    boolean named() {
        return !v2 && controllers.size() == 1 && controllers.get(0).startsWith("name=");
    }
}
