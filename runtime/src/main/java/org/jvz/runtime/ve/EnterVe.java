package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.WaitStatus;
import org.jvz.runtime.linux.spawn.Call;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.FdSource;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;

/** Gives the caller a login shell in a VE, on a pseudo-terminal of the VE's own. */
public final class EnterVe {
    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;
    private static final String PTMX = "/dev/pts/ptmx";

    private final VeHost host;
    private final WindowChanges windows;

    /** Where the caller learns that its window has another size. */
    @FunctionalInterface
    public interface WindowChanges {
        /**
         * Has a byte written to {@code into} at every change, until the process ends.
         *
         * @param into write end of a pipe that does not block
         */
        void report(Fd into);
    }

    /** Enters VEs of this host. */
    public EnterVe(VeHost host, WindowChanges windows) {
        this.host = host;
        this.windows = windows;
    }

    /**
     * Relays until the shell ends.
     *
     * @param command words typed into the shell first; may be empty
     * @param term the type of the caller's terminal
     * @return how the shell ended
     */
    public WaitStatus run(CtId id, List<String> command, String term, VeEvents events) throws IOException {
        Linux linux = host.linux();
        try (RunningVe ve = new ExecVe(host, pidfd -> {}).open(id);
                Fd master = openMaster(ve);
                PipeEnds resized = linux.pipe();
                Spawned shell = spawn(ve, master, term)) {
            windows.report(resized.write());
            events.event(VeEvent.Kind.ENTERED, id.toString());
            try {
                new TerminalRelay(linux, Fd.STDIN, Fd.STDOUT, master, shell.pidfd(), resized.read())
                        .run(typed(command));
            } finally {
                events.event(VeEvent.Kind.EXITED, id.toString());
            }
            return shell.waitExit();
        }
    }

    private static byte[] typed(List<String> command) {
        return command.isEmpty() ? new byte[0] : (String.join(" ", command) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private Spawned spawn(RunningVe ve, Fd master, String term) throws IOException {
        Linux linux = host.linux();
        linux.unlockPty(master);
        try (Fd slave = linux.openPtyPeer(master)) {
            try {
                return ve.exec(shell("/bin/bash", "-bash", slave, term));
            } catch (SpawnException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
                return ve.exec(shell("/bin/sh", "-sh", slave, term));
            }
        }
    }

    private static ExecList.Program shell(String path, String name, Fd slave, String term) {
        return new ExecList.Program(
                List.of(path), List.of(name), GuestEnvironment.login(term), slave, slave, slave, true);
    }

    /**
     * Opens a new pseudo-terminal in the VE's own devpts, as the VE's root, so that its name means something inside and its
     * owner is somebody there. The child shares our descriptors and ends at once.
     */
    private Fd openMaster(RunningVe ve) throws IOException {
        Linux linux = host.linux();
        CallList list = new CallList(host.faults());
        list.setNamespace(
                "enter namespaces",
                FdSource.of(ve.init()),
                "container " + ve.id(),
                ve.shifted() ? Set.of(CloneFlag.NEWUSER, CloneFlag.NEWNS) : Set.of(CloneFlag.NEWNS));
        list.becomeUser("become root inside", 0, 0);
        Call open = list.openAt(
                "open terminal",
                FdSource.CWD,
                PTMX,
                Set.of(OpenFlag.RDWR, OpenFlag.NOCTTY, OpenFlag.NONBLOCK, OpenFlag.NOFOLLOW),
                0);
        list.shareDescriptors();
        int number;
        try (Spawned opener = new Spawner(linux).run(list, Set.of(), null)) {
            opener.waitExit();
            number = (int) open.value();
        }
        Fd master = linux.adopt(number, PTMX + " of container " + ve.id());
        FileStat stat = linux.stat(master);
        // The VE decides what lies at that path; only the real thing may get our bytes.
        if (!stat.isDevice() || stat.rdevMajor() != PTMX_MAJOR || stat.rdevMinor() != PTMX_MINOR) {
            master.close();
            throw new VeException(
                    VzError.SYSTEM,
                    "Unable to enter container " + ve.id() + ": " + PTMX + " inside is no terminal device");
        }
        return master;
    }
}
