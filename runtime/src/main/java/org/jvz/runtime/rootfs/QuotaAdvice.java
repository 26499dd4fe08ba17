package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.QuotaCalls.ProjectAccounting;

/** Why a file system does not limit private areas, and by which command it would. */
public final class QuotaAdvice {
    private QuotaAdvice() {}

    /** One line about the file system that {@code area} lies on. */
    public static String of(Path area, ProjectAccounting accounting) throws IOException {
        MountEntry entry = MountTable.read().serving(area.toRealPath().toString());
        return entry == null ? "its file system has no project quota" : of(entry, accounting);
    }

    static String of(MountEntry entry, ProjectAccounting accounting) {
        String device = entry.source();
        String point = entry.mountPoint();
        String what = entry.type() + " on " + (device.isEmpty() ? point : device);
        @Nullable
        String command =
                switch (entry.type()) {
                    case "ext4" -> ext4(device, point, accounting);
                    case "xfs" -> xfs(device, point, accounting);
                    default -> null;
                };
        if (command == null) {
            return what + " has no project quota, as ext4 and xfs have";
        }
        String lack = accounting == ProjectAccounting.COUNTS
                ? " does not enforce its project quota"
                : " has no project quota";
        return what + lack + "; to enable it: " + command;
    }

    /** ext4 has quota as a feature of the file system, which only an unmounted one can be given. */
    private static String ext4(String device, String point, ProjectAccounting accounting) {
        if (accounting == ProjectAccounting.COUNTS) {
            return "quotaon -P " + point + " (and prjquota among its options in /etc/fstab)";
        }
        String feature = "tune2fs -O project,quota -Q prjquota " + device;
        return point.equals("/")
                ? feature + " from a rescue system, rootflags=prjquota among the kernel's parameters"
                : "umount " + point + " && " + feature + " && mount -o prjquota " + device + " " + point
                        + " (and prjquota in /etc/fstab)";
    }

    /** xfs reads its quota options at the first mount only. */
    private static String xfs(String device, String point, ProjectAccounting accounting) {
        if (accounting == ProjectAccounting.COUNTS) {
            return "xfs_quota -x -c 'enable -p' " + point + " (and prjquota among its options in /etc/fstab)";
        }
        return point.equals("/")
                ? "rootflags=prjquota among the kernel's parameters, and restart the host"
                : "umount " + point + " && mount -o prjquota " + device + " " + point + " (and prjquota in /etc/fstab)";
    }
}
