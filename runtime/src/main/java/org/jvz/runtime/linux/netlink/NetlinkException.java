package org.jvz.runtime.linux.netlink;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;

/**
 * The kernel refused a request. The message names request and object, the error, and what the kernel said about it:
 * {@code add route 10.0.0.2/32 dev venet101: ENETDOWN (Network is down): Device for nexthop is not up}.
 */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param request what was asked for and on which object
     * @param explanation the kernel's own words (extended acknowledgement), or null if it gave none
     */
    NetlinkException(String request, Errno errno, @Nullable String explanation) {
        super(request + ": " + errno + " (" + errno.text() + ")" + (explanation == null ? "" : ": " + explanation));
        this.errno = errno.number();
    }

    /** The kernel's error number. */
    public Errno errno() {
        return new Errno(errno);
    }

    /** Whether the request failed with {@code other}. */
    public boolean is(Errno other) {
        return errno == other.number();
    }
}
