package org.jvz.runtime.undo;

import java.io.IOException;

/** The action of one step. */
@FunctionalInterface
public interface Step<T> {
    /** Makes the step. */
    T run() throws IOException;
}
