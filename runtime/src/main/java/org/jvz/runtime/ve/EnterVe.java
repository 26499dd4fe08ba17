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
import org.jvz.runtime.linux.Signal;
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
    /** Notice that the caller's window has another size. */
    public static final byte WINDOW_CHANGED = 1;

    /** Notice that the caller is to go: its terminal is restored and the shell is hung up. */
    public static final byte LEAVE = 2;

    private static final int HANG_UP_MILLIS = 2_000;

    private final Notices notices;

    /** Where the caller learns what happens to it outside of its terminal's bytes. */
    @FunctionalInterface
    public interface Notices {
        /**
         * Has {@link #WINDOW_CHANGED} and {@link #LEAVE} written to {@code into} as they come, until the process ends.
         *
         * @param into write end of a pipe
         */
        void report(Fd into);
    }

    /** Enters VEs of this host. */
    public EnterVe(VeHost host, Notices notices) {
        this.host = host;
        this.notices = notices;
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
                PipeEnds told = linux.pipe();
                Spawned shell = spawn(ve, master, term)) {
            notices.report(told.write());
            events.event(VeEvent.Kind.ENTERED, id.toString());
            try {
                new TerminalRelay(linux, Fd.STDIN, Fd.STDOUT, master, shell.pidfd(), told.read()).run(typed(command));
            } finally {
                events.event(VeEvent.Kind.EXITED, id.toString());
            }
            hangUp(linux, shell);
            return shell.waitExit();
        }
    }

    /** Ends a shell that the caller leaves before its end, as closing a window would. */
    private static void hangUp(Linux linux, Spawned shell) throws IOException {
        if (!linux.awaitEnd(shell.pidfd(), 0)) {
            linux.signal(shell.pidfd(), Signal.HUP.number());
            if (!linux.awaitEnd(shell.pidfd(), HANG_UP_MILLIS)) {
                linux.signal(shell.pidfd(), Signal.KILL.number());
            }
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
