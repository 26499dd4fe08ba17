package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;

/** User namespaces of unshare(1), for tests that are not about how jvz makes its own. */
final class UnshareUserns implements UserNamespaces {
    private final Linux linux;

    UnshareUserns(Linux linux) {
        this.linux = linux;
    }

    @Override
    public Fd forShift(IdShift shift) throws IOException {
        Process process = new ProcessBuilder("unshare", "--user", "sh", "-c", "echo; exec sleep 60").start();
        try {
            if (process.getInputStream().read() != '\n') {
                throw new IOException("unshare failed");
            }
            Path proc = Path.of("/proc/" + process.pid());
            Files.writeString(proc.resolve("uid_map"), "0 " + shift.uid() + " 65536\n65536 0 1\n");
            Files.writeString(proc.resolve("gid_map"), "0 " + shift.gid() + " 65536\n65536 0 1\n");
            return linux.open(proc.resolve("ns/user"), OpenFlag.NOCTTY);
        } finally {
            process.destroyForcibly();
        }
    }
}
