package org.jvz.runtime.cgroup;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SyscallException;

/** Sends SIGKILL to every process in the cgroups of a VE, and to no other. */
final class CgroupKill {
    private final Linux linux;
    private final VeCgroup cgroup;

    CgroupKill(Linux linux, VeCgroup cgroup) {
        this.linux = linux;
        this.cgroup = cgroup;
    }

    void run() throws IOException {
        InterfaceFiles files = new KernelFiles(linux);
        @Nullable Path unified = cgroup.unified();
        if (unified != null) {
            writeIfThere(files, unified.resolve("cgroup.kill"), "1");
        }
        for (int pid : cgroup.pids(linux)) {
            kill(pid);
        }
        @Nullable CgroupDir freezer = cgroup.directory(Controller.FREEZER);
        if (freezer != null && !freezer.v2()) {
            // A task that the v1 freezer holds dies when it is let go.
            writeIfThere(files, freezer.file("freezer.state"), "THAWED");
        }
    }

    private static void writeIfThere(InterfaceFiles files, Path file, String value) throws IOException {
        if (Files.exists(file)) {
            try {
                files.write(file, value);
            } catch (KernelFiles.RefusedWriteException e) {
                if (!e.errno().equals(Errno.ENOENT) && !e.errno().equals(Errno.ENODEV)) {
                    throw e;
                }
            }
        }
    }

    private void kill(int pid) throws SyscallException {
        // The number may have come to mean another process since the list was read; the descriptor cannot.
        try (Fd process = linux.openPidfd(pid)) {
            if (isInside(pid)) {
                linux.signal(process, Signal.KILL);
            }
        } catch (SyscallException e) {
            // ESRCH: it is dead. EINVAL and ENOENT: it is about to be, its leader has gone (pidfd_open(2)).
            if (!e.is(Errno.ESRCH) && !e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private boolean isInside(int pid) {
        String own = "/" + cgroup.name();
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/cgroup")) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            return text.contains(own + "\n") || text.contains(own + "/");
        } catch (IOException gone) {
            return false;
        }
    }
}
