package org.jvz.runtime.linux;

import java.nio.file.Path;

/** Watching descriptors and files. */
abstract class JffiWatches extends JffiIo {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int EPOLLET = 1 << 31;
    private static final int IN_MODIFY = 2;

    @Override
    public Fd epoll() throws SyscallException {
        long epoll = Native.call(SystemCall.EPOLL_CREATE1, OpenFlag.CLOEXEC);
        if (epoll < 0) {
            throw Native.failure(epoll, "epoll_create1");
        }
        return owned(epoll, "epoll");
    }

    @Override
    public void watch(Fd epoll, Fd watched, int number) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            // struct epoll_event is packed on x86-64 only.
            int data = Arch.host() == Arch.X86_64 ? 4 : 8;
            long event = memory.zeroed(16);
            OffHeap.putInt(event, EPOLLIN | EPOLLET);
            OffHeap.putLong(event + data, number);
            long result = Native.call(SystemCall.EPOLL_CTL, epoll.number(), EPOLL_CTL_ADD, watched.number(), event);
            if (result < 0) {
                throw Native.failure(result, "epoll_ctl", epoll, "EPOLL_CTL_ADD", watched);
            }
        }
    }

    @Override
    public Fd watchWrites(Path file) throws SyscallException {
        long inotify = Native.call(SystemCall.INOTIFY_INIT1, OpenFlag.NONBLOCK.bit() | OpenFlag.CLOEXEC);
        if (inotify < 0) {
            throw Native.failure(inotify, "inotify_init1");
        }
        Fd watch = owned(inotify, "writes to " + file);
        try (OffHeap memory = new OffHeap()) {
            long path = memory.path(file.toString());
            long result = Native.call(SystemCall.INOTIFY_ADD_WATCH, watch.number(), path, IN_MODIFY);
            if (result < 0) {
                watch.close();
                throw Native.failure(result, "inotify_add_watch", file, "IN_MODIFY");
            }
            return watch;
        }
    }
}
