package org.jvz.runtime.linux;

/**
 * The kernel as the rest of jvz sees it: typed system calls that fail with {@link SyscallException}. {@link JffiLinux} is the real
 * one; tests may give their own. Calls that can block are repeated after EINTR. Thread-safe.
 */
public interface Linux
        extends FileCalls, WatchCalls, QuotaCalls, MountCalls, BpfCalls, ProcessCalls, SocketCalls, TerminalCalls {}
