package org.jvz.runtime.rootfs;

import java.nio.file.Path;

/**
 * Where the files of one VE are. All paths are absolute.
 *
 * @param template root directory of the unpacked template, {@code $TEMPLATE/store/<hex>/rootfs}; a simfs VE needs it
 *     only to be created
 * @param area the private area ({@code VE_PRIVATE}, or {@code PRIVATE.tmp} while it is made)
 * @param root where it is mounted ({@code VE_ROOT})
 * @param stage directory of this VE for mounts of a moment, {@code /run/jvz/stage/CTID}
 * @param shift ids of the VE on the host
 * @param project number of the quota project its private area is to be; 0 for none
 */
public record VeTree(Path template, Path area, Path root, Path stage, IdShift shift, long project) {
    public VeTree {
        for (Path path : new Path[] {template, area, root, stage}) {
            if (!path.isAbsolute() || path.getNameCount() == 0) {
                throw new IllegalArgumentException("not an absolute path below /: " + path);
            }
        }
    }

    /** A tree that is no project. */
    public VeTree(Path template, Path area, Path root, Path stage, IdShift shift) {
        this(template, area, root, stage, shift, 0);
    }

    /** The same VE with its private area at another place. */
    public VeTree withArea(Path other) {
        return new VeTree(template, other, root, stage, shift, project);
    }
}
