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

    /** Makes an event and takes it. */
    default void event(VeEvent.Kind kind, String... args) {
        event(VeEvent.of(kind, args));
    }
}
