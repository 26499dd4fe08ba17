package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * What a new cgroup of a VE and the parent above need before processes can enter. Every step may run in several
 * processes at once and looks for what is missing: who made the parent may not have come to its own steps yet.
 */
final class CgroupSetup {
    /** Every cgroup costs kernel memory and each walk over the host's cgroups time; systemd with containers has a few hundred. */
    private static final String DESCENDANTS_MAX = "8192";

    private static final String DEPTH_MAX = "32";

    /** The files a delegatee must own on every kernel (cgroup-v2.rst, "Model of Delegation"). */
    private static final String DELEGATED = "cgroup.procs cgroup.threads cgroup.subtree_control";

    /** The kernel's own list, since 4.15. */
    private static final Path DELEGATED_LIST = Path.of("/sys/kernel/cgroup/delegate");

    private final Linux linux;
    private final InterfaceFiles files;
    private final Path mount;
    private final Path parent;
    private final Path dir;

    CgroupSetup(Linux linux, Path mount, Path parent, Path dir) {
        this.linux = linux;
        this.files = new KernelFiles(linux);
        this.mount = mount;
        this.parent = parent;
        this.dir = dir;
    }

    /** Makes every controller of the v2 mount available in the VE's cgroup. */
    void enableControllers() throws IOException {
        enableBelow(mount);
        enableBelow(parent);
    }

    /** Makes a cgroup below the VE's, with all controllers, for the VE's processes. */
    void makeInner(Path inner) throws IOException {
        linux.mkdirAt(Fd.CWD, inner.toString(), 0755);
        enableBelow(dir);
    }

    private void enableBelow(Path above) throws IOException {
        List<String> missing = words(read(above.resolve("cgroup.controllers")));
        Path control = above.resolve("cgroup.subtree_control");
        missing.removeAll(words(read(control)));
        if (missing.isEmpty()) {
            return;
        }
        try {
            files.write(control, "+" + String.join(" +", missing));
        } catch (IOException one) {
            for (String controller : missing) {
                try {
                    files.write(control, "+" + controller);
                } catch (IOException busy) {
                    // For example cpu while realtime processes run outside the root (cgroup-v2.rst, "CPU"): a limit
                    // that
                    // needs it is reported as not enforceable when it is planned.
                }
            }
        }
    }

    /** A VE that makes cgroups without end would slow down every walk over them, ours at its removal first of all. */
    void boundSize() throws IOException {
        files.write(dir.resolve("cgroup.max.descendants"), DESCENDANTS_MAX);
        files.write(dir.resolve("cgroup.max.depth"), DEPTH_MAX);
    }

    /** Lets the VE's root make cgroups below its own and move its processes among them, but not change its own limits. */
    void delegate(long owner) throws IOException {
        linux.chownAt(Fd.CWD, dir.toString(), owner, owner);
        @Nullable String list = files.read(DELEGATED_LIST);
        for (String file : words(list == null ? DELEGATED : list)) {
            try {
                linux.chownAt(Fd.CWD, dir.resolve(file).toString(), owner, owner);
            } catch (SyscallException e) {
                // The list also names files of controllers that are not on here.
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    /** A v1 cpuset starts without CPUs and memory nodes and takes no process until it has both (cpuset(7)). */
    void fillCpuset() throws IOException {
        for (String file : new String[] {"cpuset.cpus", "cpuset.mems"}) {
            fill(mount.resolve(file), parent.resolve(file));
            fill(parent.resolve(file), dir.resolve(file));
        }
    }

    private void fill(Path from, Path to) throws IOException {
        if (read(to).isEmpty()) {
            files.write(to, read(from));
        }
    }

    private String read(Path file) throws IOException {
        @Nullable String text = files.read(file);
        if (text == null) {
            throw new IOException("no file " + file);
        }
        return text;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ' ' || text.charAt(i) == '\n') {
                if (i > start) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }
}
