package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.undo.Step;

/** Held for the short moments in which commands on different VEs look at and change what these share: settings, owners of addresses. */
final class NetLock {
    private final Linux linux;
    private final Path directory;

    NetLock(Linux linux, HostPaths paths) {
        this.linux = linux;
        this.directory = directory(paths);
    }

    /** The directory of what is shared and must survive its writer. */
    static Path directory(HostPaths paths) {
        return paths.stateDir().resolve("net");
    }

    /** Waits for the lock, does the work and releases the lock. The kernel releases it, too, if the process is killed. */
    <T> T held(Step<T> work) throws IOException {
        Files.createDirectories(directory);
        String file = directory.resolve("lock").toString();
        try (Fd lock = linux.openAt(Fd.CWD, file, Set.of(OpenFlag.RDWR, OpenFlag.CREAT), 0600)) {
            linux.lock(lock, true, true);
            return work.run();
        }
    }
}
