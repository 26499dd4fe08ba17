package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Mac;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.undo.UndoHandlers;
import org.jvz.runtime.undo.UndoStep;

/**
 * How steps on networks are taken back, in the calling thread's network namespace. What is gone already is a success.
 *
 * <table>
 *   <caption>Kinds</caption>
 *   <tr><td>{@code link-delete NAME}</td><td>deletes an interface, with its routes and filters</td></tr>
 *   <tr><td>{@code route-delete ADDRESS NAME}</td><td>deletes the host's route to an address of a VE</td></tr>
 *   <tr><td>{@code neigh-delete ADDRESS NAME}</td><td>an interface no longer answers for the address</td></tr>
 *   <tr><td>{@code neigh-forget ADDRESS NAME}</td><td>the kernel forgets what it learned of a neighbour</td></tr>
 *   <tr><td>{@code inside-delete PID INODE ADDRESS}</td><td>takes an address from venet0 in the network namespace of that inode number, if
 *   process PID is still in it</td></tr>
 *   <tr><td>{@code source-filter CTID}</td><td>what is left of the VE's addresses may send, nothing else</td></tr>
 *   <tr><td>{@code veip-release ADDRESS CTID}</td><td>the VE owns the address no longer</td></tr>
 *   <tr><td>{@code net-settings CTID}</td><td>the host's settings are put back if no VE needs them</td></tr>
 *   <tr><td>{@code veth-delete NAME MAC}</td><td>deletes a veth device of the host if it has that hardware address</td></tr>
 *   <tr><td>{@code veth-back PID INODE NAME DEVICE...}</td><td>gives the device of that name on the host what {@link VethConfig#toArgs} says, if process
 *   PID is still in the namespace of that inode number</td></tr>
 *   <tr><td>{@code netdev-back PID INODE NAME}</td><td>moves a device from that namespace into the host's</td></tr>
 *   <tr><td>{@code rates CTID RATES DEVICE...}</td><td>gives a VE's devices, those of them that there are, the rates of {@link Rates#toString}</td></tr>
 *   <tr><td>{@code translation CTID TRANSLATION}</td><td>makes NAT and forwards of a VE those of {@link Translation#toString}</td></tr>
 *   <tr><td>{@code traffic CTID ADDRESS...}</td><td>a VE has counters of traffic for these addresses and no others</td></tr>
 * </table>
 */
public final class NetUndo implements UndoHandlers {
    private static final String LINK = "link-delete";
    private static final String ROUTE = "route-delete";
    private static final String NEIGHBOUR = "neigh-delete";
    private static final String QUESTION = "neigh-forget";
    private static final String INSIDE = "inside-delete";
    private static final String FILTER = "source-filter";
    private static final String VEIP = "veip-release";
    private static final String SETTINGS = "net-settings";
    private static final String VETH = "veth-delete";
    private static final String VETH_BACK = "veth-back";
    private static final String NETDEV = "netdev-back";
    private static final String RATES = "rates";
    private static final String TRANSLATION = "translation";
    private static final String TRAFFIC = "traffic";

    private final Linux linux;
    private final HostPaths paths;

    public NetUndo(Linux linux, HostPaths paths) {
        this.linux = linux;
        this.paths = paths;
    }

    static UndoStep link(String name) {
        return UndoStep.of(LINK, name);
    }

    static UndoStep route(NetAddress address, String device) {
        return UndoStep.of(ROUTE, address.toString(), device);
    }

    static UndoStep neighbour(NetAddress address, String device) {
        return UndoStep.of(NEIGHBOUR, address.toString(), device);
    }

    static UndoStep question(NetAddress address, String device) {
        return UndoStep.of(QUESTION, address.toString(), device);
    }

    static UndoStep inside(VeNamespace namespace, NetAddress address) {
        return UndoStep.of(
                INSIDE, Integer.toString(namespace.pid()), Long.toString(namespace.inode()), address.toString());
    }

    static UndoStep filter(CtId id) {
        return UndoStep.of(FILTER, id.toString());
    }

    static UndoStep veip(NetAddress address, CtId id) {
        return UndoStep.of(VEIP, address.toString(), id.toString());
    }

    static UndoStep settings(CtId id) {
        return UndoStep.of(SETTINGS, id.toString());
    }

    static UndoStep veth(VethConfig device) {
        return UndoStep.of(VETH, device.hostName(), device.hostMac().toString());
    }

    static UndoStep vethBack(VeNamespace namespace, VethConfig before, String hostName) {
        List<String> args =
                new ArrayList<>(List.of(Integer.toString(namespace.pid()), Long.toString(namespace.inode()), hostName));
        args.addAll(before.toArgs());
        return new UndoStep(VETH_BACK, args);
    }

