package org.jvz.runtime.ve;

/**
 * How to stop a VE.
 *
 * @param fast kill it at once
 * @param skipUmount leave its root mounted
 */
public record StopOptions(boolean fast, boolean skipUmount) {}
