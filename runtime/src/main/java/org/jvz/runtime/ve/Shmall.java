package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.FdSource;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;

/**
 * Writes {@code kernel.shmall} of a VE's IPC namespace, through the host's own /proc. The file belongs to the host's root,
 * and in Linux 6.9 and later to the VE's root only (ipc_permissions() in the kernel's ipc/ipc_sysctl.c): so a thread tries
 * it as the host's root first, then a child as the VE's.
 */
final class Shmall extends Thread {
    /** What the kernel starts with, {@code SHMALL} of linux/shm.h: as good as no limit. */
    private static final String NONE = "18446744073692774399";

    static final Path FILE = Path.of("/proc/sys/kernel/shmall");

    private final Linux linux;
    private final Fd namespace;
    private final byte[] text;
    private @Nullable IOException failure;

    private Shmall(Linux linux, Fd namespace, byte[] text) {
        super("shmall in " + namespace);
        this.linux = linux;
        this.namespace = namespace;
        this.text = text;
    }

    /**
     * Sets the limit.
     *
     * @param init host pid of the VE's init
     * @param shifted whether the VE has a user namespace
     * @param pages of 4096 bytes; 0 for no limit
     */
    static void set(VeHost host, int init, boolean shifted, long pages) throws IOException {
        byte[] text = text(pages);
        try (Fd namespace = host.linux().open(Path.of("/proc/" + init + "/ns/ipc"))) {
            Shmall thread = new Shmall(host.linux(), namespace, text);
            thread.start();
            thread.join();
            IOException failure = thread.failure;
            if (failure instanceof AccessDeniedException && shifted) {
                asRootInside(host, init, text);
            } else if (failure != null) {
                throw new IOException("write to " + FILE + " in the container's IPC namespace", failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** What the file is to hold. */
    static byte[] text(long pages) {
        return (pages > 0 ? Long.toString(pages) : NONE).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void run() {
        try {
            linux.setNamespace(namespace, EnumSet.of(CloneFlag.NEWIPC));
            Files.write(FILE, text, StandardOpenOption.WRITE);
        } catch (IOException e) {
            failure = e;
        }
    }

    private static void asRootInside(VeHost host, int init, byte[] text) throws IOException {
        try (Fd pidfd = host.linux().openPidfd(init);
                CallList list = new CallList(host.faults())) {
            list.setNamespace(
                    "enter ipc namespace",
                    FdSource.of(pidfd),
                    "of process " + init,
                    EnumSet.of(CloneFlag.NEWUSER, CloneFlag.NEWIPC));
            list.becomeUser("become root inside for shmall", 0, 0);
            list.writeFile("set shmall", FdSource.CWD, FILE.toString(), text);
            try (Spawned done = new Spawner(host.linux()).run(list, Set.of(), null)) {
                done.waitExit();
            }
        }
    }
}
