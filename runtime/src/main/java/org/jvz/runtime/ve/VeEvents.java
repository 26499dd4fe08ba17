package org.jvz.runtime.ve;

/**
 * Listener for what an operation tells while it runs. Called on the operation's thread, in order; it must not throw.
 */
@FunctionalInterface
public interface VeEvents {

    /** Takes one event. */
    void event(VeEvent event);

    /**
     * How far something is that takes its time, for a person who waits: one line, the next one in its place. Often called, perhaps on
     * another thread than events.
     */
    default void progress(String line) {}

    /** As {@link #progress}, of a wait that has an end: how many of its seconds have passed since {@code begin}, of System.nanoTime(). */
    default void waiting(String what, long begin, int seconds) {
        progress(what + " ... " + (System.nanoTime() - begin) / 1_000_000_000 + " s of " + seconds + " s");
    }

    /**
     * Something begins that may take its time and does not tell how far it is: what it is, for a person who waits. It ends with the next
     * call of this listener.
     */
    default void lasting(String what) {}

    /** What was told by {@link #progress} or {@link #lasting} has ended, and there is nothing to say about that. */
    default void over() {}

    /** Makes an event and takes it. */
    default void event(VeEvent.Kind kind, String... args) {
        event(VeEvent.of(kind, args));
    }
}
