package org.jvz.runtime.undo;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Named steps of a change that only goes forward, such as taking a dead VE's remains away: nothing is undone, a failure
 * leaves the rest for the next try.
 */
public final class ForwardSteps {
    private final StepObserver observer;

    /** @param observer told of every step before it is made */
    public ForwardSteps(StepObserver observer) {
        this.observer = observer;
    }

    /**
     * Makes one step; name and object as in {@link Transaction#step}.
     *
     * @throws StepException if the action fails
     */
    public <T> T step(String name, String object, Step<T> action) throws IOException {
        try {
            if (Thread.interrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            observer.before(name, object);
            return action.run();
        } catch (StepException nested) {
            throw nested;
        } catch (IOException e) {
            throw new StepException(name, object, e);
        }
    }
}
