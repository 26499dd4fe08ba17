package org.jvz.runtime.linux;

/**
 * How a process ended.
 *
 * @param signal the signal that killed it, 0 if it exited
 * @param code its exit code, 0 to 255; 0 if it was killed
 */
public record WaitStatus(int signal, int code) {
    public boolean exited() {
        return signal == 0;
    }

    /** The status as a shell shows it: the exit code, or 128 + signal. */
    public int shellStatus() {
        return signal == 0 ? code : 128 + signal;
    }

    @Override
    public String toString() {
        return signal == 0 ? "exit status " + code : "killed by signal " + Signal.text(signal);
    }
}
