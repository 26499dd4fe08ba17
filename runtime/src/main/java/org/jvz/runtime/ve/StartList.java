package org.jvz.runtime.ve;

import static org.jvz.runtime.linux.MountFlag.BIND;
import static org.jvz.runtime.linux.MountFlag.NODEV;
import static org.jvz.runtime.linux.MountFlag.NOEXEC;
import static org.jvz.runtime.linux.MountFlag.NOSUID;
import static org.jvz.runtime.linux.MountFlag.PRIVATE;
import static org.jvz.runtime.linux.MountFlag.RDONLY;
import static org.jvz.runtime.linux.MountFlag.REC;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.linux.spawn.FdSource;

/**
 * The system calls by which a cloned child becomes a VE's init: into the cgroups, past the gate at which the parent maps
 * its ids, on to the VE's root, and only then anything that depends on what the VE's files are. Its names are what error
 * messages show and tests make fail.
 */
final class StartList {
    /** How long the parent may take for its part, seconds. */
    private static final int GATE_SECONDS = 60;

    /** {@code .../memory/vz/101/tasks}: the hierarchy's name is the fourth from the end. */
    private static final int TASKS_DEPTH = 4;

    /** How the names of records begin that take capabilities away; ProcessRecords makes them. */
    static final String DROP_CAPABILITY = "drop capability ";

    /** As systemd mounts it: a fifth of the RAM at the most. */
    private static final String RUN_OPTIONS = "mode=755,size=20%,nr_inodes=800k";

    private static final Set<MountFlag> GUARDED = Set.of(NOSUID, NODEV, NOEXEC);
    private static final Set<MountFlag> GUARDED_READ_ONLY = Set.of(NOSUID, NODEV, NOEXEC, RDONLY);

    private final CallList list;
    private final StartSpec spec;
    private final Starting start;
    private final List<VePart> parts;
    private final byte[] filter;

    private StartList(CallList list, StartSpec spec, Starting start, List<VePart> parts, byte[] filter) {
        this.list = list;
        this.spec = spec;
        this.start = start;
        this.parts = parts;
        this.filter = filter;
    }

    /**
     * What a start needs to know.
     *
     * @param tasks the {@code tasks} files of the VE's v1 cgroups
     * @param root where the VE's root is mounted on the host
     * @param unified whether the host has a cgroup2 mount, for the VE to have one
     * @param sysfs whether it is to have /sys
     * @param capabilities the most its processes may have
     * @param hostname the name the VE starts with
     * @param shmBytes size of {@code /dev/shm}, 0 for the kernel's default (half the RAM)
     * @param ptys number of pseudo-terminals, 0 for the kernel's default
     * @param program what to execute as the VE's first process
     */
    record StartSpec(
            List<Path> tasks,
            Path root,
            boolean unified,
            boolean sysfs,
            Set<Capability> capabilities,
            String hostname,
            long shmBytes,
            long ptys,
            ExecList.Program program) {}

    /** The namespaces a VE gets with its init; the cgroup namespace follows once init is in its cgroups. */
    static Set<CloneFlag> namespaces(boolean shifted) {
        return shifted
                ? Set.of(
                        CloneFlag.NEWUSER,
                        CloneFlag.NEWNS,
                        CloneFlag.NEWPID,
                        CloneFlag.NEWUTS,
                        CloneFlag.NEWIPC,
                        CloneFlag.NEWNET)
                : Set.of(CloneFlag.NEWNS, CloneFlag.NEWPID, CloneFlag.NEWUTS, CloneFlag.NEWIPC, CloneFlag.NEWNET);
    }

    /** The list, ready to be spawned, with the records of the VE's parts and a compiled system-call filter for everything in it. */
    static CallList of(
            StartSpec spec, Starting start, List<VePart> parts, byte[] filter, @Nullable Keeper keeper, Faults faults)
            throws IOException {
        CallList list = new CallList(faults);
        try {
            if (keeper != null) {
                list.keptBy(keeper.program(), namespaces(start.shift().shifts()));
            }
            new StartList(list, spec, start, parts, filter).build(keeper);
            return list;
        } catch (IOException | RuntimeException e) {
            list.close();
            throw e;
        }
    }

    private void build(@Nullable Keeper keeper) throws IOException {
        enterCgroups(list, spec.tasks());
        list.gate(Duration.ofSeconds(GATE_SECONDS));
        list.unshare("unshare cgroup namespace", Set.of(CloneFlag.NEWCGROUP));
        list.newSession();
        list.newSessionKeyring();
        changeRoot();
        // From here on every path is resolved inside the VE: whatever its links say, they cannot name a file of the
        // host.
        mountKernelFilesystems();
        makeDevices();
        if (keeper != null) {
            keeper.consoles().inside(list);
        }
        for (VePart part : parts) {
            part.inside(start, list);
        }
        maskHostFiles();
        // Held until now: the kernel gives a new /proc or /sys only to who can see a whole one already.
        list.unmount("leave old root", ".", Set.of(UmountFlag.DETACH));
        list.changeDirectory("enter new root", "/");
        list.hostname(spec.hostname());
        list.loopbackUp();
        list.umask("set umask", 022);
        restrict(list, spec.capabilities(), filter);
        ExecList.execute(list, "execute init", spec.program());
    }

