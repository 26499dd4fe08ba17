package org.jvz.runtime.linux.netlink;

import java.io.IOException;

/** A message that does not follow the protocol; the kernel sends none. */
final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String what) {
        super("malformed netlink message: " + what);
    }
}
