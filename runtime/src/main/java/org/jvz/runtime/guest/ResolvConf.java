package org.jvz.runtime.guest;

/** What a template's /etc/resolv.conf is worth in a VE, resolv.conf(5). */
final class ResolvConf {
    /** Where systemd-resolved listens, systemd-resolved.service(8). */
    private static final String STUB = "127.0.0.53";

    private ResolvConf() {}

    /**
     * Whether the file was left by the machine that the template was made on: it names name servers, and every one of
     * them is on the loopback or a link of that machine. Without any, resolvers ask the local machine anyway.
     *
     * @param resolved whether systemd-resolved is installed inside, which makes its own address a good one
     */
    static boolean stale(String text, boolean resolved) {
        boolean any = false;
        for (String line : Lines.of(text)) {
            String[] words = line.strip().split("[ \t]+", 3);
            if (words.length >= 2 && words[0].equals("nameserver")) {
                any = true;
                if (!local(words[1]) || (resolved && words[1].equals(STUB))) {
                    return false;
                }
            }
        }
        return any;
    }

    private static boolean local(String server) {
        return server.startsWith("127.") || server.equals("::1") || server.indexOf('%') >= 0;
    }

    /**
     * Whether a link is one that a program inside makes good at boot: systemd-resolved, resolvconf, NetworkManager and
     * others keep the real file below /run, which is empty in a private area.
     *
     * @param resolved whether systemd-resolved is installed inside; of other programs we cannot tell
     */
    static boolean madeAtBoot(String target, boolean resolved) {
        if (target.contains("/systemd/resolve/")) {
            return resolved;
        }
        return target.startsWith("/run/")
                || target.startsWith("/var/run/")
                || target.startsWith("../run/")
                || target.startsWith("../var/run/")
                || target.startsWith("/etc/resolvconf/run/");
    }
}
