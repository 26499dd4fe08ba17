package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.Route;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.runtime.undo.Transaction;
import org.jvz.runtime.undo.UndoStep;

/**
 * The network of VEs with addresses: one routed pair of devices per VE, {@code venet<CTID>} on the host and {@code venet0} inside. The host
 * has a route to each address and answers ARP and NDP for it on its uplinks; from the VE it takes packets of these addresses only. The pair
 * asks for no neighbours: both ends have the same hardware address and the flag NOARP, so every packet is addressed to the other end, and
 * forged ARP has no reader. See docs/adr/0009.
 *
 * <p>The caller holds the VE's lock and works in the host's network namespace.
 */
public final class Venet {
    /** The device's name inside. */
    static final String INSIDE = "venet0";

    /** Marks the host's routes and proxies for VEs as ours: {@code ip route show proto 118}. */
    static final int PROTOCOL = 118;

    private final Linux linux;
    private final VzConf conf;
    private final AddressOwners owners;
    private final HostSettings settings;

    /** @param conf NEIGHBOUR_DEVS, VE_ROUTE_SRC_DEV and IPV6 count, and where jvz's files lie */
    public Venet(Linux linux, VzConf conf) {
        this.linux = linux;
        this.conf = conf;
        this.owners = new AddressOwners(linux, conf.paths());
        this.settings = new HostSettings(linux, conf.paths());
    }

    /** The device's name on the host, at most 15 characters. */
    public static String device(CtId id) {
        return "venet" + id;
    }

    /** Whether an interface of the host is a VE's. */
    static boolean isDevice(String name) {
        return name.startsWith("venet") && CtId.isNumber(name.substring("venet".length()));
    }

