package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/** What a template's /etc/resolv.conf is worth in a VE, what a host's says, and edits of a VE's; resolv.conf(5). */
public final class ResolvConf {
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

    /** With other name servers and search domains, at the head; options and comments stay. */
    static String change(String text, GuestNetwork network) {
        boolean newServers = network.nameservers() != null;
        boolean newDomains = network.searchDomains() != null;
        List<String> lines = new ArrayList<>();
        if (newDomains && !network.domains().isEmpty()) {
            lines.add("search " + String.join(" ", network.domains()));
        }
        for (String server : network.servers()) {
            lines.add("nameserver " + server);
        }
        for (String line : Lines.of(text)) {
            String word = word(line);
            boolean replaced = (newServers && word.equals("nameserver"))
                    || (newDomains && (word.equals("search") || word.equals("domain")));
            if (!replaced) {
                lines.add(line);
            }
        }
        return Lines.join(lines);
    }

    private static String word(String line) {
        return line.strip().split("[ \t]+", 2)[0];
    }

    /** The name servers of a host's file that somebody else than the host can ask: none on its loopback or a link of its own. */
    public static List<String> servers(String text) {
        List<String> servers = new ArrayList<>();
        for (String line : Lines.of(text)) {
            String[] words = line.strip().split("[ \t]+", 3);
            if (words.length >= 2 && words[0].equals("nameserver") && !local(words[1])) {
                servers.add(words[1]);
            }
        }
        return servers;
    }

    /** The search domains of a file: of several such lines the last counts. */
    public static List<String> domains(String text) {
        List<String> domains = new ArrayList<>();
        for (String line : Lines.of(text)) {
            String[] words = line.strip().split("[ \t]+", -1);
            if (words[0].equals("search") || words[0].equals("domain")) {
                domains.clear();
                for (int i = 1; i < words.length; i++) {
                    domains.add(words[i]);
                }
            }
        }
        return domains;
    }
}
