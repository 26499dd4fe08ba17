package org.jvz.runtime.rootfs;

import java.io.IOException;

/** A file of a VE is not what jvz can read or replace: a FIFO, a device, a directory, or larger than it may be. */
public final class NotARegularFileException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param root the VE root, for the message
     * @param path inside the VE
     * @param what {@code a FIFO}, {@code larger than 65536 bytes}
     */
    NotARegularFileException(String root, String path, String what) {
        super(path + " in " + root + " is " + what);
    }
}
