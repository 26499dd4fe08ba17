package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;

/** Edits of /etc/hosts, hosts(5). Lines that are not concerned stay as they are, in order. */
final class HostsFile {
    /** Where Debian puts the host's own name when it has no fixed address. */
    private static final String OWN_ADDRESS = "127.0.1.1";

    private HostsFile() {}

    /** With entries for localhost, of IPv4 and IPv6, added in front where they are absent. */
    static String seed(String text) {
        List<String> lines = new ArrayList<>();
        if (!hasName(text, "127.0.0.1", "localhost")) {
            lines.add("127.0.0.1\tlocalhost");
        }
        if (!hasAddress(text, "::1")) {
            lines.add("::1\tlocalhost ip6-localhost ip6-loopback");
        }
        if (lines.isEmpty()) {
            return text;
        }
        lines.addAll(Lines.of(text));
        return Lines.join(lines);
    }

    /** With the entry of the host's own name: full name first, then the short one if it differs. */
    static String ownName(String text, String hostname) {
        int dot = hostname.indexOf('.');
        String entry = OWN_ADDRESS + "\t" + hostname + (dot > 0 ? " " + hostname.substring(0, dot) : "");
        List<String> lines = new ArrayList<>();
        int at = -1;
        int afterLoopback = 0;
        for (String line : Lines.of(text)) {
            String[] words = words(line);
            if (words.length > 0 && words[0].equals(OWN_ADDRESS)) {
                // One entry stays, in the place of the first.
                if (at < 0) {
                    at = lines.size();
                    lines.add(entry);
                }
                continue;
            }
            lines.add(line);
            if (words.length > 0 && words[0].equals("127.0.0.1")) {
                afterLoopback = lines.size();
            }
        }
        if (at < 0) {
            lines.add(afterLoopback, entry);
        }
        return Lines.join(lines);
    }

    private static boolean hasAddress(String text, String address) {
        for (String line : Lines.of(text)) {
            String[] words = words(line);
            if (words.length > 1 && words[0].equals(address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasName(String text, String address, String name) {
        for (String line : Lines.of(text)) {
            String[] words = words(line);
            for (int i = 1; i < words.length; i++) {
                if (words[0].equals(address) && words[i].equals(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Address and names of a line; none for a blank line or a comment. */
    private static String[] words(String line) {
        int comment = line.indexOf('#');
        String plain = (comment < 0 ? line : line.substring(0, comment)).strip();
        return plain.isEmpty() ? new String[0] : plain.split("[ \t]+", -1);
    }
}
