package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.linux.spawn.Call;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.FdSource;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.rootfs.MountEntry;
import org.jvz.runtime.rootfs.MountTable;
import org.jvz.runtime.view.PlainView;
import org.jvz.runtime.view.ViewFile;
import org.jvz.runtime.view.ViewTrees;

/** The files over those of /proc and /sys in a running VE. */
final class ShownFiles {
    private ShownFiles() {}

    /**
     * Puts files in the place of those shown before, and takes those away for which there is none. What the VE's root has
     * mounted itself stays. Done with the rights of the VE's root, in whose mounts the names may lead anywhere.
     */
    static void attach(VeHost host, RunningVe ve, ViewTrees trees) throws IOException {
        MountTable mounts = mounts(ve);
        try (CallList list = new CallList(host.faults())) {
            EnumSet<CloneFlag> inside = EnumSet.of(CloneFlag.NEWNS);
            if (ve.shifted()) {
                inside.add(CloneFlag.NEWUSER);
            }
            list.setNamespace("enter namespaces", FdSource.of(ve.init()), "container " + ve.id(), inside);
            list.becomeUser("become root inside", 0, 0);
            for (ViewFile file : ViewFile.values()) {
                @Nullable MountEntry shown = mounts.topAt(file.path());
                if (shown != null && !isOurs(shown)) {
                    continue;
                }
                if (shown != null) {
                    list.unmount("hide " + file.path(), file.path(), Set.of(UmountFlag.DETACH, UmountFlag.NOFOLLOW))
                            .ignoring(Errno.EINVAL);
                }
                @Nullable Fd tree = trees.get(file);
                if (tree != null && file.exists()) {
                    Call show = list.attach("show " + file.path(), FdSource.of(tree), file.path());
                    if (file.isOptional()) {
                        show.ignoringErrors();
                    }
                }
            }
            try (Spawned done = new Spawner(host.linux()).run(list, Set.of(), null)) {
                done.waitExit();
            }
        }
    }

    /** The lxcfs whose files the VE sees, by its device number; empty if it sees none. */
    static String instance(RunningVe ve) throws IOException {
        @Nullable MountEntry uptime = mounts(ve).topAt(ViewFile.UPTIME.path());
        return uptime != null && uptime.type().equals("fuse.lxcfs") ? uptime.device() : "";
    }

    private static MountTable mounts(RunningVe ve) throws IOException {
        return MountTable.read(Path.of("/proc/" + ve.state().initPid() + "/mountinfo"));
    }

    private static boolean isOurs(MountEntry entry) {
        return entry.type().equals("fuse.lxcfs") || entry.source().equals(PlainView.SOURCE);
    }
}
