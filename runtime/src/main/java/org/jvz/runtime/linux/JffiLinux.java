package org.jvz.runtime.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The running kernel, through jffi and libc's syscall(2). Making one costs nothing; the first call loads jffi's native library. All
 * instances are alike.
 */
public final class JffiLinux extends JffiSockets {
    private static final long TCGETS = 0x5401;
    private static final long TCSETSW = 0x5403;
    private static final long TCSETSF = 0x5404;
    private static final long TIOCGWINSZ = 0x5413;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCVHANGUP = 0x5437;
    private static final long TIOCGPTPEER = 0x5441;

    @Override
    public @Nullable Termios termiosOrNull(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long struct = memory.zeroed(Termios.SIZE);
            long result = Native.call(SystemCall.IOCTL, fd.number(), TCGETS, struct);
            // Pipes and files say ENOTTY; some devices and a hung-up terminal say EINVAL or EIO.
            if (failed(result, Errno.ENOTTY) || failed(result, Errno.EINVAL) || failed(result, Errno.EIO)) {
                return null;
            }
            check(result, "ioctl", fd, "TCGETS");
            byte[] bytes = new byte[Termios.SIZE];
            OffHeap.get(struct, bytes, 0, bytes.length);
            return new Termios(bytes);
        }
    }

    @Override
    public void setTermios(Fd fd, Termios settings, boolean flush) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result;
            do {
                // Waits until output is drained.
                result = Native.call(
                        SystemCall.IOCTL, fd.number(), flush ? TCSETSF : TCSETSW, memory.bytes(settings.struct()));
            } while (failed(result, Errno.EINTR));
            check(result, "ioctl", fd, flush ? "TCSETSF" : "TCSETSW");
        }
    }

    @Override
    public WinSize winSize(Fd fd) throws SyscallException {
        byte[] struct = new byte[8];
        ioctl(fd, TIOCGWINSZ, struct);
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
        return new WinSize(
                in.getShort(0) & 0xffff, in.getShort(2) & 0xffff, in.getShort(4) & 0xffff, in.getShort(6) & 0xffff);
    }

    @Override
    public void setWinSize(Fd fd, WinSize size) throws SyscallException {
        ByteBuffer out = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) size.rows()).putShort((short) size.columns());
        out.putShort((short) size.xPixels()).putShort((short) size.yPixels());
        ioctl(fd, TIOCSWINSZ, out.array());
    }

    @Override
    public void unlockPty(Fd master) throws SyscallException {
        ioctl(master, TIOCSPTLCK, new byte[4]);
    }

    @Override
    public int ptyNumber(Fd master) throws SyscallException {
        byte[] number = new byte[4];
        ioctl(master, TIOCGPTN, number);
        return ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Override
    public Fd openPtyPeer(Fd master) throws SyscallException {
        long flags = OpenFlag.RDWR.bit() | OpenFlag.NOCTTY.bit() | OpenFlag.CLOEXEC;
        return owned(ioctl(master, TIOCGPTPEER, flags), "peer of " + master);
    }

    @Override
    public void hangUp(Fd terminal) throws SyscallException {
        ioctl(terminal, TIOCVHANGUP, 0);
    }
}
