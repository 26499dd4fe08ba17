package org.jvz.runtime.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.linux.spawn.HostCommand;
import org.jvz.runtime.linux.spawn.OomScore;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;

/**
 * Starts lxcfs where it is installed and does not run: by systemd where that is the host's init, else as a daemon that has
 * nothing of its starter, neither session nor terminal nor cgroups.
 */
public final class LxcfsDaemon {
    private static final Path SYSTEMD = Path.of("/run/systemd/system");
    private static final Path FUSE = Path.of("/dev/fuse");
    private static final List<String> ENVIRONMENT =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    private static final long LIMIT_MILLIS = 10_000;
    private static final long PAUSE_MILLIS = 10;

    private final Linux linux;
    private final Path dir;
    private final Path program;
    private final Path pidFile;
    private final boolean systemd;

    /** @param dir where to mount it */
    public LxcfsDaemon(Linux linux, Path dir) {
        this(linux, dir, Path.of("/usr/bin/lxcfs"), Path.of("/run/lxcfs.pid"), Files.isDirectory(SYSTEMD));
    }

    LxcfsDaemon(Linux linux, Path dir, Path program, Path pidFile, boolean systemd) {
        this.linux = linux;
        this.dir = dir;
        this.program = program;
        this.pidFile = pidFile;
        this.systemd = systemd;
    }

    /** Whether this host has what it takes. */
    public boolean canStart() {
        return Files.isExecutable(program) && Files.exists(FUSE);
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param cgroups the top cgroup of each hierarchy, for the daemon to belong to
     * @throws IOException if it does not come up in ten seconds
     */
    public void start(List<Path> cgroups) throws IOException {
        if (systemd) {
            // Not waiting for the job: a start of its own may be what we are called from.
            run(List.of("/bin/systemctl", "--no-block", "start", "lxcfs.service"));
        } else {
            clearAway();
            Files.createDirectories(dir);
            daemon(cgroups);
        }
        long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
        while (!serves()) {
            if (System.nanoTime() > end) {
                throw new IOException("lxcfs did not come up at " + dir + " within " + LIMIT_MILLIS / 1000 + " s");
            }
            pause();
        }
    }

    /** Detaches the mount of one that died: a new one cannot take its place. */
    private void clearAway() throws SyscallException {
        try {
            linux.open(served()).close();
        } catch (SyscallException e) {
            if (isDead(e)) {
                linux.unmount(dir, UmountFlag.DETACH, UmountFlag.NOFOLLOW);
            } else if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** What is asked for a sign of life: opened, for attributes may be the kernel's memory of one that is dead. */
    private Path served() {
        return Path.of(dir + ViewFile.UPTIME.path());
    }

    private static boolean isDead(SyscallException e) {
        return e.is(Errno.ENOTCONN) || e.is(Errno.ECONNABORTED);
    }

    private void daemon(List<Path> cgroups) throws IOException {
        HostCommand command = new HostCommand(
                List.of(
                        program.toString(),
                        "--enable-loadavg",
                        "--enable-pidfd",
                        "--pidfile=" + pidFile,
                        dir.toString()),
                ENVIRONMENT,
                "/",
                null,
                null,
                null,
                true);
        // Left to run; this machine's init reaps it after us.
        try (Spawned daemon = new Spawner(linux).run(command)) {
            for (Path cgroup : cgroups) {
                Path members = cgroup.resolve("cgroup.procs");
                attempt(() -> Files.writeString(members, Integer.toString(daemon.pid()), StandardOpenOption.WRITE));
            }
            // As Debian's unit has it: all VEs would lose their view.
            attempt(() -> OomScore.ofChild(daemon.pid(), -1000));
        }
    }

    /** A daemon that stays where its starter is, or as easily killed, still serves. */
    private static void attempt(Operation operation) {
        try {
            operation.run();
        } catch (IOException ignored) {
            // Not allowed in a container, say.
        }
    }

    @FunctionalInterface
    private interface Operation {
        void run() throws IOException;
    }

    private void run(List<String> words) throws IOException {
        HostCommand command = new HostCommand(words, ENVIRONMENT, "/", null, null, null, false);
        try (Spawned spawned = new Spawner(linux).run(command)) {
            spawned.waitExit();
        }
    }

    private boolean serves() throws SyscallException {
        try {
            linux.open(served()).close();
            return true;
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || isDead(e)) {
                return false;
            }
            throw e;
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while lxcfs starts");
        }
    }
}
