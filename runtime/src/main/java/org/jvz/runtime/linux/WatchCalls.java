package org.jvz.runtime.linux;

import java.nio.file.Path;

/** System calls that make descriptors which tell of changes. */
public interface WatchCalls {

    /** An epoll instance, epoll(7), for who waits with system calls of his own. */
    Fd epoll() throws SyscallException;

    /**
     * Has {@code epoll} tell whenever there is something new to read from {@code watched}, or its other side is closed: edge-triggered.
     *
     * @param number what events of it bear
     */
    void watch(Fd epoll, Fd watched, int number) throws SyscallException;

    /** A descriptor with something to read, and to be read away, whenever {@code file} has been written to; inotify(7). */
    Fd watchWrites(Path file) throws SyscallException;
}
