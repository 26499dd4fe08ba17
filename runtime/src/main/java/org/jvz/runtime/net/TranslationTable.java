package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.PortForward;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.nft.Ruleset;

/**
 * The one nftables table of this host's VEs, as text. Its rules are the same whatever VEs there are: they look packets up in sets and maps, and an
 * element of these has the id of its VE as comment. See docs/adr/0024.
 */
final class TranslationTable {
    /** What a family of addresses is called in the language, and the end of the names of its sets. */
    private enum Family {
        V4("ip", "ipv4", "4"),
        V6("ip6", "ipv6", "6");

        private final String header;
        private final String type;
        private final String suffix;

        Family(String header, String type, String suffix) {
            this.header = header;
            this.type = type;
            this.suffix = suffix;
        }

        static Family of(NetAddress address) {
            return address.isV6() ? V6 : V4;
        }
    }

    /** Sets: FAMILY, TYPE and N stand for a family's header, type and suffix. */
    private static final List<String> SETS = List.of(
            "set TABLE maskedN { type TYPE_addr; }",
            "map TABLE sourcedN { type TYPE_addr : TYPE_addr; }",
            "set TABLE nearN { type TYPE_addr . ifname; }",
            "set TABLE ownN { type TYPE_addr . TYPE_addr; }",
            "map TABLE forwardsN { type inet_proto . inet_service : TYPE_addr . inet_service; }",
            "map TABLE addressedN { type TYPE_addr . inet_proto . inet_service : TYPE_addr . inet_service; }");

    private static final List<String> CHAINS = List.of(
            "TABLE prerouting { type nat hook prerouting priority -100; policy accept; }",
            "TABLE output { type nat hook output priority -100; policy accept; }",
            "TABLE postrouting { type nat hook postrouting priority 100; policy accept; }");

    /** Where forwards lead, for what comes from outside or from VEs and for what the host itself sends. */
    private static final List<String> FORWARDING = List.of(
            "dnat FAMILY to FAMILY daddr . meta l4proto . th dport map @addressedN",
            "meta nfproto TYPE fib daddr type local dnat FAMILY to meta l4proto . th dport map @forwardsN");

    private static final List<String> LOOPBACK = List.of("ip daddr 127.0.0.0/8 return", "ip6 daddr ::1 return");

    /** A VE that uses a forward to itself would get its own packets as if from itself. */
    private static final String OWN = "FAMILY saddr . FAMILY daddr @ownN masquerade";

    /** Between VEs nothing is masked. */
    private static final String INSIDE = "oifname \"venet*\" return";

    private static final List<String> MASKING = List.of(
            "FAMILY saddr . oifname @nearN return",
            "snat FAMILY to FAMILY saddr map @sourcedN",
            "FAMILY saddr @maskedN masquerade");

    private final String name;

    /** Below a prefix it has a name of that prefix's own, as its VEs' cgroups have. */
    TranslationTable(HostPaths paths) {
        this.name = paths.isPrefixed()
                ? "jvz-" + Integer.toHexString(paths.prefix().toString().hashCode())
                : "jvz";
    }

    String name() {
        return name;
    }

    /** Commands that make the table, and its rules anew, whatever there is. */
    String definition() {
        StringBuilder text = new StringBuilder("add table inet " + name + "\n");
        for (String set : SETS) {
            addForFamilies(text, "add " + set);
        }
        for (String chain : CHAINS) {
            add(text, "add chain " + chain);
            add(text, "flush chain " + chain.substring(0, chain.indexOf('{')));
        }
        LOOPBACK.forEach(rule -> add(text, "add rule TABLE output " + rule));
        for (String rule : FORWARDING) {
            addForFamilies(text, "add rule TABLE prerouting " + rule);
            addForFamilies(text, "add rule TABLE output " + rule);
        }
        addForFamilies(text, "add rule TABLE postrouting " + OWN);
        add(text, "add rule TABLE postrouting " + INSIDE);
        MASKING.forEach(rule -> addForFamilies(text, "add rule TABLE postrouting " + rule));
        return text.toString();
    }

