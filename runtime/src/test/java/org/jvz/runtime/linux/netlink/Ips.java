package org.jvz.runtime.linux.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses written as in the tests: numbers only, so nobody is asked. */
public final class Ips {
    private Ips() {}

    /** The address. */
    public static NetAddress ip(String text) {
        try {
            return NetAddress.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
