package org.jvz.runtime.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.linux.netlink.Mac;

/**
 * A veth device of a VE with nothing left open.
 *
 * @param ifname the device inside
 * @param mac its hardware address
 * @param hostName the device on the host
 * @param hostMac the address of that one, by which it is known to be the VE's
 * @param bridge the bridge on the host it is in, or null
 * @param macFilter whether frames from other addresses than {@code mac} are dropped
 */
public record VethConfig(
        String ifname, Mac mac, String hostName, Mac hostMac, @Nullable String bridge, boolean macFilter) {
    /** The OUI of OpenVZ's devices. */
    private static final long PREFIX = 0x00_18_51L << 24;

    private static final int ARGS = 6;

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
                netIf.macFilter() == null || netIf.macFilter());
    }

    private static String digits(String ifname) {
        return ifname.replaceAll("[^0-9]", "");
    }

    private static Mac made(CtId id, String ifname, int end) {
        long hash = (id.value() * 31L + ifname.hashCode()) * 0x9e37_79b9_7f4a_7c15L + end;
        return new Mac(PREFIX | (hash >>> 20 & 0xff_fffe) | end);
    }

    /** The inverse of {@link #ofArgs}. */
    List<String> toArgs() {
        return List.of(
                ifname,
                mac.toString(),
                hostName,
                hostMac.toString(),
                bridge == null ? "" : bridge,
                macFilter ? "on" : "off");
    }

    /** The device of six arguments of an undo step. */
    static VethConfig ofArgs(List<String> args) {
        if (args.size() != ARGS) {
            throw new IllegalArgumentException("not a veth device: " + args);
        }
        String bridge = args.get(4);
        return new VethConfig(
                args.get(0),
                Mac.parse(args.get(1)),
                args.get(2),
                Mac.parse(args.get(3)),
                bridge.isEmpty() ? null : bridge,
                args.get(5).equals("on"));
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
