package org.jvz.runtime.linux;

import java.io.IOException;

/**
 * A system call that failed. The message names the call, its arguments with flags by name, and the error:
 * {@code mount(proc, /vz/root/101/proc, proc, NOSUID|NODEV|NOEXEC): EPERM (Operation not permitted)}.
 */
public final class SyscallException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String arguments;
    private final int errno;

    /**
     * @param call the kernel's name of the call
     * @param arguments as the message shows them, separated by comma and blank
     */
    public SyscallException(String call, String arguments, Errno errno) {
        super(call + "(" + arguments + "): " + errno + " (" + errno.text() + ")");
        this.call = call;
        this.arguments = arguments;
        this.errno = errno.number();
    }

    /** The kernel's name of the call. */
    public String call() {
        return call;
    }

    /** The arguments as the message shows them. */
    public String arguments() {
        return arguments;
    }

    public Errno errno() {
        return new Errno(errno);
    }

    /** Whether the call failed with {@code other}. */
    public boolean is(Errno other) {
        return errno == other.number();
    }
}
