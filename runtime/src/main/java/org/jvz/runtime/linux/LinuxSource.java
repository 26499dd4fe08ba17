package org.jvz.runtime.linux;

/** Makes the system-call port when it is first asked for: loading it costs a cold command 20 ms that many do not need. */
public interface LinuxSource {
    /** The port. */
    Linux linux();
}
