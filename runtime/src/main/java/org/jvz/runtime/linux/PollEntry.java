package org.jvz.runtime.linux;

/** One descriptor to wait for, poll(2). {@link Linux#poll} sets what it found. */
public final class PollEntry {
    /** Data to read. */
    public static final int IN = 1;

    /** Room to write. */
    public static final int OUT = 4;

    /** Error; always reported. */
    public static final int ERR = 8;

    /** The other side closed; always reported. */
    public static final int HUP = 0x10;

    private final Fd fd;
    private int events;
    private int found;

    /** @param events {@link #IN}, {@link #OUT}, both or 0 */
    public PollEntry(Fd fd, int events) {
        this.fd = fd;
        this.events = events;
    }

    public Fd fd() {
        return fd;
    }

    public int events() {
        return events;
    }

    /** Changes what is waited for; a negative value takes the entry out of the poll. */
    public void events(int wanted) {
        this.events = wanted;
    }

    /** Sets what a poll found; for implementations of {@link Linux}. */
    public void found(int bits) {
        this.found = bits;
    }

    /** Whether the last poll found data to read, or that there will be none any more (read then gives 0 or the error). */
    public boolean readable() {
        return (found & (IN | HUP | ERR)) != 0;
    }

    public boolean writable() {
        return (found & (OUT | ERR)) != 0;
    }

    /** Whether the other side is closed. */
    public boolean hungUp() {
        return (found & (HUP | ERR)) != 0;
    }
}
