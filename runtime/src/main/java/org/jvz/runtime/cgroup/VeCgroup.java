package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;

/**
 * The cgroups of one VE: {@code <mount>/<parent>/<CTID>} in every hierarchy of the host. On v2 the VE's root owns it
 * (cgroup-v2.rst, "Delegation"), so that an init such as systemd can make cgroups below; on v1 the VE cannot touch it.
 *
 * <p>Processes enter the v2 one by {@code CLONE_INTO_CGROUP} and each v1 one by writing {@code 0} to its {@code tasks}:
 * a thread that moves itself does not take the lock over all forks, which costs up to 12 ms for a foreign pid.
 */
public final class VeCgroup {
    private static final int MKDIR_TRIES = 100;
    /** cgroup-v2.rst: the files of a delegated cgroup that its owner may write. */
    private static final List<String> DELEGATED = List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control");

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

    /** The VE's directory in the unified hierarchy, or null on a host without one. */
    public @Nullable Path unified() {
        for (Hierarchy hierarchy : host.hierarchies()) {
            if (hierarchy.v2()) {
                return dir(hierarchy);
            }
        }
        return null;
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
     * Makes the cgroups, empty, and gives the v2 one to {@code owner}.
     *
     * @param owner the host uid and gid of the VE's root
     * @throws IOException naming the directory or file; what was made stays for {@link #remove}
     */
    public void create(Linux linux, long owner) throws IOException {
        for (Hierarchy hierarchy : host.hierarchies()) {
            Path dir = dir(hierarchy);
            makeWithParent(hierarchy, dir);
            if (hierarchy.v2()) {
                linux.chownAt(Fd.CWD, dir.toString(), owner, owner);
                for (String file : DELEGATED) {
                    linux.chownAt(Fd.CWD, dir.resolve(file).toString(), owner, owner);
                }
            } else if (hierarchy.controllers().contains("cpuset")) {
                copyCpuset(parent(hierarchy), dir);
            }
        }
    }

    private void makeWithParent(Hierarchy hierarchy, Path dir) throws IOException {
        // Another VE's removal may take the empty parent away between our two steps.
        for (int tries = 0; ; tries++) {
            try {
                makeParent(hierarchy, parent(hierarchy));
                Files.createDirectory(dir);
                return;
            } catch (NoSuchFileException gone) {
                if (tries == MKDIR_TRIES) {
                    throw gone;
                }
            }
        }
    }

    private static void makeParent(Hierarchy hierarchy, Path parent) throws IOException {
        boolean made;
        try {
            Files.createDirectory(parent);
            made = true;
        } catch (FileAlreadyExistsException there) {
            made = false;
        }
        if (hierarchy.v2()) {
            if (made) {
                enableControllers(hierarchy.mount());
                enableControllers(parent);
            }
        } else if (hierarchy.controllers().contains("cpuset")
                && Files.readString(parent.resolve("cpuset.cpus")).isBlank()) {
            // Not only when we made it: its maker may not have come to this line yet.
            copyCpuset(hierarchy.mount(), parent);
        }
    }

    /** Makes every controller of a v2 cgroup available to its children; one that refuses (it is busy) is left out. */
    private static void enableControllers(Path dir) throws IOException {
        for (String controller : readWords(dir.resolve("cgroup.controllers"))) {
            try {
                write(dir.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException busy) {
                // For example cpu while realtime processes run outside the root (cgroup-v2.rst, "CPU"): the limits
                // that need it will be reported as not enforceable when they are applied.
            }
        }
    }

    /** A v1 cpuset starts without CPUs and memory nodes and takes no process until it has both (cpuset(7)). */
    private static void copyCpuset(Path from, Path to) throws IOException {
        for (String file : new String[] {"cpuset.cpus", "cpuset.mems"}) {
            write(to.resolve(file), Files.readString(from.resolve(file)).trim());
        }
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

    /** The host pids of every process in the VE's cgroups and below, without order; empty if there is none. */
    public List<Integer> pids() throws IOException {
        List<Integer> pids = new ArrayList<>();
        for (Path dir : directories()) {
            collect(dir, pids);
        }
        return pids;
    }

    private static void collect(Path dir, List<Integer> pids) throws IOException {
        try {
            for (String pid : readWords(dir.resolve("cgroup.procs"))) {
                Integer number = Integer.valueOf(pid);
                if (!pids.contains(number)) {
                    pids.add(number);
                }
            }
            for (Path child : children(dir)) {
                collect(child, pids);
            }
        } catch (NoSuchFileException gone) {
            // a cgroup that was removed while we looked has no process
        } catch (IOException e) {
            if (Files.exists(dir)) {
                throw e;
            }
        }
    }

    private static List<Path> children(Path dir) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    children.add(entry);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    /**
     * Kills every process of the VE with SIGKILL, frozen ones too: {@code cgroup.kill} where the kernel has it (5.14),
     * and pid by pid in the v1 cgroups, whose members may differ after a failed start.
     */
    public void kill(Linux linux) throws IOException {
        Path unified = unified();
        if (unified != null && Files.exists(unified.resolve("cgroup.kill"))) {
            write(unified.resolve("cgroup.kill"), "1");
        }
        for (int pid : pids()) {
            try {
                linux.kill(pid, Signal.KILL);
            } catch (SyscallException e) {
                if (!e.is(Errno.ESRCH)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Kills what is left inside and removes the VE's cgroups and then the common parent if it is empty. Idempotent.
     *
     * @param seconds how long to wait for killed processes to leave
     * @throws IOException if a process does not die in that time (naming its cgroup), or a directory stays busy
     */
    public void remove(Linux linux, int seconds) throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (long pause = 1; exists(); pause = Math.min(2 * pause, 50)) {
            IOException busy = tryRemove();
            if (busy == null) {
                break;
            }
            if (System.nanoTime() > end) {
                throw new IOException("processes do not leave cgroup " + parent + "/" + name + ": " + pids(), busy);
            }
            kill(linux);
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException(
                        "interrupted while cgroup " + parent + "/" + name + " empties");
            }
        }
        for (Hierarchy hierarchy : host.hierarchies()) {
            try {
                Files.deleteIfExists(parent(hierarchy));
            } catch (IOException otherVes) {
                // Theirs is not empty, so it stays for them to remove.
            }
        }
    }

    private @Nullable IOException tryRemove() {
        IOException busy = null;
        for (Path dir : directories()) {
            try {
                removeTree(dir);
            } catch (IOException e) {
                busy = e;
            }
        }
        return busy;
    }

    private static void removeTree(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return;
        }
        for (Path child : children(dir)) {
            removeTree(child);
        }
        Files.deleteIfExists(dir);
    }

    private static List<String> readWords(Path file) throws IOException {
        List<String> words = new ArrayList<>();
        String text = Files.readString(file);
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

    private static void write(Path file, String value) throws IOException {
        try {
            // Without CREATE: a missing file is a missing controller.
            Files.writeString(file, value, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("write '" + value + "' to " + file, e);
        }
    }
}
