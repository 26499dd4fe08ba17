package org.jvz.runtime.undo;

import java.io.IOException;

/** Told of every step before it is made. A failure thrown here fails the step: tests inject faults through it. */
@FunctionalInterface
public interface StepObserver {
    /** Observes nothing. */
    StepObserver NONE = new StepObserver() {
        @Override
        public void before(String name, String object) {}
    };

    /** Called before step {@code name} on {@code object} is journalled. */
    void before(String name, String object) throws IOException;
}
