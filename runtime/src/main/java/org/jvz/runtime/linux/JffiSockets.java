package org.jvz.runtime.linux;

/** Sockets. */
abstract class JffiSockets extends JffiProcesses {
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_TRUNC = 0x20;

    @Override
    public Fd socket(int domain, int type, int protocol, String label) throws SyscallException {
        long fd = Native.call(SystemCall.SOCKET, domain, type | SOCK_CLOEXEC, protocol);
        check(fd, "socket", domain, type, protocol);
        return owned(fd, label);
    }

    @Override
    public void connect(Fd socket, byte[] address) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result =
                    Native.call(SystemCall.CONNECT, socket.number(), memory.bytes(address), (long) address.length);
            check(result, "connect", socket);
        }
    }

    @Override
    public void sendTo(Fd socket, byte[] message, byte[] address) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long from = memory.bytes(message);
            long to = memory.bytes(address);
            long result;
            do {
                result = Native.call(
                        SystemCall.SENDTO, socket.number(), from, (long) message.length, 0, to, (long) address.length);
            } while (failed(result, Errno.EINTR));
            check(result, "sendto", socket, message.length);
        }
    }

    @Override
    public void setSocketOption(Fd socket, int level, int option, int value) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long argument = memory.zeroed(Integer.BYTES);
            OffHeap.putInt(argument, value);
            long result =
                    Native.call(SystemCall.SETSOCKOPT, socket.number(), level, option, argument, (long) Integer.BYTES);
            check(result, "setsockopt", socket, level, option, value);
        }
    }

    @Override
    public int receive(Fd socket, byte[] into) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(into.length);
            long length;
            do {
                length = Native.call(SystemCall.RECVFROM, socket.number(), buffer, into.length, MSG_TRUNC, 0, 0);
            } while (failed(length, Errno.EINTR));
            check(length, "recvfrom", socket, into.length);
            OffHeap.get(buffer, into, 0, (int) Math.min(length, into.length));
            return (int) length;
        }
    }
}
