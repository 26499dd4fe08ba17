package org.jvz.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An entry of NETIF: a pair of virtual Ethernet devices, one end in the VE, one on the host.
 *
 * @param ifname the device in the VE
 * @param bridge the bridge the host's end is put into, or null
 * @param mac the address of the VE's end, or null
 * @param hostIfname the device on the host, which may end in a dot, or null
 * @param hostMac the address of the host's end, or null
 * @param macFilter whether packets from other addresses are dropped, or null for the default, which is on
 * @param isolated whether the bridge hands nothing over between it and other isolated ports, or null for the default, which is no
 * @param vlan the VLAN of the bridge that the host's end is in, 1 to 4094, or null for the bridge's default
 * @param ips the addresses and networks that the VE may send from by it; empty for all
 * @param others further attributes that jvz does not know, as they stand
 */
public record NetIf(
        String ifname,
        @Nullable String bridge,
        @Nullable String mac,
        @Nullable String hostIfname,
        @Nullable String hostMac,
        @Nullable Boolean macFilter,
        @Nullable Boolean isolated,
        @Nullable Integer vlan,
        List<VeAddress> ips,
        List<String> others) {

    private static final int MAX_NAME = 15;
    private static final int MAX_VLAN = 4094;
    /** More would not fit into a filter of the kernel. */
    private static final int MAX_IPS = 64;

    /** Checks names and addresses, and writes addresses with capital letters. */
    public NetIf {
        checkName(ifname, "ifname");
        if (bridge != null) {
            checkName(bridge, "bridge");
        }
        if (hostIfname != null) {
            checkName(hostIfname, "host_ifname");
        }
        mac = mac == null ? null : checkMac(mac);
        hostMac = hostMac == null ? null : checkMac(hostMac);
        ips = List.copyOf(ips);
        if (ips.size() > MAX_IPS) {
            throw new IllegalArgumentException("more than " + MAX_IPS + " addresses in ips");
        }
        others = List.copyOf(others);
    }

    /** A device with nothing but a name. */
    public static NetIf named(String ifname) {
        return new NetIf(ifname, null, null, null, null, null, null, null, List.of(), List.of());
    }

    /** A device's name on Linux, without the characters that have a meaning in NETIF. */
    static void checkName(String name, String what) {
        boolean good = !name.isEmpty() && name.length() <= MAX_NAME && Words.consistsOf(name, "-_.+@");
        if (!good || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(what + " is not a device name of 1 to " + MAX_NAME + " characters");
        }
    }

    private static String checkMac(String mac) {
        boolean good = mac.length() == 17;
        for (int i = 0; good && i < 17; i++) {
            char c = mac.charAt(i);
            good = i % 3 == 2 ? c == ':' : c < 0x80 && Character.digit(c, 16) >= 0;
        }
        if (!good) {
            throw new IllegalArgumentException("not a MAC address of the form XX:XX:XX:XX:XX:XX");
        }
        return mac.toUpperCase(Locale.ROOT);
    }

    /**
     * Parses the value of NETIF: entries separated by {@code ;}, attributes by {@code ,}.
     *
     * @throws IllegalArgumentException with the reason
     */
    static List<NetIf> parseAll(String text) {
        List<NetIf> all = new ArrayList<>();
        for (String entry : Words.split(text, ";")) {
            if (!entry.isBlank()) {
                all.add(parse(entry.strip()));
            }
        }
        return all;
    }

    private static NetIf parse(String entry) {
        @Nullable NetIf parsed = null;
        for (String attribute : Words.split(entry, ",")) {
            int equals = attribute.indexOf('=');
            String name = equals < 0 ? attribute : attribute.substring(0, equals);
            String value = equals < 0 ? "" : attribute.substring(equals + 1);
            if (parsed == null) {
                if (!name.equals("ifname")) {
                    throw new IllegalArgumentException("an entry does not begin with ifname");
                }
                parsed = named(value);
            } else if (!value.isEmpty()) {
                parsed = parsed.with(name, value);
            }
        }
        if (parsed == null) {
            throw new IllegalArgumentException("an entry is empty");
        }
        return parsed;
    }

    /**
     * The same device with one attribute set; attributes that jvz does not know are kept as they are.
     *
     * @param attribute bridge, mac, host_ifname, host_mac, mac_filter, isolated, vlan or ips
     * @throws IllegalArgumentException with the reason
     */
    NetIf with(String attribute, String value) {
        return switch (attribute) {
            case "bridge" -> new NetIf(ifname, value, mac, hostIfname, hostMac, macFilter, isolated, vlan, ips, others);
            case "mac" -> new NetIf(ifname, bridge, value, hostIfname, hostMac, macFilter, isolated, vlan, ips, others);
            case "host_ifname" ->
                new NetIf(ifname, bridge, mac, value, hostMac, macFilter, isolated, vlan, ips, others);
            case "host_mac" ->
                new NetIf(ifname, bridge, mac, hostIfname, value, macFilter, isolated, vlan, ips, others);
            case "mac_filter" ->
                new NetIf(
                        ifname,
                        bridge,
                        mac,
                        hostIfname,
                        hostMac,
                        onOff("mac_filter", value),
                        isolated,
                        vlan,
                        ips,
                        others);
            case "isolated" ->
                new NetIf(
                        ifname,
                        bridge,
                        mac,
                        hostIfname,
                        hostMac,
                        macFilter,
                        onOff("isolated", value),
                        vlan,
                        ips,
                        others);
            case "vlan" ->
                new NetIf(ifname, bridge, mac, hostIfname, hostMac, macFilter, isolated, number(value), ips, others);
            case "ips" ->
                new NetIf(
                        ifname, bridge, mac, hostIfname, hostMac, macFilter, isolated, vlan, addresses(value), others);
            default -> {
                List<String> more = new ArrayList<>(others);
                more.add(attribute + "=" + value);
                yield new NetIf(ifname, bridge, mac, hostIfname, hostMac, macFilter, isolated, vlan, ips, more);
            }
        };
    }

    /**
     * Addresses and networks, separated by {@code +} as NETIF has them, or by commas as an option has them; {@code all} for an empty list.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static List<VeAddress> addresses(String value) {
        if (value.equals("all")) {
            return List.of();
        }
        List<VeAddress> addresses = new ArrayList<>();
        for (String each : Words.split(value, "+,")) {
            VeAddress address = VeAddress.parse(each);
            if (!isNetwork(address)) {
                throw new IllegalArgumentException(each + " has bits set behind its prefix");
            }
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("ips has no address");
        }
        return addresses;
    }

    /** Whether an address stands for itself or for a whole network; {@code 192.0.2.10/24} may mean either. */
    private static boolean isNetwork(VeAddress address) {
        byte[] bytes = address.bytes();
        for (int bit = address.prefix(); bit >= 0 && bit < 8 * bytes.length; bit++) {
            if ((bytes[bit / 8] & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean onOff(String attribute, String value) {
        if (!value.equals("on") && !value.equals("off")) {
            throw new IllegalArgumentException(attribute + " is neither on nor off");
        }
        return value.equals("on");
    }

    /** A VLAN; null for 0, which means none. */
    private static @Nullable Integer number(String value) {
        int vlan = CtId.isNumber(value) && value.length() <= 4 ? Integer.parseInt(value) : -1;
        if (vlan < 0 || vlan > MAX_VLAN) {
            throw new IllegalArgumentException("vlan is not 1 to " + MAX_VLAN + ", or 0 for none");
        }
        return vlan == 0 ? null : vlan;
    }

    /** The entries as NETIF holds them. */
    static String showAll(List<NetIf> all) {
        StringBuilder out = new StringBuilder();
        for (NetIf each : all) {
            out.append(out.length() == 0 ? "" : ";").append(each);
        }
        return out.toString();
    }

    /** The entry as NETIF holds it. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("ifname=").append(ifname);
        append(out, "bridge", bridge);
        append(out, "mac", mac);
        append(out, "host_ifname", hostIfname);
        append(out, "host_mac", hostMac);
        append(out, "mac_filter", macFilter == null ? null : macFilter ? "on" : "off");
        append(out, "isolated", isolated == null ? null : isolated ? "on" : "off");
        append(out, "vlan", vlan == null ? null : vlan.toString());
        append(out, "ips", ips.isEmpty() ? null : join(ips));
        for (String other : others) {
            out.append(',').append(other);
        }
        return out.toString();
    }

    /** As an attribute holds them. */
    public static String join(List<VeAddress> ips) {
        List<String> texts = new ArrayList<>();
        for (VeAddress each : ips) {
            texts.add(each.toString());
        }
        return String.join("+", texts);
    }

    private static void append(StringBuilder out, String name, @Nullable String value) {
        if (value != null) {
            out.append(',').append(name).append('=').append(value);
        }
    }
}
