package org.jvz.runtime.ve;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.linux.spawn.FdSource;

/** The system calls by which a child enters a running VE and executes a program there. */
final class ExecList {
    /** The record that makes the process; on v2 the kernel refuses it with EAGAIN if the VE has all processes it may have. */
    static final String CLONE = "clone inside";

    private ExecList() {}

    /**
     * A program to run in a VE.
     *
     * @param paths candidates for the program's file; the first that exists is taken
     * @param argv its arguments, its own name first
     * @param environment {@code NAME=VALUE} entries; all it gets
     * @param in standard input, null for none
     * @param out standard output, null to drop it
     * @param err standard error, null to drop it
     * @param terminal whether {@code in} is a terminal of the VE that is to control the program's session
     */
    record Program(
            List<String> paths,
            List<String> argv,
            List<String> environment,
            @Nullable Fd in,
            @Nullable Fd out,
            @Nullable Fd err,
            boolean terminal) {}

    /** All namespaces of a VE. */
    static Set<CloneFlag> namespaces(boolean shifted) {
        EnumSet<CloneFlag> kinds = EnumSet.of(
                CloneFlag.NEWNS,
                CloneFlag.NEWPID,
                CloneFlag.NEWUTS,
                CloneFlag.NEWIPC,
                CloneFlag.NEWNET,
                CloneFlag.NEWCGROUP);
        if (shifted) {
            kinds.add(CloneFlag.NEWUSER);
        }
        return kinds;
    }

    /**
     * The list that runs {@code program} in the VE whose init {@code init} is a pidfd of.
     *
     * @param limits what the VE's processes have, whatever the caller has
     * @param tasks the {@code tasks} files of the v1 cgroups to run in
     * @param unified the v2 cgroup to run in, null for the caller's
     * @param moved whether the child moves itself to {@code unified} instead of being cloned into it
     */
    static CallList of(
            RunningVe ve,
            Fd init,
            Rlimits limits,
            List<Path> tasks,
            @Nullable Fd unified,
            boolean moved,
            byte[] filter,
            Program program,
            Faults faults) {
        CallList list = new CallList(faults);
        Set<CloneFlag> inside = EnumSet.copyOf(namespaces(ve.shifted()));
        inside.remove(CloneFlag.NEWPID);
        String object = "container " + ve.id();
        // The new child alone enters the VE's cgroups: the OOM killer passes over it while it has our memory, but not
        // over
        // the one that clones it; see CallList.nested.
        list.setNamespace("enter pid namespace", FdSource.of(init), object, Set.of(CloneFlag.NEWPID));
        list.nested(CLONE, Set.of(), moved ? null : unified);
        // Then the cgroups, so that the VE's limits hold before its processes can do anything to ours.
        StartList.enterCgroups(list, tasks);
        if (moved && unified != null) {
            list.writeFile("enter cgroup unified", FdSource.of(unified), "cgroup.procs", new byte[] {'0'});
        }
        inheritNothing(list, limits);
        list.setNamespace("enter namespaces", FdSource.of(init), object, inside);
        list.newSession();
        list.changeDirectory("enter root", "/");
        list.becomeUser("become root inside", 0, 0);
        list.newSessionKeyring();
        list.umask("set umask", 022);
        StartList.restrict(list, ve.capabilities(), filter);
        execute(list, "execute", program);
        return list;
    }

    /** Gives the child what the VE's init has, in the place of what our caller has; here it may still raise limits. */
    private static void inheritNothing(CallList list, Rlimits limits) {
        for (Map.Entry<ResourceLimit, ResourceLimit.Pair> limit : limits.pairs().entrySet()) {
            // As at the start: who may not raise limits passes its own on.
            list.limit(limit.getKey(), limit.getValue().soft(), limit.getValue().hard())
                    .ignoring(Errno.EPERM);
        }
        // A child of vfork has a value of its own: __set_oom_adj() in the kernel's fs/proc/base.c.
        list.writeFile("reset oom_score_adj", FdSource.CWD, "/proc/self/oom_score_adj", new byte[] {'0'});
    }

    /** The end of a list: the program's streams and the program. */
    static void execute(CallList list, String name, Program program) {
        list.stdio(source(program.in()), source(program.out()), source(program.err()));
        if (program.terminal()) {
            list.controllingTerminal(FdSource.of(Fd.STDIN));
        }
        list.execFirst(name, program.paths(), program.argv(), program.environment());
    }

    private static @Nullable FdSource source(@Nullable Fd fd) {
        return fd == null ? null : FdSource.of(fd);
    }
}
