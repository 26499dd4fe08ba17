package org.jvz.runtime.config;

/** When a changed key takes effect on a running VE. */
public enum Applies {
    /** {@code vzctl set} applies it while the VE runs. */
    AT_ONCE,
    /** It is looked at when something else happens: the next start, stop or boot of the host. */
    AT_START,
    /** Only a restart makes it effective, and whoever changes it is told so. */
    NEEDS_RESTART,
    /** It is recorded for other programs and has no effect here. */
    NEVER_APPLIED
}
