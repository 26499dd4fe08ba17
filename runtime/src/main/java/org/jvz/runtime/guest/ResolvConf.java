package org.jvz.runtime.guest;

import java.util.List;

/** What a template's /etc/resolv.conf is worth in a VE, resolv.conf(5). */
final class ResolvConf {
    private ResolvConf() {}

    /**
     * Whether the file was left by the machine that the template was made on: it names name servers, and every one of
     * them is on the loopback or a link of that machine.
     */
    static boolean stale(String text) {
        boolean any = false;
        for (String line : Lines.of(text)) {
            List<String> words = List.of(line.strip().split("[ \t]+", 3));
            if (words.size() >= 2 && words.get(0).equals("nameserver")) {
                String server = words.get(1);
                any = true;
                if (!server.startsWith("127.") && !server.equals("::1") && server.indexOf('%') < 0) {
                    return false;
                }
            }
        }
        return any;
    }

    /**
     * Whether a link is one that a program inside makes good at boot: systemd-resolved, resolvconf, NetworkManager and
     * others keep the real file below /run, which is empty in a private area.
     */
    static boolean madeAtBoot(String target) {
        return target.startsWith("/run/")
                || target.startsWith("/var/run/")
                || target.startsWith("../run/")
                || target.startsWith("../var/run/")
                || target.startsWith("/etc/resolvconf/run/");
    }
}
