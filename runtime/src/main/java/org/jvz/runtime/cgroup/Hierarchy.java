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
 * @param options how a v2 hierarchy is mounted, {@code memory_recursiveprot} for instance; empty for v1
 */
public record Hierarchy(Path mount, boolean v2, List<String> controllers, List<String> options) {
    public Hierarchy {
        controllers = List.copyOf(controllers);
        options = List.copyOf(options);
    }

    /** A hierarchy that is mounted without options that matter. */
    public Hierarchy(Path mount, boolean v2, List<String> controllers) {
        this(mount, v2, controllers, List.of());
    }

    /** Whether this is a v1 hierarchy without a controller, such as {@code name=systemd}: it enforces nothing. */
    boolean named() {
        return !v2 && controllers.size() == 1 && controllers.get(0).startsWith("name=");
    }
}
