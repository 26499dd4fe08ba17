package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CpuList;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * The cgroups of one VE: {@code <mount>/<parent>/<CTID>} in every hierarchy of the host. On v2 the VE's root owns it
 * (cgroup-v2.rst, "Delegation"), so that an init such as systemd can make cgroups below; on v1 the VE cannot touch it.
 *
 * <p>Processes enter the v2 one by {@code CLONE_INTO_CGROUP} and each v1 one by writing {@code 0} to its {@code tasks}:
 * a thread that moves itself does not take the lock over all forks, which costs up to 12 ms for a foreign pid.
 *
 * <p>VEs that start and stop at the same moment share the parent, and nobody locks it: its maker need not be the first to
 * use it, and it goes with its last child. A VE's own cgroups are used by one operation at a time (the VE's lock).
 */
public final class VeCgroup {
    private static final int MKDIR_TRIES = 1000;
    private static final String INNER = "ve";

    private final HostCgroups host;
    private final String parent;
    private final String name;

    /**
     * The cgroups of the VE {@code name} below {@code parent} in every hierarchy; nothing is made.
     *
     * @param parent one path component, {@code vz} on a real host
     * @param name one path component, the CTID
     */
    public VeCgroup(HostCgroups host, String parent, String name) {
        this.host = host;
        this.parent = parent;
        this.name = name;
    }

    private Path parent(Hierarchy hierarchy) {
        return hierarchy.mount().resolve(parent);
    }

    private Path dir(Hierarchy hierarchy) {
        return parent(hierarchy).resolve(name);
    }

    /** The VE's path below the mount of a hierarchy: {@code vz/101}. */
    public String name() {
        return parent + "/" + name;
    }

