package org.jvz.runtime.linux.spawn;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Flag;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Native;

/** Starts processes by lists of system calls; see the package's documentation. Thread-safe. */
public final class Spawner {
    /** Name of the step before a list's first record, for messages and fault injection. */
    static final String CLONE = "clone";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Linux linux;
    private final Duration limit;

    public Spawner(Linux linux) {
        this(linux, LIMIT);
    }

    /** @param limit how long a child may take to its execve once it is past the gate; then it is killed */
    public Spawner(Linux linux, Duration limit) {
        this.linux = linux;
        this.limit = limit;
    }

    /**
     * Clones a child that makes the calls of {@code list}. From here on the list belongs to the result, which frees it.
     *
     * <p>The calling thread has to live until {@link Spawning#await} has returned if the list has a gate.
     *
     * @param namespaces the child's new namespaces
     * @param cgroup a directory of the v2 hierarchy to start in; null for the parent's
     * @throws SpawnException if there is no child
     */
    public Spawning start(CallList list, Set<CloneFlag> namespaces, @Nullable Fd cgroup) throws IOException {
        // Until it executes its program the child has our memory. Others in its namespaces must not read it there: only
        // someone with
        // CAP_SYS_PTRACE in the host's user namespace may look into a process that is not dumpable.
        linux.setDumpable(false);
        long control = list.seal(namespaces, cgroup);
        Errno fault = list.faults().of(CLONE);
        long pid = fault == null ? Stub.run(control) : -fault.number();
        if (pid < 0) {
            list.free();
            throw new SpawnException(CLONE, Flag.text(namespaces), new Errno((int) -pid));
        }
        Fd pidfd = Native.owned(list.first().pidfdNumber(), "process " + pid);
        Spawning spawning = new Spawning(linux, list, (int) pid, pidfd, limit);
        return list.keeping() == null ? spawning : spawning.ofKeeper();
    }

    /** Starts a list that has no gate and waits for its execve. */
    public Spawned run(CallList list, Set<CloneFlag> namespaces, @Nullable Fd cgroup) throws IOException {
        try (Spawning spawning = start(list, namespaces, cgroup)) {
            return spawning.await();
        }
    }

    /** Starts a program on the host. */
    public Spawned run(HostCommand command) throws IOException {
        try (CallList list = new CallList()) {
            command.addTo(list);
            return run(list, Set.of(), null);
        }
    }
}
