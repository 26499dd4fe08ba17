package org.jvz.runtime.linux;

import org.jspecify.annotations.Nullable;

/**
 * An open file descriptor and what it was opened as (for messages). Every descriptor that {@link Linux} makes is close-on-exec. One
 * owner closes it, once; {@link #close} twice does nothing, and use after close is an {@link IllegalStateException}, never
 * somebody else's descriptor.
 */
public final class Fd implements AutoCloseable {
    /** The working directory ({@code AT_FDCWD}), where a call takes a directory. Use it with absolute paths only. */
    public static final Fd CWD = new Fd(-100, "cwd", null);

    public static final Fd STDIN = new Fd(0, "stdin", null);
    public static final Fd STDOUT = new Fd(1, "stdout", null);
    public static final Fd STDERR = new Fd(2, "stderr", null);

    /** Closes a descriptor; an implementation of {@link Linux} gives its own. */
    @FunctionalInterface
    public interface Closer {
        void close(int number);
    }

    private static final int CLOSED = -1;

    private final String label;
    private final @Nullable Closer closer;
    private volatile int number;

    /**
     * @param label what messages call it, usually its path
     * @param closer null for a descriptor that is not ours to close
     */
    public Fd(int number, String label, @Nullable Closer closer) {
        this.number = number;
        this.label = label;
        this.closer = closer;
    }

    /** The descriptor's number. */
    public int number() {
        int n = number;
        if (n == CLOSED) {
            throw new IllegalStateException("used after close: " + label);
        }
        return n;
    }

    public boolean isOpen() {
        return number != CLOSED;
    }

    /** Path by which another call can reach exactly this object, also one opened with {@link OpenFlag#PATH}: {@code /proc/self/fd/N}. */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /** Closes the descriptor. Errors are not reported: whoever wrote data that matters calls {@link Linux#fsync} before. */
    @Override
    public void close() {
        int n;
        synchronized (this) {
            n = number;
            if (closer != null) {
                number = CLOSED;
            }
        }
        if (closer != null && n != CLOSED) {
            closer.close(n);
        }
    }

    /** The label given at open. */
    @Override
    public String toString() {
        return label;
    }
}