    static UndoStep takeBack(VeNamespace namespace, String name) {
        return UndoStep.of(NETDEV, Integer.toString(namespace.pid()), Long.toString(namespace.inode()), name);
    }

    static UndoStep rates(CtId id, Rates before, Collection<String> devices) {
        List<String> args = new ArrayList<>(List.of(id.toString(), before.toString()));
        args.addAll(devices);
        return new UndoStep(RATES, args);
    }

    static UndoStep translation(CtId id, Translation before) {
        return UndoStep.of(TRANSLATION, id.toString(), before.toString());
    }

    static UndoStep traffic(CtId id, Collection<NetAddress> before) {
        List<String> args = new ArrayList<>(List.of(id.toString()));
        before.forEach(each -> args.add(each.toString()));
        return new UndoStep(TRAFFIC, args);
    }

    /** Whether this class undoes steps of that kind. */
    public static boolean knows(String kind) {
        return switch (kind) {
            case LINK,
                    ROUTE,
                    NEIGHBOUR,
                    QUESTION,
                    INSIDE,
                    FILTER,
                    VEIP,
                    SETTINGS,
                    VETH,
                    VETH_BACK,
                    NETDEV,
                    RATES,
                    TRANSLATION,
                    TRAFFIC -> true;
            default -> false;
        };
    }

    @Override
    public void undo(UndoStep step) throws IOException {
        List<String> args = step.args();
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            HostSide host = new HostSide(socket);
            switch (step.kind()) {
                case LINK -> host.links().delete(args.get(0));
                case ROUTE -> host.deleteRoute(address(args.get(0)), args.get(1));
                case NEIGHBOUR -> host.retract(address(args.get(0)), args.get(1));
                case QUESTION -> host.forget(address(args.get(0)), args.get(1));
                case INSIDE ->
                    deleteInside(Integer.parseInt(args.get(0)), Long.parseLong(args.get(1)), address(args.get(2)));
                case FILTER -> host.filterToRoutes(CtId.parse(args.get(0)));
                case VEIP -> new AddressOwners(linux, paths).release(CtId.parse(args.get(1)), address(args.get(0)));
                case SETTINGS -> new HostSettings(linux, paths).restoreIfUnused(host.links());
                case VETH -> Veths.delete(socket, args.get(0), Mac.parse(args.get(1)));
                case VETH_BACK -> changeBack(host, args);
                case NETDEV -> takeBack(args);
                case RATES ->
                    Shaper.set(socket, CtId.parse(args.get(0)), Rates.parse(args.get(1)), args.subList(2, args.size()));
                case TRANSLATION ->
                    new Translator(linux, paths).set(CtId.parse(args.get(0)), Translation.parse(args.get(1)));
                case TRAFFIC -> {
                    List<NetAddress> before = new ArrayList<>();
                    args.subList(1, args.size()).forEach(each -> before.add(address(each)));
                    new TrafficAccounts(linux, paths).set(CtId.parse(args.get(0)), before);
                }
                default -> throw new IOException("Unknown kind of undo step: " + step.kind());
            }
        }
    }

    private static NetAddress address(String text) {
        return NetAddress.of(VeAddress.parse(text).bytes());
    }

    private void deleteInside(int pid, long inode, NetAddress address) throws IOException {
        if (!VeNamespace.isOf(linux, pid, inode)) {
            return;
        }
        try (VeNamespace namespace = VeNamespace.ofInit(linux, pid);
                NetlinkSocket inside = NetlinkSocket.openIn(linux, namespace.fd())) {
            InsideNet.delete(inside, List.of(address));
        }
    }

    private void changeBack(HostSide host, List<String> args) throws IOException {
        int pid = Integer.parseInt(args.get(0));
        if (!VeNamespace.isOf(linux, pid, Long.parseLong(args.get(1)))) {
            return;
        }
        VethConfig before = VethConfig.ofArgs(args.subList(3, args.size()));
        // The step may have failed before or after it renamed the device.
        String name = host.links().find(before.hostName()) != null ? before.hostName() : args.get(2);
        try (VeNamespace namespace = VeNamespace.ofInit(linux, pid)) {
            new Veths(linux).apply(namespace, name, before, true);
        }
    }

    private void takeBack(List<String> args) throws IOException {
        int pid = Integer.parseInt(args.get(0));
        if (VeNamespace.isOf(linux, pid, Long.parseLong(args.get(1)))) {
            try (VeNamespace namespace = VeNamespace.ofInit(linux, pid)) {
                MovedDevices.takeBack(linux, namespace, args.get(2));
            }
        }
    }
}
