package org.jvz.runtime.linux.nft;

import java.io.IOException;

/** nftables refused commands; none of them is in force. The message has libnftables' own words. */
public final class NftException extends IOException {
    private static final long serialVersionUID = 1L;

    NftException(String message) {
        super(message);
    }
}
