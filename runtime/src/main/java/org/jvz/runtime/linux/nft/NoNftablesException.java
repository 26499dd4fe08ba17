package org.jvz.runtime.linux.nft;

import java.io.IOException;

/** This host has no nftables: the library is not installed, or the kernel lacks it. */
public final class NoNftablesException extends IOException {
    private static final long serialVersionUID = 1L;

    NoNftablesException(String message, Throwable cause) {
        super(message, cause);
    }
}
