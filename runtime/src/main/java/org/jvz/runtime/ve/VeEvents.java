package org.jvz.runtime.ve;

/**
 * Listener for what an operation tells while it runs. Called on the operation's thread, in order; it must not throw.
 */
@FunctionalInterface
public interface VeEvents {

    /** Takes one event. */
    void event(VeEvent event);

    /** Makes an event and takes it. */
    default void event(VeEvent.Kind kind, String... args) {
        event(VeEvent.of(kind, args));
    }
}