    /**
     * Gives a VE that starts its device and addresses. What is left over from a VE of that id is taken away.
     *
     * @param namespace the VE's; its processes may not have begun
     * @return the settings of the host that were changed for it, for the administrator to know
     * @throws IOException with an {@link IpInUseException} as a cause if an address is another's
     */
    public List<String> up(Transaction transaction, CtId id, VeNamespace namespace, Collection<VeAddress> addresses)
            throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            HostSide host = new HostSide(socket);
            if (host.links().find(device(id)) != null) {
                clear(new ForwardSteps(StepObserver.NONE), id, host);
            }
            return add(transaction, id, namespace, Wanted.of(addresses, Uplinks.read(socket, conf), conf), host, null);
        }
    }

    /**
     * Gives a running VE more addresses, and its device if it has none; else as {@link #up}. An address that it has stays, or gets its new
     * prefix.
     */
    public List<String> add(Transaction transaction, CtId id, VeNamespace namespace, Collection<VeAddress> addresses)
            throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            HostSide host = new HostSide(socket);
            List<Wanted> wanted = Wanted.of(addresses, Uplinks.read(socket, conf), conf);
            return add(transaction, id, namespace, wanted, host, host.links().find(device(id)));
        }
    }

    private List<String> add(
            Transaction transaction,
            CtId id,
            VeNamespace namespace,
            List<Wanted> wanted,
            HostSide host,
            @Nullable Link existing)
            throws IOException {
        Link link = existing != null ? existing : makeDevice(transaction, id, namespace, host);
        Set<NetAddress> had = existing == null ? Set.of() : host.routed(link);
        Set<NetAddress> allowed = new HashSet<>(had);
        for (Wanted each : wanted) {
            allowed.add(each.address());
        }
        List<String> changed =
                transaction.step("change settings", "for " + link.name(), null, () -> enable(allowed, wanted));
        for (Wanted each : wanted) {
            claim(transaction, id, each.address(), had, host);
        }
        transaction.step("filter sources", link.name(), existing == null ? null : NetUndo.filter(id), () -> {
            host.filter(link, allowed);
            return link;
        });
        configureInside(transaction, namespace, wanted, had, host, link, existing == null);
        for (Wanted each : wanted) {
            if (!had.contains(each.address())) {
                route(transaction, each, host, link);
            }
            for (Link uplink : each.uplinks()) {
                announce(transaction, each.address(), host, uplink);
            }
        }
        return changed;
    }

    private static Link makeDevice(Transaction transaction, CtId id, VeNamespace namespace, HostSide host)
            throws IOException {
        String device = device(id);
        // Undone last, when the device is gone: only then the host's settings may be without use.
        transaction.step("reserve settings", "for " + device, NetUndo.settings(id), () -> id);
        return transaction.step("create device", device, NetUndo.link(device), () -> host.create(id, namespace));
    }

    private List<String> enable(Set<NetAddress> allowed, List<Wanted> wanted) throws IOException {
        boolean v4 = false;
        boolean v6 = false;
        for (NetAddress address : allowed) {
            v4 |= !address.isV6();
            v6 |= address.isV6();
        }
        Set<String> arpDevices = new LinkedHashSet<>();
        Set<String> ndpDevices = new LinkedHashSet<>();
        for (Wanted each : wanted) {
            for (Link uplink : each.uplinks()) {
                (each.address().isV6() ? ndpDevices : arpDevices).add(uplink.name());
            }
        }
        return settings.enable(v4, v6, arpDevices, ndpDevices);
    }

    private void claim(Transaction transaction, CtId id, NetAddress address, Set<NetAddress> had, HostSide host)
            throws IOException {
        UndoStep undo = had.contains(address) ? null : NetUndo.veip(address, id);
        transaction.step("claim address", address.toString(), undo, () -> {
            owners.claim(id, address, host.links());
            return address;
        });
    }

    private void configureInside(
            Transaction transaction,
            VeNamespace namespace,
            List<Wanted> wanted,
            Set<NetAddress> had,
            HostSide host,
            Link link,
            boolean fresh)
            throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.openIn(linux, namespace.fd())) {
            InsideNet inside = transaction.step("bring up device", link.name(), null, () -> {
                if (!fresh) {
                    return InsideNet.of(socket);
                }
                InsideNet made = InsideNet.bringUp(socket);
                host.bringUp(link);
                made.awaitReady();
                return made;
            });
            for (Wanted each : wanted) {
                // What is on a fresh device goes with it.
                UndoStep undo =
                        fresh || had.contains(each.address()) ? null : NetUndo.inside(namespace, each.address());
                transaction.step("add address inside", each.address().toString(), undo, () -> {
                    inside.add(each.address(), each.prefix());
                    return each;
                });
            }
            transaction.step("add default routes inside", INSIDE, null, () -> {
                inside.addDefaultRoutes();
                return inside;
            });
        }
    }

    private static void route(Transaction transaction, Wanted wanted, HostSide host, Link link) throws IOException {
        NetAddress address = wanted.address();
        transaction.step("add route", address + " dev " + link.name(), NetUndo.route(address, link.name()), () -> {
            host.addRoute(Route.toHost(address, link.index(), wanted.hostSource(), PROTOCOL), link);
            return link;
        });
    }

    private static void announce(Transaction transaction, NetAddress address, HostSide host, Link uplink)
            throws IOException {
        UndoStep undo = NetUndo.neighbour(address, uplink.name());
        transaction.step("announce", address + " on " + uplink.name(), undo, () -> {
            host.announce(address, uplink);
            return uplink;
        });
    }

    /** The addresses of a running VE, saved or not, without prefixes. */
    public List<VeAddress> owned(CtId id) throws IOException {
        List<VeAddress> owned = new ArrayList<>();
        for (NetAddress address : owners.of(id)) {
            owned.add(VeAddress.parse(address.toString()));
        }
        return owned;
    }

    /**
     * Takes addresses from a running VE. What it does not have is ignored; connections over other addresses go on. Can be repeated after a
     * failure.
     */
    public void remove(ForwardSteps steps, CtId id, VeNamespace namespace, Collection<VeAddress> addresses)
            throws IOException {
        Set<NetAddress> gone = new LinkedHashSet<>();
        for (VeAddress each : addresses) {
            gone.add(NetAddress.of(each.bytes()));
        }
        String device = device(id);
        try (NetlinkSocket socket = NetlinkSocket.open(linux);
                NetlinkSocket inside = NetlinkSocket.openIn(linux, namespace.fd())) {
            HostSide host = new HostSide(socket);
            // Whoever asks for another VE's address takes nothing from it.
            Set<NetAddress> own = new HashSet<>(owners.of(id));
            Link link = host.links().find(device);
            if (link != null) {
                own.addAll(host.routed(link));
            }
            gone.retainAll(own);
            steps.step("retract", "addresses of " + device, () -> host.retract(gone));
            for (NetAddress address : gone) {
                steps.step("delete route", address + " dev " + device, () -> {
                    host.deleteRoute(address, device);
                    return address;
                });
            }
            steps.step("filter sources", device, () -> {
                host.filterToRoutes(id);
                return device;
            });
            steps.step("delete addresses inside", INSIDE, () -> {
                InsideNet.delete(inside, gone);
                return device;
            });
            release(steps, id, gone);
        }
    }

    private void release(ForwardSteps steps, CtId id, Collection<NetAddress> gone) throws IOException {
        for (NetAddress address : gone) {
            steps.step("release address", address.toString(), () -> {
                owners.release(id, address);
                return address;
            });
        }
    }

    /**
     * Whether any VE of this host has an address, or settings of the host were changed for one that had: without native code, for most hosts'
     * first commands to find that there is nothing to take away.
     */
    public static boolean isInUse(HostPaths paths) throws IOException {
        if (HostSettings.areKept(paths)) {
            return true;
        }
        try (DirectoryStream<Path> owners = Files.newDirectoryStream(paths.veipDir())) {
            return owners.iterator().hasNext();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /**
     * Takes away everything that a VE's network is on the host, whether the VE runs, is dead, or had no network. Can be repeated after a
     * failure.
     */
    public void down(ForwardSteps steps, CtId id) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            clear(steps, id, new HostSide(socket));
        }
    }

    private void clear(ForwardSteps steps, CtId id, HostSide host) throws IOException {
        String device = device(id);
        Set<NetAddress> gone = new LinkedHashSet<>(owners.of(id));
        steps.step("retract", "addresses of " + device, () -> host.retract(gone));
        steps.step("delete device", device, () -> host.links().delete(device));
        release(steps, id, gone);
        steps.step("restore settings", "after " + device, () -> settings.restoreIfUnused(host.links()));
    }
}
