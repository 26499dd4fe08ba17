package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cgroup hierarchies this host has mounted: one cgroup2 mount, or v1 controllers beside it on a hybrid host. Mounts
 * are found and used as they are, never made or changed.
 *
 * @param hierarchies every hierarchy in which a VE gets a cgroup of its own
 */
public record HostCgroups(List<Hierarchy> hierarchies) {
    /** The v1 options in mountinfo that are not controllers. */
    private static final List<String> NOT_CONTROLLERS =
            List.of("rw", "ro", "clone_children", "noprefix", "xattr", "cpuset_v2_mode", "none");

    public HostCgroups {
        hierarchies = List.copyOf(hierarchies);
    }

    /** Reads {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)). */
    public static HostCgroups detect() throws IOException {
        return parse(Files.readString(Path.of("/proc/self/mountinfo")));
    }

    /** The first mount of each hierarchy in a mountinfo text; named v1 hierarchies are left out, they limit nothing. */
    static HostCgroups parse(String mountinfo) {
        List<Hierarchy> found = new ArrayList<>();
        int start = 0;
        for (int end; (end = mountinfo.indexOf('\n', start)) >= 0; start = end + 1) {
            String line = mountinfo.substring(start, end);
            int dash = line.indexOf(" - cgroup");
            if (dash >= 0) {
                add(found, line, dash);
            }
        }
        return new HostCgroups(found);
    }

    private static void add(List<Hierarchy> found, String line, int dash) {
        String[] fields = line.substring(0, dash).split(" ", -1);
        String[] tail = line.substring(dash + 3).split(" ", -1);
        boolean v2 = tail[0].equals("cgroup2");
        if (!v2 && !tail[0].equals("cgroup")) {
            return;
        }
        List<String> controllers = new ArrayList<>();
        List<String> options = List.of(tail[2].split(",", -1));
        if (!v2) {
            for (String option : options) {
                if (!NOT_CONTROLLERS.contains(option) && !option.startsWith("release_agent=")) {
                    controllers.add(option);
                }
            }
        }
        // The root field is "/" unless we are in a cgroup namespace or behind a bind mount: such a mount shows a part.
        Hierarchy hierarchy = new Hierarchy(Path.of(unescape(fields[4])), v2, controllers, v2 ? options : List.of());
        for (Hierarchy other : found) {
            if (other.v2() == v2 && other.controllers().equals(controllers)) {
                return;
            }
        }
        if (!hierarchy.named()) {
            found.add(hierarchy);
        }
    }

    /** Undoes mountinfo's octal escapes of blank, tab, newline and backslash. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
