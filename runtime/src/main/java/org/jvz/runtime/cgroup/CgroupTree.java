package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * A cgroup and those below it, which its VE may have made: as many, as deep, and of such types as the VE likes. So the
 * tree is walked by descriptors, for a path can grow longer than the kernel takes.
 */
final class CgroupTree {
    /** A fork bomb's list of pids is long; more than this is no list the kernel could make. */
    private static final int LIST_MAX = 64 << 20;

    /** Interface files of numbers have a page at most (kernfs). */
    private static final int FILE_MAX = 1 << 16;

    private final Linux linux;
    private final Path dir;

    CgroupTree(Linux linux, Path dir) {
        this.linux = linux;
        this.dir = dir;
    }

    /** Whether a failure says that the cgroup is gone: its name (ENOENT), or only the rest of it (ENODEV). */
    static boolean isGone(SyscallException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
    }

    /**
     * Removes the cgroups from the leaves up; nothing to do if there are none.
     *
     * @throws SyscallException EBUSY while there are processes in one
     */
    void remove() throws SyscallException {
        Path parent = dir.getParent();
        Path name = dir.getFileName();
        if (parent == null || name == null) {
            throw new IllegalArgumentException("a cgroup has a parent: " + dir);
        }
        try (Fd above = linux.open(parent, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            remove(above, name.toString());
        } catch (SyscallException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
    }

    private void remove(Fd above, String name) throws SyscallException {
        if (removed(above, name)) {
            return;
        }
        try (Fd here = linux.openAt(above, name, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            for (DirEntry entry : linux.list(here)) {
                if (entry.isDirectory()) {
                    remove(here, entry.name());
                }
            }
        }
        linux.rmdirAt(above, name);
    }

    private boolean removed(Fd above, String name) throws SyscallException {
        try {
            linux.rmdirAt(above, name);
            return true;
        } catch (SyscallException e) {
            if (isGone(e)) {
                return true;
            }
            // A cgroup with cgroups below answers EBUSY or ENOTEMPTY, one with processes EBUSY.
            if (e.is(Errno.EBUSY) || e.is(Errno.ENOTEMPTY)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The processes in these cgroups, by pid in our pid namespace. One that is not visible there has no number and is
     * left out.
     */
    Set<Integer> pids() throws IOException {
        Set<Integer> pids = new TreeSet<>();
        try (Fd top = linux.open(dir, OpenFlag.DIRECTORY)) {
            collect(top, pids);
        } catch (SyscallException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
        return pids;
    }

    private void collect(Fd here, Set<Integer> pids) throws SyscallException {
        try (Fd list = linux.openAt(here, "cgroup.procs")) {
            addNumbers(linux.readFully(list, LIST_MAX), pids);
        } catch (SyscallException e) {
            // A threaded cgroup does not tell (EOPNOTSUPP): its processes are in the list of the domain above.
            if (!isGone(e) && !e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
        for (DirEntry entry : linux.list(here)) {
            if (entry.isDirectory()) {
                try (Fd below = linux.openAt(here, entry.name(), OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
                    collect(below, pids);
                } catch (SyscallException e) {
                    if (!isGone(e)) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * The sum of a number that each of these cgroups has in a file of lines {@code name 5}; a cgroup without the file, or
     * the line, adds nothing.
     */
    long sum(String file, String name) throws SyscallException {
        try (Fd top = linux.open(dir, OpenFlag.DIRECTORY)) {
            return sum(top, file, name);
        } catch (SyscallException e) {
            if (!isGone(e)) {
                throw e;
            }
            return 0;
        }
    }

    private long sum(Fd here, String file, String name) throws SyscallException {
        long sum = 0;
        try (Fd text = linux.openAt(here, file)) {
            sum = new StatFile(linux.readFully(text, FILE_MAX)).field(name);
        } catch (SyscallException e) {
            // The controller is off here, or the cgroup is going away.
            if (!isGone(e) && !e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
        for (DirEntry entry : linux.list(here)) {
            if (entry.isDirectory()) {
                try (Fd below = linux.openAt(here, entry.name(), OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
                    sum += sum(below, file, name);
                } catch (SyscallException e) {
                    if (!isGone(e)) {
                        throw e;
                    }
                }
            }
        }
        return sum;
    }

    private static void addNumbers(byte[] list, Set<Integer> pids) {
        int number = 0;
        for (byte c : list) {
            if (c >= '0' && c <= '9') {
                number = number * 10 + (c - '0');
            } else {
                // 0 stands for a process outside our pid namespace; to kill(2) it would mean our own group.
                if (number > 0) {
                    pids.add(number);
                }
                number = 0;
            }
        }
    }
}
