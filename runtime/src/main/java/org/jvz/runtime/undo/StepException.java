package org.jvz.runtime.undo;

import java.io.IOException;

/** A step of a transaction failed; the message names the step and its object, the cause says why. */
public final class StepException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String step;

    StepException(String step, String object, IOException cause) {
        super(step + " " + object, cause);
        this.step = step;
    }

    /** The step's name. */
    public String step() {
        return step;
    }
}
