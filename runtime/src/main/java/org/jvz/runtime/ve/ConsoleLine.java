package org.jvz.runtime.ve;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.WinSize;

/** The way into a console of a running VE: the master of its terminal, shared with the VE's keeper. */
final class ConsoleLine implements AutoCloseable {
    private final Linux linux;
    private final Fd keeper;
    private final Fd master;

    private ConsoleLine(Linux linux, Fd keeper, Fd master) {
        this.linux = linux;
        this.keeper = keeper;
        this.master = master;
    }

    /** Opens it; null if the VE does not run, or runs without a keeper that has consoles. */
    static @Nullable ConsoleLine open(VeHost host, CtId id, int tty) throws IOException {
        @Nullable VeState state = VeState.read(host.paths().state(id));
        @Nullable ProcStat init = state == null || !state.initAlive() ? null : ProcStat.read(state.initPid());
        if (init == null || !Keeper.is(init.parent())) {
            return null;
        }
        Linux linux = host.linux();
        Fd keeper = null;
        try {
            keeper = linux.openPidfd(init.parent());
            // Only now it cannot have become another process.
            if (Keeper.is(init.parent())) {
                Fd master = linux.descriptorOf(keeper, Consoles.masterNumber(tty));
                ConsoleLine line = new ConsoleLine(linux, keeper, master);
                keeper = null;
                return line;
            }
        } catch (SyscallException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.EBADF)) {
                throw e;
            }
        } finally {
            if (keeper != null) {
                keeper.close();
            }
        }
        return null;
    }

    /** Readable at the end of the VE, or soon after. */
    Fd keeper() {
        return keeper;
    }

    Fd master() {
        return master;
    }

    /** Tells the console how large the window is; what draws there draws anew, even if that is what it was. */
    void resize(WinSize size) throws SyscallException {
        linux.setWinSize(master, new WinSize(size.rows() + 1, size.columns(), size.xPixels(), size.yPixels()));
        linux.setWinSize(master, size);
    }

    /** Takes the terminal away from all inside who have it, so that the VE's own getty has it again. */
    void hangUp() throws SyscallException {
        try (Fd terminal = linux.openPtyPeer(master)) {
            linux.hangUp(terminal);
        }
    }

    /** Hands over some of the bytes, none if the VE does not read; returns how many, or -1 if nobody ever will. */
    int write(byte[] bytes, int from) throws SyscallException {
        try {
            return linux.write(master, bytes, from, bytes.length - from);
        } catch (SyscallException e) {
            if (e.is(Errno.EAGAIN)) {
                return 0;
            }
            if (e.is(Errno.EIO)) {
                return -1;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        master.close();
        keeper.close();
    }
}
