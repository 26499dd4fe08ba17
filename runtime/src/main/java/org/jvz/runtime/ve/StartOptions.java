package org.jvz.runtime.ve;

/**
 * How to start a VE.
 *
 * @param force start it even if it is disabled
 * @param waitUntilUp return only when the VE says that it is up
 * @param skipSetup leave the guest's files (host name) as they are
 * @param skipRemount use the root as it is mounted
 */
public record StartOptions(boolean force, boolean waitUntilUp, boolean skipSetup, boolean skipRemount) {}