    private void addForFamilies(StringBuilder text, String command) {
        for (Family family : Family.values()) {
            // The suffix stands at the end of a lower-case word.
            add(
                    text,
                    command.replaceAll("(?<=[a-z])N\\b", family.suffix)
                            .replace("FAMILY", family.header)
                            .replace("TYPE", family.type));
        }
    }

    private void add(StringBuilder text, String command) {
        text.append(command.replace("TABLE", "inet " + name)).append('\n');
    }

    /** The command that takes everything away. */
    String deletion() {
        return "delete table inet " + name + "\n";
    }

    /** The command that takes one element out. */
    String deletion(Ruleset.Element element) {
        return "delete element inet " + name + " " + element.set() + " { " + key(slot(element)) + " }\n";
    }

    /** The commands that put elements in, with a comment. */
    String addition(Map<Slot, String> elements, String comment) {
        StringBuilder text = new StringBuilder();
        elements.forEach((slot, value) -> text.append("add element inet ")
                .append(name)
                .append(' ')
                .append(slot.set)
                .append(" { ")
                .append(key(slot))
                .append(" comment \"")
                .append(comment)
                .append('"')
                .append(value.isEmpty() ? "" : " : " + value)
                .append(" }\n"));
        return text.toString();
    }

    /** The key of an element; a device's name is quoted, for it can be nearly any text. */
    private static String key(Slot slot) {
        List<String> parts = new ArrayList<>(slot.key);
        if (slot.isOfDevice()) {
            parts.set(1, '"' + parts.get(1) + '"');
        }
        return String.join(" . ", parts);
    }

    /** A place in a set or map. */
    record Slot(String set, List<String> key) {
        /** Whether it is a port of the host, of which another VE may have one. */
        boolean isPort() {
            return set.startsWith("forwards") || set.startsWith("addressed");
        }

        private boolean isOfDevice() {
            return set.startsWith("near");
        }

        /** The port as messages have it. */
        String port() {
            int size = key.size();
            String protocol = key.get(size - 2).equals("6") ? "tcp" : "udp";
            return (size == 3 ? key.get(0) + " " : "") + key.get(size - 1) + "/" + protocol;
        }
    }

    /**
     * The elements of a VE, with their values; those of sets have none. Of two forwards from one port the later counts.
     *
     * @throws IOException if a device has a name that the language cannot express
     */
    static Map<Slot, String> elements(Translation translation) throws IOException {
        Map<Slot, String> elements = new LinkedHashMap<>();
        for (Translation.Masked each : translation.masked()) {
            String suffix = Family.of(each.address()).suffix;
            String address = each.address().toString();
            NetAddress source = each.source();
            elements.put(
                    new Slot((source == null ? "masked" : "sourced") + suffix, List.of(address)),
                    source == null ? "" : source.toString());
            for (String device : each.near()) {
                if (!device.matches("[^\"\\\\*]*")) {
                    throw new IOException("nftables cannot express the name of the device " + device);
                }
                elements.put(new Slot("near" + suffix, List.of(address, device)), "");
            }
        }
        for (Translation.Forwarded each : translation.forwards()) {
            String suffix = Family.of(each.to()).suffix;
            String to = each.to().toString();
            elements.put(new Slot("own" + suffix, List.of(to, to)), "");
            PortForward forward = each.forward();
            String protocol = Integer.toString(forward.protocol().number());
            for (int port = forward.first(); port <= forward.last(); port++) {
                String address = forward.address();
                List<String> key = address == null
                        ? List.of(protocol, Integer.toString(port))
                        : List.of(address, protocol, Integer.toString(port));
                elements.put(
                        new Slot((address == null ? "forwards" : "addressed") + suffix, key),
                        to + " . " + (forward.vePort() + port - forward.first()));
            }
        }
        return elements;
    }

    /** The place of an element as nft shows it, with addresses in our form. */
    static Slot slot(Ruleset.Element element) {
        List<String> key = new ArrayList<>();
        for (String part : element.key()) {
            // No device has a colon in its name.
            key.add(part.indexOf(':') >= 0 ? Translation.address(part).toString() : part);
        }
        return new Slot(element.set(), key);
    }
}
