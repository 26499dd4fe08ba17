package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.linux.spawn.Spawning;

/**
 * Makes user namespaces for id-mapped mounts: a child is cloned into a new one, waits while its maps are written and the
 * namespace is opened, and is killed. The descriptor keeps the namespace; no process ever runs in it.
 *
 * <p>It is not the namespace the VE runs in. Ids 0 to 65,535 on disk are the VE's range, and id 65,536 on disk is the
 * host's root: without a place on disk for its own id, the host could create nothing below a VE root (EOVERFLOW). Inside
 * the VE, whose namespace does not know that id, such files belong to nobody.
 */
public final class IdmapUserns implements UserNamespaces {
    /** For the parent's few writes; the child dies with the parent anyway. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Linux linux;
    private final Spawner spawner;
    private final Faults faults;

    public IdmapUserns(Linux linux) {
        this(linux, new Spawner(linux), Faults.NONE);
    }

    /** For tests: {@code faults} makes records of the child fail, a {@code linux} that fails the parent's calls. */
    IdmapUserns(Linux linux, Spawner spawner, Faults faults) {
        this.linux = linux;
        this.spawner = spawner;
        this.faults = faults;
    }

    @Override
    public Fd forShift(IdShift shift) throws IOException {
        if (!shift.shifts()) {
            throw new IllegalArgumentException("a privileged VE needs no id mapping");
        }
        try (CallList list = new CallList(faults)) {
            list.gate(LIMIT);
            // Never released: closing it kills and reaps the child, on success as on failure.
            try (Spawning child = spawner.start(list, Set.of(CloneFlag.NEWUSER), null)) {
                try {
                    Path proc = Path.of("/proc", Integer.toString(child.pid()));
                    writeMap(proc.resolve("uid_map"), shift.uid());
                    writeMap(proc.resolve("gid_map"), shift.gid());
                    return linux.open(proc.resolve("ns/user"));
                } catch (IOException e) {
                    SpawnException earlier = child.failure();
                    if (earlier != null) {
                        earlier.addSuppressed(e);
                        throw earlier;
                    }
                    throw e;
                }
            }
        }
    }

    private void writeMap(Path map, long base) throws IOException {
        try (Fd file = linux.open(map, OpenFlag.WRONLY)) {
            // The kernel takes a map in one write, once.
            linux.writeFully(file, mapText(base).getBytes(StandardCharsets.US_ASCII));
        }
    }

    static String mapText(long base) {
        return "0 " + base + " " + IdShift.COUNT + "\n" + IdShift.COUNT + " 0 1\n";
    }
}
