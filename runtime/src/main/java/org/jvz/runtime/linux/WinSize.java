package org.jvz.runtime.linux;

/** Size of a terminal in characters and, mostly 0, pixels; {@code struct winsize}, ioctl_tty(2). Each 0 to 65535. */
public record WinSize(int rows, int columns, int xPixels, int yPixels) {}
