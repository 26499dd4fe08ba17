package org.jvz.runtime.cgroup;

import java.nio.file.Path;

/**
 * The directory in which a VE's interface files of one controller are.
 *
 * @param path the VE's cgroup; its files need not exist, since a controller may be off there
 * @param v2 whether the files are those of cgroup v2
 */
public record CgroupDir(Path path, boolean v2) {
    Path file(String name) {
        return path.resolve(name);
    }
}