    /** The VE's directory in the unified hierarchy, or null on a host without one. */
    public @Nullable Path unified() {
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (hierarchy.v2()) {
                return dir(hierarchy);
            }
        }
        return null;
    }

    /** The same as text, for those who read many files there; null on a host without one. */
    @Nullable
    String unifiedPath() {
        Path dir = unified();
        return dir == null ? null : dir.toString();
    }

    /**
     * Whether events of a controller count at the cgroup where they happen only, not at those above it too: the unified
     * hierarchy is mounted with {@code memory_localevents} or {@code pids_localevents} (cgroup-v2.rst, "Mounting").
     */
    boolean localEvents(Controller controller) {
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (hierarchy.v2()) {
                return hierarchy.options().contains(controller.v2Name() + "_localevents");
            }
        }
        return false;
    }

    /**
     * Where a privileged VE's processes live in the unified hierarchy, or null on a host without one: below the cgroup that
     * has its limits, for its root is the host's, and where cgroup2 is mounted without {@code nsdelegate} it could write
     * the files of its topmost cgroup. It sees none above.
     */
    public @Nullable Path inner() {
        @Nullable Path top = unified();
        return top == null ? null : top.resolve(INNER);
    }

    /**
     * Where the VE's files of a controller are: in the v1 hierarchy it is bound to, else in the unified one (whether it is
     * on there, its files tell), or null on a host that has it nowhere.
     */
    public @Nullable CgroupDir directory(Controller controller) {
        CgroupDir unified = null;
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (hierarchy.v2()) {
                unified = new CgroupDir(dir(hierarchy), true);
            } else if (hierarchy.controllers().contains(controller.v1Name())) {
                return new CgroupDir(dir(hierarchy), false);
            }
        }
        return unified;
    }

    /** The {@code tasks} files of the v1 hierarchies, to which a new process writes {@code 0} before it enters the VE. */
    public List<Path> v1TaskFiles() {
        List<Path> files = new ArrayList<>();
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (!hierarchy.v2()) {
                files.add(dir(hierarchy).resolve("tasks"));
            }
        }
        return files;
    }

    /** All directories of the VE, one a hierarchy. */
    public List<Path> directories() {
        List<Path> dirs = new ArrayList<>();
        for (Hierarchy hierarchy : host.hierarchies()) {
            dirs.add(dir(hierarchy));
        }
        return dirs;
    }

    /**
     * Makes the cgroups, empty and without limits, and gives the v2 one to {@code owner}. What an earlier run may have
     * left of them, with its limits, is replaced.
     *
     * @param owner the host uid and gid of the VE's root; 0 for a privileged VE, which gets {@link #inner} instead
     * @throws IOException naming the directory or file, also if processes are left in one of an earlier run; what was made
     *     stays for {@link #remove}
     */
    public void create(Linux linux, long owner) throws IOException {
        for (Hierarchy hierarchy : host.hierarchies()) {
            make(linux, hierarchy);
            // From here on the parent stays, for it has a child. All that is done to it waits until now.
            CgroupSetup setup = new CgroupSetup(linux, hierarchy.mount(), parent(hierarchy), dir(hierarchy));
            if (hierarchy.v2()) {
                setup.enableControllers();
                setup.boundSize();
                if (owner == 0) {
                    setup.makeInner(dir(hierarchy).resolve(INNER));
                } else {
                    setup.delegate(owner);
                }
            } else if (hierarchy.controllers().contains("cpuset")) {
                setup.fillCpuset();
            }
        }
    }

    private void make(Linux linux, Hierarchy hierarchy) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                mkdirIfAbsent(linux, parent(hierarchy));
                linux.mkdirAt(Fd.CWD, dir(hierarchy).toString(), 0755);
                return;
            } catch (SyscallException e) {
                if (tries == MKDIR_TRIES) {
                    throw e;
                }
                if (e.is(Errno.EEXIST)) {
                    removeLeftover(linux, dir(hierarchy));
                } else if (!CgroupTree.isGone(e)) {
                    throw e;
                }
                // Else another VE's removal took the empty parent between our two steps.
            }
        }
    }

    private static void mkdirIfAbsent(Linux linux, Path dir) throws SyscallException {
        try {
            linux.mkdirAt(Fd.CWD, dir.toString(), 0755);
        } catch (SyscallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private static void removeLeftover(Linux linux, Path dir) throws IOException {
        CgroupTree tree = new CgroupTree(linux, dir);
        try {
            tree.remove();
        } catch (SyscallException e) {
            if (e.is(Errno.EBUSY)) {
                throw new IOException("cgroup " + dir + " of an earlier run has processes: " + tree.pids(), e);
            }
            throw e;
        }
    }

    /**
     * The CPUs that the VE's processes may run on: the list of its cpuset, cpuset(7).
     *
     * @return null on a host that has no cpusets
     */
    public @Nullable BitSet cpus() throws IOException {
        CgroupDir dir = directory(Controller.CPUSET);
        Path file = dir == null ? null : dir.file(dir.v2() ? "cpuset.cpus.effective" : "cpuset.cpus");
        return file == null || !Files.exists(file)
                ? null
                : CpuList.parseKernel(Files.readString(file, StandardCharsets.US_ASCII));
    }

    /** Whether the use of CPU time is counted per CPU for the VE: v1 alone does. */
    public boolean countsEachCpu() {
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (!hierarchy.v2() && hierarchy.controllers().contains("cpuacct")) {
                return true;
            }
        }
        return false;
    }

    /** Whether any cgroup of the VE exists. */
    public boolean exists() {
        for (Path dir : directories()) {
            if (Files.isDirectory(dir)) {
                return true;
            }
        }
        return false;
    }

    /** The pids on the host of every process in the VE's cgroups and below, ascending; empty if there is none. */
    public Set<Integer> pids(Linux linux) throws IOException {
        Set<Integer> pids = new TreeSet<>();
        for (Path dir : directories()) {
            pids.addAll(new CgroupTree(linux, dir).pids());
        }
        return pids;
    }

    /**
     * The same as {@link #pids} from one hierarchy only, that of the pids controller: enough for counting. On v1 the VE has
     * no cgroups of its own there, so it is one file.
     */
    public Set<Integer> members(Linux linux) throws IOException {
        @Nullable CgroupDir dir = directory(Controller.PIDS);
        return dir == null ? Set.of() : new CgroupTree(linux, dir.path()).pids();
    }

    /**
     * Kills every process of the VE with SIGKILL, frozen ones too: {@code cgroup.kill} where the kernel has it (5.14),
     * and pid by pid in the v1 cgroups, whose members may differ after a failed start.
     */
    public void kill(Linux linux) throws IOException {
        new CgroupKill(linux, this).run();
    }

    /**
     * Kills what is left inside and removes the VE's cgroups and then the common parent if it is empty. Idempotent.
     *
     * @param seconds how long to wait for killed processes to leave
     * @throws IOException if a process does not die in that time (naming its cgroup), or a directory cannot be removed
     */
    public void remove(Linux linux, int seconds) throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (long pause = 1; ; pause = Math.min(2 * pause, 50)) {
            SyscallException busy = tryRemove(linux);
            if (busy == null) {
                break;
            }
            if (System.nanoTime() > end) {
                throw new IOException("processes do not leave cgroup " + name() + ": " + pids(linux), busy);
            }
            kill(linux);
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted =
                        new InterruptedIOException("interrupted while cgroup " + name() + " empties");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        for (Hierarchy hierarchy : host.hierarchies()) {
            try {
                linux.rmdirAt(Fd.CWD, parent(hierarchy).toString());
            } catch (SyscallException otherVes) {
                // Theirs is not empty, so it stays for them to remove.
                if (hierarchy.v2()) {
                    giveBackGuarantees(linux, parent(hierarchy));
                }
            }
        }
    }

    private static void giveBackGuarantees(Linux linux, Path parent) throws IOException {
        InterfaceFiles files = new KernelFiles(linux);
        for (String name : new String[] {"memory.low", "memory.min"}) {
            giveBackGuarantee(files, parent, name);
        }
    }

    private static void giveBackGuarantee(InterfaceFiles files, Path parent, String name) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                String held = files.read(parent.resolve(name));
                if (held != null && !held.equals("0")) {
                    new GuaranteeOfAll(files, parent).settle(name);
                }
                return;
            } catch (IOException e) {
                // The others may take the parent away meanwhile, and its guarantees with it: ENODEV if its file is open
                // then. One that is there now may be another.
                if (!files.exists(parent)) {
                    return;
                }
                if (tries == MKDIR_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Removes what is empty. Returns the EBUSY of a cgroup that is not, or null. */
    private @Nullable SyscallException tryRemove(Linux linux) throws SyscallException {
        SyscallException busy = null;
        for (Path dir : directories()) {
            try {
                new CgroupTree(linux, dir).remove();
            } catch (SyscallException e) {
                if (!e.is(Errno.EBUSY) && !e.is(Errno.ENOTEMPTY)) {
                    throw e;
                }
                busy = e;
            }
        }
        return busy;
    }
}
