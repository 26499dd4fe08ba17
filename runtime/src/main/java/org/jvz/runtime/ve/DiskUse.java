package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.rootfs.AreaProject;
import org.jvz.runtime.rootfs.ProjectId;

/**
 * What a VE has on disk, running or not, as the file system of its private area counts it: one question, no walk.
 *
 * @param kib space in KiB, rounded up
 * @param inodes files, directories and the like
 */
public record DiskUse(long kib, long inodes) {
    /** The use of a VE; null if its file system does not count, or counts no file of it. */
    public static @Nullable DiskUse of(VeConf conf) {
        try {
            Path area = conf.privateArea();
            if (area == null) {
                return null;
            }
            long project = ProjectId.of(conf.global().paths(), conf.id());
            ProjectQuota quota = new AreaProject(new JffiLinux(), area, project).quota();
            // What is in its project has at least a directory.
            return quota == null || quota.inodes() == 0 ? null : new DiskUse(quota.kib(), quota.inodes());
        } catch (IOException unknown) {
            // A list is no place to complain about one VE.
            return null;
        }
    }
}
