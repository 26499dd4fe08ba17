package org.jvz.runtime.linux;

import org.jspecify.annotations.Nullable;

/** System calls on terminals, ioctl_tty(2). */
public interface TerminalCalls {

    /** The terminal's settings; null if {@code fd} is no terminal. */
    @Nullable
    Termios termiosOrNull(Fd fd) throws SyscallException;

    default boolean isTerminal(Fd fd) throws SyscallException {
        return termiosOrNull(fd) != null;
    }

    /** Changes the settings after pending output is written (TCSETSW); with {@code flush}, unread input is dropped, too (TCSETSF). */
    void setTermios(Fd fd, Termios settings, boolean flush) throws SyscallException;

    WinSize winSize(Fd fd) throws SyscallException;

    void setWinSize(Fd fd, WinSize size) throws SyscallException;

    /** Unlocks the peer of a pty master (TIOCSPTLCK), as needed before opening it. */
    void unlockPty(Fd master) throws SyscallException;

    /** The number of the master's peer in its devpts: N of {@code /dev/pts/N}. */
    int ptyNumber(Fd master) throws SyscallException;

    /** Opens the peer of a pty master whatever path names it (TIOCGPTPEER), without making it our controlling terminal. */
    Fd openPtyPeer(Fd master) throws SyscallException;

    /** Takes the terminal away from all who have it open, and hangs up its session (TIOCVHANGUP); needs CAP_SYS_ADMIN. */
    void hangUp(Fd terminal) throws SyscallException;
}
