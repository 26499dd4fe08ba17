package org.jvz.runtime.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.netlink.Mac;

/**
 * A veth device of a VE with nothing left open.
 *
 * @param ifname the device inside
 * @param mac its hardware address
 * @param hostName the device on the host
 * @param hostMac the address of that one, by which it is known to be the VE's
 * @param bridge the bridge on the host it is in, or null
 * @param macFilter whether frames from other addresses than {@code mac} are dropped, and those that would mislead neighbours
 * @param isolated whether the bridge keeps it apart from other isolated ports
 * @param vlan the VLAN of the bridge it is in, 0 for the bridge's default
 * @param ips the addresses and networks that the VE may send from by it; empty for all
 */
public record VethConfig(
        String ifname,
        Mac mac,
        String hostName,
        Mac hostMac,
        @Nullable String bridge,
        boolean macFilter,
        boolean isolated,
        int vlan,
        List<VeAddress> ips) {
    /** The OUI of OpenVZ's devices. */
    private static final long PREFIX = 0x00_18_51L << 24;

    /** What jvz 0.1.0 and before kept was these, in this order and without names; VEs that it started may still run. */
    private static final List<String> UNNAMED =
            List.of("ifname", "mac", "host_ifname", "host_mac", "bridge", "mac_filter");

    public VethConfig {
        ips = List.copyOf(ips);
    }

    /** The device of an entry of NETIF; what the entry leaves open depends on the VE's id and the names alone, and so is the same every time. */
    public static VethConfig of(CtId id, NetIf netIf) {
        String hostName = netIf.hostIfname();
        String mac = netIf.mac();
        String hostMac = netIf.hostMac();
        String name = hostName == null ? "veth" + id + "." + digits(netIf.ifname()) : hostName;
        return new VethConfig(
                netIf.ifname(),
                mac == null ? made(id, netIf.ifname(), 0) : Mac.parse(mac),
                name,
                hostMac == null ? made(id, netIf.ifname(), 1) : Mac.parse(hostMac),
                netIf.bridge(),
                netIf.macFilter() == null || netIf.macFilter(),
                netIf.isolated() != null && netIf.isolated(),
                netIf.vlan() == null ? 0 : netIf.vlan(),
                netIf.ips());
    }

    private static String digits(String ifname) {
        return ifname.replaceAll("[^0-9]", "");
    }

    private static Mac made(CtId id, String ifname, int end) {
        long hash = (id.value() * 31L + ifname.hashCode()) * 0x9e37_79b9_7f4a_7c15L + end;
        return new Mac(PREFIX | (hash >>> 20 & 0xff_fffe) | end);
    }

    /** {@code name=value} by NETIF's names, without what is absent or off; the inverse of {@link #ofArgs}. */
    List<String> toArgs() {
        List<String> args = new ArrayList<>(
                List.of("ifname=" + ifname, "mac=" + mac, "host_ifname=" + hostName, "host_mac=" + hostMac));
        if (bridge != null) {
            args.add("bridge=" + bridge);
        }
        if (macFilter) {
            args.add("mac_filter=on");
        }
        if (isolated) {
            args.add("isolated=on");
        }
        if (vlan != 0) {
            args.add("vlan=" + vlan);
        }
        if (!ips.isEmpty()) {
            args.add("ips=" + NetIf.join(ips));
        }
        return args;
    }

    /** The device of an undo step's arguments, or of a running VE's state. */
    static VethConfig ofArgs(List<String> args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            if (equals < 0 && i < UNNAMED.size()) {
                values.put(UNNAMED.get(i), arg);
            } else if (equals >= 0) {
                values.put(arg.substring(0, equals), arg.substring(equals + 1));
            }
        }
        for (String needed : UNNAMED.subList(0, 4)) {
            if (!values.containsKey(needed)) {
                throw new IllegalArgumentException("not a veth device, without " + needed + ": " + args);
            }
        }
        String bridge = values.getOrDefault("bridge", "");
        return new VethConfig(
                values.getOrDefault("ifname", ""),
                Mac.parse(values.getOrDefault("mac", "")),
                values.getOrDefault("host_ifname", ""),
                Mac.parse(values.getOrDefault("host_mac", "")),
                bridge.isEmpty() ? null : bridge,
                values.getOrDefault("mac_filter", "off").equals("on"),
                values.getOrDefault("isolated", "off").equals("on"),
                Integer.parseInt(values.getOrDefault("vlan", "0")),
                NetIf.addresses(values.getOrDefault("ips", "all")));
    }

    /** Whether a bridge has to be told something else of its port than it was told of the other, or another bridge anything. */
    boolean isOtherPortThan(VethConfig other) {
        boolean told = isolated || vlan != 0;
        return isolated != other.isolated || vlan != other.vlan || (told && !Objects.equals(bridge, other.bridge));
    }

    /** Devices in one text, which {@link #parseAll} reads; no part of a device has a comma or blank in it. */
    public static String textOf(List<VethConfig> devices) {
        List<String> texts = new ArrayList<>();
        for (VethConfig each : devices) {
            texts.add(String.join(",", each.toArgs()));
        }
        return String.join(" ", texts);
    }

    /** The inverse of {@link #textOf}. */
    public static List<VethConfig> parseAll(String text) {
        List<VethConfig> devices = new ArrayList<>();
        for (String each : text.split(" ", -1)) {
            if (!each.isEmpty()) {
                devices.add(ofArgs(List.of(each.split(",", -1))));
            }
        }
        return devices;
    }

    /** Names on the host, joined by blanks, as messages have them. */
    public static String hostNames(List<VethConfig> devices) {
        List<String> names = new ArrayList<>();
        for (VethConfig each : devices) {
            names.add(each.hostName);
        }
        return String.join(" ", names);
    }
}
