package org.jvz.runtime.view;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * A running lxcfs(1): a file system in user space whose files show each reader the size and the use of the cgroups of the
 * init of its PID namespace, so one mount serves all VEs, and changed limits show at once.
 *
 * <p>Whoever asks a file system in user space for something waits for its daemon, and one that is stopped or hangs would
 * never answer. So it is asked on a thread of its own, for a limited time; a start goes on meanwhile.
 */
public final class Lxcfs {
    /** Where lxcfs writes its pid, unless told otherwise. */
    private static final Path PID_FILE = Path.of("/run/lxcfs.pid");

    private static final String NOT_RUNNING = "is not running";

    private final Linux linux;
    private final Path dir;
    private final Path pidFile;

    /** @param dir where it is mounted, if it runs */
    public Lxcfs(Linux linux, Path dir) {
        this(linux, dir, PID_FILE);
    }

    Lxcfs(Linux linux, Path dir, Path pidFile) {
        this.linux = linux;
        this.dir = dir;
        this.pidFile = pidFile;
    }

    /** Where it is mounted. */
    public Path dir() {
        return dir;
    }

    /** Begins to ask for files; those it does not have are left out. */
    public Opening open(Set<ViewFile> files) {
        Opening opening = new Opening(files);
        Thread thread = new Thread(opening, "lxcfs");
        // The JVM does not wait for it at its end.
        thread.setDaemon(true);
        thread.start();
        return opening;
    }

    /**
     * What lxcfs answered.
     *
     * @param trees its files; none if it does not run
     * @param instance the device number of its mount, {@code 0:45}: another one after a restart; empty if it does not run
     * @param why why there are no files: {@code is not running}
     * @param averages whether it computes load averages of VEs; otherwise it shows the host's
     */
    public record Answer(ViewTrees trees, String instance, String why, boolean averages) {
        /** Whether there is nothing in the place of one that could be started. */
        public boolean mayBeStarted() {
            return why.equals(NOT_RUNNING);
        }

        /** Whether it runs. */
        public boolean runs() {
            return !instance.isEmpty();
        }
    }

    /** An answer on its way. */
    public final class Opening implements Runnable {
        private final Set<ViewFile> files;
        private @Nullable Answer answer;
        private boolean abandoned;

        private Opening(Set<ViewFile> files) {
            this.files = files;
        }

        @Override
        public void run() {
            Answer made = ask(files);
            synchronized (this) {
                if (abandoned) {
                    made.trees().close();
                } else {
                    answer = made;
                    notifyAll();
                }
            }
        }

        /**
         * Waits for the answer; its mounts are then the caller's to close. Ask once.
         *
         * @param millis how long; then the answer is that there is none
         */
        public synchronized Answer await(long millis) {
            long end = System.nanoTime() + millis * 1_000_000;
            boolean interrupted = false;
            for (long left; answer == null && (left = (end - System.nanoTime()) / 1_000_000) > 0; ) {
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    // Whoever interrupts ends the operation at its next step.
                    interrupted = true;
                    break;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Answer made = answer;
            answer = null;
            abandoned = true;
            return made == null ? none("does not answer") : made;
        }

        /** Lets go of an answer that nobody needs any more. */
        public void abandon() {
            await(0).trees().close();
        }
    }

    private Answer none(String why) {
        return new Answer(new ViewTrees(linux), "", why, false);
    }

    private Answer ask(Set<ViewFile> files) {
        ViewTrees trees = new ViewTrees(linux);
        try {
            FileStat root = linux.statFollowing(dir);
            if (!root.mountRoot()) {
                return none(NOT_RUNNING);
            }
            for (ViewFile file : files) {
                take(trees, file);
            }
            if (!trees.has(ViewFile.UPTIME)) {
                trees.close();
                return none("is not what is mounted at " + dir);
            }
            // What came before, the kernel may remember for half a second after the daemon's death.
            linux.open(Path.of(dir + ViewFile.UPTIME.path())).close();
            return new Answer(trees, root.devMajor() + ":" + root.devMinor(), "", averages());
        } catch (SyscallException e) {
            trees.close();
            // ENOTCONN: its daemon died, the mount is still there.
            return none(isGone(e) ? NOT_RUNNING : "fails: " + e.getMessage());
        }
    }

    private void take(ViewTrees trees, ViewFile file) throws SyscallException {
        try {
            trees.take(file, dir + file.path());
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** Whether a failure says that nothing serves the directory. */
    private static boolean isGone(SyscallException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENOTCONN);
    }

    /** Whether its command line asks for load averages; yes where it is not known. */
    private boolean averages() {
        try {
            String pid = Files.readString(pidFile, StandardCharsets.US_ASCII).strip();
            String words = Files.readString(Path.of("/proc", pid, "cmdline"), StandardCharsets.ISO_8859_1);
            return !words.contains("lxcfs\0")
                    || !words.contains("\0" + dir + "\0")
                    || words.contains("\0--enable-loadavg\0")
                    || words.contains("\0-l\0");
        } catch (IOException | IllegalArgumentException unknown) {
            return true;
        }
    }
}
