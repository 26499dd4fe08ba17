package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.BridgePorts;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.TrafficControl;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * The veth devices of VEs (NETIF): one end inside, down until the guest brings it up, one on the host, up and perhaps in a bridge. A device
 * of the host counts as a VE's only if it is a veth device of the VE's hardware address: one of the host's own that has the same name is never
 * touched. Devices go with the VE's namespace, and {@link #remove} sees that they are gone before the next start needs their names.
 *
 * <p>The caller holds the VE's lock and works in the host's network namespace.
 */
public final class Veths {
    private static final String KIND = "veth";
    private static final Path SYSCTLS = Path.of("/proc/sys/net/ipv6/conf");

    private final Linux linux;

    public Veths(Linux linux) {
        this.linux = linux;
    }

    /** Makes devices for a VE and puts them to use. What is left over of its own under these names is taken away. */
    public void create(Transaction transaction, VeNamespace namespace, List<VethConfig> devices) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Links links = new Links(socket);
            for (VethConfig each : devices) {
                place(socket, each);
            }
            for (VethConfig each : devices) {
                Link left = links.find(each.hostName());
                if (left != null && isOwn(left, each.hostMac())) {
                    links.delete(each.hostName());
                }
                transaction.step("create veth", each.hostName(), NetUndo.veth(each), () -> {
                    create(links, namespace, each);
                    return each;
                });
                transaction.step("configure veth", each.hostName(), null, () -> {
                    Link link = links.get(each.hostName());
                    use(socket, link, each);
                    links.change(link.index(), link.name(), new LinkChange().up());
                    return link;
                });
            }
        }
    }

    private static void create(Links links, VeNamespace namespace, VethConfig device) throws IOException {
        for (Link other : links.list()) {
            Mac mac = other.mac();
            if (mac != null && (mac.equals(device.hostMac()) || mac.equals(device.mac()))) {
                throw new IOException("MAC address " + mac + " is that of the host's device " + other.name());
            }
        }
        links.createVeth(
                new Links.VethEnd(device.hostName(), device.hostMac(), true),
                new Links.VethEnd(device.ifname(), device.mac(), true),
                namespace.fd());
    }

    /** Filter and bridge. The host has no address of its own making on the device and believes no router behind it. */
    private static void use(NetlinkSocket socket, Link link, VethConfig device) throws IOException {
        Links links = new Links(socket);
        LinkChange change = new LinkChange().noLinkLocal();
        links.change(link.index(), link.name(), change);
        Path acceptRa = SYSCTLS.resolve(link.name()).resolve("accept_ra");
        if (Files.exists(acceptRa)) {
            Files.writeString(acceptRa, "0\n", StandardOpenOption.WRITE);
        }
        filter(socket, link, device);
        bridge(socket, links, link, device);
    }

    private static void filter(NetlinkSocket socket, Link link, VethConfig device) throws IOException {
        TrafficControl control = new TrafficControl(socket);
        control.prepare(link);
        control.filterReceived(link, VethFilter.program(device.mac(), device.macFilter(), device.ips()));
    }

    /**
     * Where a device belongs.
     *
     * @param bridge null for no bridge
     * @param vlans how the bridge treats VLANs, or null if the device is in none of its own
     */
    private record Place(@Nullable Link bridge, BridgePorts.@Nullable Vlans vlans) {}

    /** Fails, in words, if there is no such place on this host. */
    private static Place place(NetlinkSocket socket, VethConfig device) throws IOException {
        @Nullable String name = device.bridge();
        if (name == null) {
            if (device.isolated() || device.vlan() != 0) {
                throw new IOException((device.isolated() ? "Isolation" : "A VLAN") + " is a matter of a bridge, and "
                        + device.ifname() + " is in none: give it one (--bridge), or "
                        + (device.isolated() ? "--isolated off" : "--vlan 0"));
            }
            return new Place(null, null);
        }
        Link bridge = bridge(new Links(socket), name, device.hostName());
        if (device.vlan() == 0) {
            return new Place(bridge, null);
        }
        BridgePorts.Vlans vlans = new BridgePorts(socket).vlans(bridge);
        String refused = device.ifname() + " cannot be in VLAN " + device.vlan() + " of bridge " + name + ": ";
        if (vlans == null) {
            throw new IOException(refused + "this kernel's bridges know no VLANs (CONFIG_BRIDGE_VLAN_FILTERING)");
        }
        if (!vlans.filtering()) {
            throw new IOException(refused + "it does not keep VLANs apart; this enables it: ip link set " + name
                    + " type bridge vlan_filtering 1");
        }
        return new Place(bridge, vlans);
    }

    private static void bridge(NetlinkSocket socket, Links links, Link link, VethConfig device) throws IOException {
        Place place = place(socket, device);
        Link bridge = place.bridge();
        if (bridge != null) {
            enter(links, link, bridge);
        } else if (link.master() != 0) {
            links.change(link.index(), link.name(), new LinkChange().master(0));
        }
        BridgePorts ports = new BridgePorts(socket);
        BridgePorts.Vlans vlans = place.vlans();
        if (vlans != null) {
            ports.addUntagged(link, device.vlan());
            if (vlans.defaultId() != 0 && vlans.defaultId() != device.vlan()) {
                ports.remove(link, vlans.defaultId());
            }
        }
        if (device.isolated()) {
            ports.isolate(link, true);
        }
    }

    /** Makes the device a port of the bridge of this name. */
    static void enter(Links links, Link link, String name) throws IOException {
        enter(links, link, bridge(links, name, link.name()));
    }

    private static Link bridge(Links links, String name, String device) throws IOException {
        Link bridge = links.find(name);
        if (bridge == null) {
            throw new IOException("This host has no bridge " + name + " for " + device);
        }
        if (!bridge.kind().equals("bridge")) {
            throw new IOException(name + " is not a bridge that " + device + " could be put into");
        }
        return bridge;
    }

    private static void enter(Links links, Link link, Link bridge) throws IOException {
        if (link.master() == bridge.index()) {
            return;
        }
        Mac mac = bridge.mac();
        if (mac != null) {
            // A bridge whose address nobody has set takes the lowest of its ports, and everybody's ARP entries of the
            // host go stale. Set to what it is, it stays.
            links.change(bridge.index(), bridge.name(), new LinkChange().mac(mac));
        }
        links.change(link.index(), link.name(), new LinkChange().master(bridge.index()));
    }

    /** Makes a running VE's device another one in everything but its name inside. */
    public void change(Transaction transaction, VeNamespace namespace, VethConfig before, VethConfig after)
            throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            place(socket, after);
        }
        transaction.step("change veth", after.hostName(), NetUndo.vethBack(namespace, before, after.hostName()), () -> {
            apply(namespace, before.hostName(), after, after.isOtherPortThan(before));
            return after;
        });
    }

    /**
     * Gives the device all that the configuration says.
     *
     * @param asNewPort whether its bridge has to forget first what it was told of the port; it is down for that moment, since it would be in
     *     the default VLAN, and not isolated
     */
    void apply(VeNamespace namespace, String hostName, VethConfig device, boolean asNewPort) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux);
                NetlinkSocket inside = NetlinkSocket.openIn(linux, namespace.fd())) {
            Links links = new Links(socket);
            Link link = links.get(hostName);
            if (!link.name().equals(device.hostName())) {
                // Kernels before 6.2 rename nothing that is up.
                links.change(link.index(), link.name(), new LinkChange().down());
                links.change(link.index(), link.name(), new LinkChange().name(device.hostName()));
                links.change(link.index(), device.hostName(), new LinkChange().up());
                link = links.get(device.hostName());
            }
            if (!device.hostMac().equals(link.mac())) {
                links.change(link.index(), link.name(), new LinkChange().mac(device.hostMac()));
            }
            Links within = new Links(inside);
            Link peer = within.get(device.ifname());
            if (!device.mac().equals(peer.mac())) {
                within.change(peer.index(), peer.name(), new LinkChange().mac(device.mac()));
            }
            if (asNewPort) {
                links.change(link.index(), link.name(), new LinkChange().down());
                links.change(link.index(), link.name(), new LinkChange().master(0));
                link = links.get(device.hostName());
            }
            use(socket, link, device);
            if (asNewPort) {
                links.change(link.index(), link.name(), new LinkChange().up());
            }
        }
    }

    /** Takes devices from a running VE, or away what is left of those of one that has ended. */
    public void remove(ForwardSteps steps, List<VethConfig> devices) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            for (VethConfig each : devices) {
                steps.step("delete veth", each.hostName(), () -> delete(socket, each.hostName(), each.hostMac()));
            }
        }
    }

    /** Deletes a device if it is there and the VE's. */
    static boolean delete(NetlinkSocket socket, String name, Mac mac) throws IOException {
        Links links = new Links(socket);
        Link link = links.find(name);
        return link != null && isOwn(link, mac) && links.delete(name);
    }

    private static boolean isOwn(Link link, Mac mac) {
        return link.kind().equals(KIND) && mac.equals(link.mac());
    }
}
