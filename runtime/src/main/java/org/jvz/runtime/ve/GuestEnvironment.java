package org.jvz.runtime.ve;

import java.util.List;

/** The environment variables of what runs inside a VE on behalf of the host: nothing of the caller's but its TERM. */
final class GuestEnvironment {
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Of commands and scripts. */
    static final List<String> PLAIN = List.of("HOME=/", "TERM=linux", PATH);

    private GuestEnvironment() {}

    /** Of a person who enters, from a terminal of type {@code term}. */
    static List<String> login(String term) {
        return List.of(PATH, "HISTFILE=/dev/null", "USER=root", "HOME=/root", "LOGNAME=root", "TERM=" + term);
    }
}
