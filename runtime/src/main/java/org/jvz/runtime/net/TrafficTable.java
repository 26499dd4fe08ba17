package org.jvz.runtime.net;

import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.linux.netlink.NetAddress;

/**
 * The nftables table that counts traffic of VEs, as text. Rules find the class of the other end; then the VE's address is looked up in the set of that
 * class, whose elements have counters and the VE's id as comment. See docs/adr/0025.
 */
final class TrafficTable {
    private static final String SENT = "sent";
    private static final String RECEIVED = "received";

    private final String name;

    /** Below a prefix it has a name of that prefix's own. */
    TrafficTable(HostPaths paths) {
        this.name = new TranslationTable(paths).name().replaceFirst("jvz", "jvz-traffic");
    }

    String name() {
        return name;
    }

    /** The counter of a class: what VEs send to it or receive from it, by one family. */
    record Counter(boolean sent, boolean v6, int trafficClass) {
        /** The name of its set and of the chain that looks into it. */
        String set() {
            return (sent ? SENT : RECEIVED) + (v6 ? 6 : 4) + "_" + trafficClass;
        }
    }

    /** The counters that an address has. */
    static List<Counter> counters(NetworkClasses classes, NetAddress address) {
        List<Counter> counters = new ArrayList<>();
        for (int each : classes.counted()) {
            counters.add(new Counter(true, address.isV6(), each));
            counters.add(new Counter(false, address.isV6(), each));
        }
        return counters;
    }

    /** Commands that make the table, and its rules anew; counts stay. */
    String definition(NetworkClasses classes) {
        StringBuilder text = new StringBuilder("add table inet " + name + "\n");
        // What a VE sends is seen before, and what it receives after addresses are replaced: with its own address.
        base(text, SENT, "prerouting priority -350", "iifname");
        base(text, RECEIVED, "postrouting priority 350", "oifname");
        for (boolean v6 : new boolean[] {false, true}) {
            String header = v6 ? "ip6" : "ip";
            for (int each : classes.counted()) {
                chain(text, new Counter(true, v6, each), header + " saddr", v6);
                chain(text, new Counter(false, v6, each), header + " daddr", v6);
            }
            rules(text, classes, v6, true, header + " daddr");
            rules(text, classes, v6, false, header + " saddr");
        }
        return text.toString();
    }

    private void base(StringBuilder text, String chain, String hook, String device) {
        String named = "inet " + name + " " + chain;
        text.append("add chain ").append(named).append(" { type filter hook ").append(hook);
        text.append("; policy accept; }\nflush chain ").append(named).append('\n');
        text.append("add rule ").append(named).append(' ').append(device).append(" != \"venet*\" return\n");
    }

    private void chain(StringBuilder text, Counter counter, String own, boolean v6) {
        String named = "inet " + name + " " + counter.set();
        text.append("add set ").append(named).append(v6 ? " { type ipv6_addr" : " { type ipv4_addr");
        text.append("; counter; }\nadd chain ")
                .append(named)
                .append("\nflush chain ")
                .append(named);
        text.append("\nadd rule ")
                .append(named)
                .append(' ')
                .append(own)
                .append(" @")
                .append(counter.set());
        text.append('\n');
    }

    /** Class 0 first; then from the end of the file to its beginning, as the last network counts; neighbours of one class are one rule. */
    private void rules(StringBuilder text, NetworkClasses classes, boolean v6, boolean sent, String other) {
        String rule = "add rule inet " + name + " " + (sent ? SENT : RECEIVED) + " " + other + " { ";
        List<String> none = new ArrayList<>();
        List<NetworkClasses.Network> all = new ArrayList<>();
        for (NetworkClasses.Network each : classes.networks()) {
            if (each.network().isIpv6() == v6) {
                if (each.trafficClass() == 0) {
                    none.add(each.network().toString());
                } else {
                    all.add(each);
                }
            }
        }
        if (!none.isEmpty()) {
            text.append(rule).append(String.join(", ", none)).append(" } return\n");
        }
        int end = all.size();
        while (end > 0) {
            int trafficClass = all.get(end - 1).trafficClass();
            List<String> networks = new ArrayList<>();
            while (end > 0 && all.get(end - 1).trafficClass() == trafficClass) {
                end--;
                networks.add(all.get(end).network().toString());
            }
            text.append(rule).append(String.join(", ", networks)).append(" } goto ");
            text.append(new Counter(sent, v6, trafficClass).set()).append('\n');
        }
    }

    String deletion() {
        return "delete table inet " + name + "\n";
    }

    String deletion(String set, String address) {
        return "delete element inet " + name + " " + set + " { " + address + " }\n";
    }

    String addition(String set, String address, String comment) {
        return "add element inet " + name + " " + set + " { " + address + " comment \"" + comment + "\" }\n";
    }
}
