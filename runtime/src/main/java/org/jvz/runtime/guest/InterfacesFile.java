package org.jvz.runtime.guest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeAddress;

/**
 * Edits of /etc/network/interfaces, interfaces(5). What is ours stands between two marks at the end; the administrator's
 * {@code interfaces.head} is put before everything else and {@code interfaces.tail} behind it. All other lines stay, but for stanzas of
 * venet0, which OpenVZ's scripts may have left, and files that those scripts made altogether.
 */
final class InterfacesFile {
    private static final String MARK = "# vzctl: ";
    private static final String BEGIN = " begins";
    private static final String END = " ends";
    private static final String DEVICE = GuestNetwork.DEVICE;
    private static final String GENERATED = "# This configuration file is auto-generated.";
    private static final String LOOPBACK = "auto lo\niface lo inet loopback\n";

    private static final List<String> KEYWORDS = List.of(
            "iface",
            "auto",
            "mapping",
            "source",
            "source-directory",
            "rename",
            "template",
            "no-auto-down",
            "no-scripts");

    private InterfacesFile() {}

    /**
     * The file with the addresses of the network and nothing else of venet0.
     *
     * @param head text of interfaces.head, null if there is none
     * @param tail text of interfaces.tail, null if there is none
     * @param aliases whether each IPv4 address is an interface {@code venet0:N} of its own, as Debian's ifup wants it
     */
    static String change(
            String text, @Nullable String head, @Nullable String tail, GuestNetwork network, boolean aliases) {
        String own = isGenerated(text) ? LOOPBACK : withoutDevice(withoutMarked(text));
        if (own.isBlank() && network.hasDevice()) {
            own = LOOPBACK;
        }
        StringBuilder changed = new StringBuilder();
        marked(changed, DEVICE + " head", head);
        changed.append(own);
        if (network.hasDevice()) {
            changed.append(own.endsWith("\n") ? "\n" : "\n\n");
            marked(changed, DEVICE, stanzas(network, aliases));
        }
        marked(changed, DEVICE + " tail", tail);
        return changed.toString();
    }

    private static void marked(StringBuilder into, String what, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            into.append(MARK).append(what).append(BEGIN).append('\n');
            into.append(text).append(text.endsWith("\n") ? "" : "\n");
            into.append(MARK).append(what).append(END).append('\n');
        }
    }

    private static boolean isGenerated(String text) {
        return Lines.of(text).contains(GENERATED);
    }

    /** Without what stands between our marks; a mark that has lost its other end goes alone. */
    private static String withoutMarked(String text) {
        List<String> all = Lines.of(text);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i);
            int end = isBegin(line) ? endOf(all, i) : -1;
            if (end >= 0) {
                int last = lines.size() - 1;
                if (line.equals(MARK + DEVICE + BEGIN)
                        && last >= 0
                        && lines.get(last).isEmpty()) {
                    lines.remove(last);
                }
                i = end;
            } else if (!isBegin(line) && !isEnd(line)) {
                lines.add(line);
            }
        }
        return lines.size() == all.size() ? text : Lines.join(lines);
    }

    private static int endOf(List<String> all, int begin) {
        String line = all.get(begin);
        String end = line.substring(0, line.length() - BEGIN.length()) + END;
        for (int i = begin + 1; i < all.size() && !all.get(i).equals(line); i++) {
            if (all.get(i).equals(end)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isEnd(String line) {
        return line.startsWith(MARK + DEVICE) && line.endsWith(END);
    }

    private static boolean isBegin(String line) {
        return line.startsWith(MARK + DEVICE) && line.endsWith(BEGIN);
    }

    private static String withoutDevice(String text) {
        List<String> lines = new ArrayList<>();
        boolean dropping = false;
        boolean any = false;
        for (String line : Lines.of(text)) {
            String[] words = line.strip().split("[ \t]+", -1);
            boolean keyword = KEYWORDS.contains(words[0]) || words[0].startsWith("allow-");
            if (keyword) {
                dropping = words[0].equals("iface") && words.length > 1 && isDevice(words[1]);
            }
            String kept = keyword && (words[0].equals("auto") || words[0].startsWith("allow-"))
                    ? withoutDeviceWords(line, words)
                    : line;
            boolean comment = words[0].isEmpty() || words[0].startsWith("#");
            if (kept == null || (dropping && !comment)) {
                any = true;
            } else {
                any |= !kept.equals(line);
                lines.add(kept);
            }
        }
        return any ? Lines.join(lines) : text;
    }

    private static @Nullable String withoutDeviceWords(String line, String[] words) {
        StringBuilder kept = new StringBuilder(words[0]);
        boolean any = false;
        int left = 0;
        for (int i = 1; i < words.length; i++) {
            if (isDevice(words[i])) {
                any = true;
            } else {
                kept.append(' ').append(words[i]);
                left++;
            }
        }
        return !any ? line : left == 0 ? null : kept.toString();
    }

    private static boolean isDevice(String name) {
        return name.equals(DEVICE) || name.startsWith(DEVICE + ":");
    }

    /**
     * The host has given the device its addresses when the guest's scripts run, and ifup fails at one that is there: each is taken away right
     * before it is added.
     */
    private static String stanzas(GuestNetwork network, boolean aliases) {
        List<VeAddress> v4 = network.family(false);
        List<VeAddress> v6 = network.family(true);
        StringBuilder text = new StringBuilder("auto " + DEVICE + "\n");
        iface(text, DEVICE, new VeAddress(GuestNetwork.LOCAL, 32));
        text.append("\tbroadcast 0.0.0.0\n");
        for (int i = 0; i < v4.size() && !aliases; i++) {
            String address = GuestNetwork.withPrefix(v4.get(i));
            up(
                    text,
                    "ip addr add " + address + " dev " + DEVICE + " label " + DEVICE + ":" + i
                            + " 2>/dev/null || true");
        }
        if (!v4.isEmpty()) {
            up(text, "ip route add default dev " + DEVICE + " 2>/dev/null || true");
        }
        for (VeAddress address : v6) {
            up(text, "ip -6 addr add " + GuestNetwork.withPrefix(address) + " dev " + DEVICE + " 2>/dev/null || true");
        }
        if (!v6.isEmpty()) {
            up(text, "ip -6 route add default dev " + DEVICE + " 2>/dev/null || true");
        }
        for (int i = 0; i < v4.size() && aliases; i++) {
            text.append("\nauto ").append(DEVICE).append(':').append(i).append('\n');
            iface(text, DEVICE + ":" + i, v4.get(i));
        }
        return text.toString();
    }

    private static void iface(StringBuilder text, String name, VeAddress address) {
        text.append("iface ").append(name).append(" inet static\n");
        text.append("\taddress ").append(address.address()).append('\n');
        text.append("\tnetmask ").append(GuestNetwork.netmask(address)).append('\n');
        text.append("\tpre-up ip addr del ")
                .append(GuestNetwork.withPrefix(address))
                .append(" dev ")
                .append(DEVICE)
                .append(" 2>/dev/null || true\n");
    }

    private static void up(StringBuilder text, String command) {
        text.append("\tup ").append(command).append('\n');
    }
}
