package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.FdSource;
import org.jvz.runtime.linux.spawn.KeeperProgram;
import org.jvz.runtime.rootfs.IdShift;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.undo.Transaction;

/**
 * The consoles of a VE that starts: pseudo-terminals of the host. Inside they are {@code /dev/console}, which is {@code /dev/tty1} as well, and
 * {@code /dev/tty2}; the VE's {@link Keeper} holds their masters and appends what comes out of them to a file each, for {@link ConsoleVe} to
 * show (ADR 36).
 */
final class Consoles implements AutoCloseable {
    /** How many a VE has. */
    static final int COUNT = 2;

    private static final Path PTMX = Path.of("/dev/ptmx");
    /** The group tty, by the number that it has everywhere. */
    private static final long TTY = 5;

    private static final String[][] NAMES = {{"/dev/console", "/dev/tty1"}, {"/dev/tty2"}};

    private final List<Fd> open = new ArrayList<>();
    /** For the keeper: an epoll instance, then each console's master and the file for what comes out of it. */
    private final List<Fd> descriptors = new ArrayList<>();
    /** Of each name inside, in the order of {@link #NAMES}, a detached mount of the terminal. */
    private final List<Fd> mounts = new ArrayList<>();

    /** None: the VE has no terminal of its own. */
    Consoles() {}

    /** Where what comes out of a VE's console is kept: {@code /run/jvz/console/ID.N}. */
    static Path output(HostPaths paths, CtId id, int tty) {
        return paths.runDir().resolve("console").resolve(id + "." + tty);
    }

    /** Removes what is kept of the consoles of a VE that is no more. */
    static void forget(HostPaths paths, CtId id) throws IOException {
        for (int tty = 1; tty <= COUNT; tty++) {
            Files.deleteIfExists(output(paths, id, tty));
        }
    }

    /** The number of a console's master among the descriptors of a keeper. */
    static int masterNumber(int tty) {
        return KeeperProgram.DESCRIPTORS + 1 + 2 * (tty - 1);
    }

    /** Opens the VE's consoles; a host without pseudo-terminals to spare is told, and the VE has none. */
    static Consoles open(VeSession session, Transaction transaction, IdShift shift) throws IOException {
        Consoles consoles = new Consoles();
        try {
            consoles.open(session.host(), session.id(), transaction, shift);
            return consoles;
        } catch (IOException | RuntimeException e) {
            consoles.close();
            if (e instanceof IOException failure && isShortage(failure)) {
                session.events().event(VeEvent.Kind.WARNING, "Container has no console: " + failure.getMessage());
                return new Consoles();
            }
            throw e;
        }
    }

    /** No devpts is mounted, or kernel.pty.max is reached (pty(7)). */
    private static boolean isShortage(IOException failure) {
        return failure instanceof SyscallException call
                && (call.is(Errno.ENOENT) || call.is(Errno.ENODEV) || call.is(Errno.ENOSPC) || call.is(Errno.EIO));
    }

    private void open(VeHost host, CtId id, Transaction transaction, IdShift shift) throws IOException {
        Linux linux = host.linux();
        List<Fd> masters = new ArrayList<>();
        for (int tty = 1; tty <= COUNT; tty++) {
            Fd master = own(linux.open(PTMX, OpenFlag.RDWR, OpenFlag.NOCTTY, OpenFlag.NONBLOCK));
            masters.add(master);
            linux.unlockPty(master);
            try (Fd terminal = linux.openPtyPeer(master)) {
                linux.chown(terminal, shift.uid(), shift.gid() + TTY);
                linux.chmod(terminal, 0620);
                for (int name = 0; name < NAMES[tty - 1].length; name++) {
                    mounts.add(own(linux.openTree(terminal, "", Set.of(OpenTreeFlag.CLONE, OpenTreeFlag.EMPTY_PATH))));
                }
            }
        }
        Fd epoll = own(linux.epoll());
        descriptors.add(epoll);
        for (int tty = 1; tty <= COUNT; tty++) {
            Fd master = masters.get(tty - 1);
            descriptors.add(master);
            descriptors.add(own(openOutput(linux, output(host.paths(), id, tty), transaction)));
            linux.watch(epoll, master, masterNumber(tty));
        }
    }

    private static Fd openOutput(Linux linux, Path file, Transaction transaction) throws IOException {
        boolean ours = !Files.exists(file);
        return transaction.step(
                "open console's output",
                file.toString(),
                ours ? RootfsUndo.unlink(file) : null,
                () -> openOutput(linux, file));
    }

    /** Opens the file, new if need be, to append to it. Only the host's root may read what a VE's users type and see. */
    private static Fd openOutput(Linux linux, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return linux.openAt(
                Fd.CWD,
                file.toString(),
                Set.of(OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.APPEND, OpenFlag.NOFOLLOW),
                0600);
    }

    private Fd own(Fd fd) {
        open.add(fd);
        return fd;
    }

    /** What the keeper is to find open. */
    List<Fd> descriptors() {
        return descriptors;
    }

    /** Adds records that put the terminals into the {@code /dev} of the VE, whose root is {@code /} by then. */
    void inside(CallList list) {
        int next = 0;
        for (String[] names : NAMES) {
            for (String name : names) {
                if (next == mounts.size()) {
                    return;
                }
                list.mknodAt("make " + name, FdSource.CWD, name, FileStat.S_IFREG | 0600, 0, 0)
                        .ignoring(Errno.EEXIST);
                list.attach("mount " + name, FdSource.of(mounts.get(next++)), name);
            }
        }
    }

    /** Has the keeper told of the end of what it keeps. */
    void watch(Linux linux, Fd init) throws IOException {
        if (!descriptors.isEmpty()) {
            linux.watch(descriptors.get(0), init, 0);
        }
    }

    @Override
    public void close() {
        open.forEach(Fd::close);
    }
}