    /** Moves the child itself into the v1 cgroups; the v2 one it was cloned into. */
    static void enterCgroups(CallList list, List<Path> tasks) {
        for (Path file : tasks) {
            String hierarchy = file.getName(file.getNameCount() - TASKS_DEPTH).toString();
            list.writeFile("enter cgroup " + hierarchy, FdSource.CWD, file.toString(), new byte[] {'0'});
        }
    }

    /** Gives up for good what no process of a VE may have. */
    static void restrict(CallList list, Set<Capability> kept, byte[] filter) {
        for (Capability capability : VeGuards.dropped(kept)) {
            list.dropBounding(capability);
        }
        list.seccomp(filter);
    }

    private void changeRoot() throws IOException {
        String root = spec.root().toString();
        // Nothing the VE mounts may reach the host.
        list.mount("make mounts private", null, "/", null, Set.of(REC, PRIVATE), null);
        for (VePart part : parts) {
            part.take(start, list);
        }
        // The mount itself is locked in a mount namespace of less rights; a bind of it is ours.
        list.mount("bind root", root, root, null, Set.of(BIND, REC), null);
        list.changeDirectory("enter root", root);
        list.becomeUser("become root inside", 0, 0);
        list.umask("clear umask", 0);
        list.pivotRoot("pivot_root", ".", ".");
    }

    private void mountKernelFilesystems() {
        list.mount("mount proc", "proc", "/proc", "proc", GUARDED, null);
        if (spec.sysfs()) {
            list.mount("mount sysfs", "sysfs", "/sys", "sysfs", GUARDED_READ_ONLY, null);
        } else {
            // Without one to see already, the kernel lets nobody in the VE mount it.
            list.mount("mount empty sys", "tmpfs", "/sys", "tmpfs", GUARDED, "mode=755,size=4k,nr_inodes=4");
            list.mkdir("make /sys/fs", "/sys/fs", 0755);
            list.mkdir("make /sys/fs/cgroup", "/sys/fs/cgroup", 0755);
        }
        if (spec.unified()) {
            list.mount("mount cgroup2", "cgroup2", "/sys/fs/cgroup", "cgroup2", GUARDED, null);
        }
        list.attach("mount dev", FdSource.of(start.dev()), "/dev");
        // Empty at every start, whatever the distribution mounts itself: what lies there tells of running processes.
        list.mount("mount run", "tmpfs", "/run", "tmpfs", Set.of(NOSUID, NODEV), RUN_OPTIONS)
                .ignoring(Errno.ENOENT);
    }

    private void makeDevices() {
        list.mkdir("make pts", "/dev/pts", 0755);
        list.mount("mount devpts", "devpts", "/dev/pts", "devpts", Set.of(NOSUID, NOEXEC), ptyOptions(spec.ptys()));
        list.mkdir("make shm", "/dev/shm", 01777);
        list.mount("mount shm", "tmpfs", "/dev/shm", "tmpfs", Set.of(NOSUID, NODEV), shmOptions(spec.shmBytes()));
        list.mkdir("make mqueue", "/dev/mqueue", 0755);
        list.mount("mount mqueue", "mqueue", "/dev/mqueue", "mqueue", GUARDED, null);
        list.symlinkAt("link ptmx", "pts/ptmx", FdSource.CWD, "/dev/ptmx");
        list.symlinkAt("link fd", "/proc/self/fd", FdSource.CWD, "/dev/fd");
        list.symlinkAt("link stdin", "/proc/self/fd/0", FdSource.CWD, "/dev/stdin");
        list.symlinkAt("link stdout", "/proc/self/fd/1", FdSource.CWD, "/dev/stdout");
        list.symlinkAt("link stderr", "/proc/self/fd/2", FdSource.CWD, "/dev/stderr");
    }

    /** Options of a devpts with at most so many terminals, 0 for the kernel's default. */
    static String ptyOptions(long ptys) {
        return "newinstance,ptmxmode=0666,mode=620,gid=5" + (ptys > 0 ? ",max=" + ptys : "");
    }

    /** Options of a tmpfs for shared memory of that size in bytes, 0 for the kernel's default of half the RAM. */
    static String shmOptions(long bytes) {
        return "mode=1777,size=" + (bytes > 0 ? Long.toString(bytes) : "50%");
    }

    private void maskHostFiles() {
        for (String file : VeGuards.MASKED_FILES) {
            list.mount("mask " + file, "/dev/null", file, null, Set.of(BIND), null)
                    .ignoring(Errno.ENOENT);
        }
        for (String directory : VeGuards.MASKED_DIRECTORIES) {
            list.mount(
                            "mask " + directory,
                            "tmpfs",
                            directory,
                            "tmpfs",
                            GUARDED_READ_ONLY,
                            "mode=555,size=4k,nr_inodes=2")
                    .ignoring(Errno.ENOENT);
        }
    }
}
