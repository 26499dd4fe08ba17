package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.netlink.TrafficControl;
import org.jvz.runtime.linux.netlink.TrafficControl.Frames;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * Limits of what VEs send and receive. All frames of a VE that go one way, over whichever of its devices, wait in the queue of one intermediate
 * device of the host, {@code ifbo<CTID>} for what it sends and {@code ifbi<CTID>} for what it receives; see docs/adr/0021.
 *
 * <p>The caller holds the VE's lock and works in the host's network namespace.
 */
public final class Shaper {
    private static final String KIND = "ifb";
    private static final int BITS = 8;

    /** A way, as the VE sees it. */
    enum Direction {
        SENT("ifbo", Frames.RECEIVED),
        RECEIVED("ifbi", Frames.SENT);

        private final String prefix;
        private final Frames frames;

        Direction(String prefix, Frames frames) {
            this.prefix = prefix;
            this.frames = frames;
        }

        /** The intermediate device, at most 14 characters. */
        String device(CtId id) {
            return prefix + id;
        }
    }

    private final Linux linux;

    public Shaper(Linux linux) {
        this.linux = linux;
    }

    /**
     * Gives a VE other rates.
     *
     * @param before what it has
     * @param devices names on the host of all its devices, of which some may be new or have new names
     */
    public void change(Transaction transaction, CtId id, Rates before, Rates after, Collection<String> devices)
            throws IOException {
        transaction.step("reserve shapers", "of container " + id, NetUndo.rates(id, before, devices), () -> id);
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            for (Direction direction : Direction.values()) {
                String shaper = direction.device(id);
                long rate = after.of(direction);
                if (rate > 0) {
                    transaction.step("shape", shaper, null, () -> shape(socket, shaper, rate));
                }
                if (rate > 0 || before.of(direction) > 0) {
                    for (String device : new LinkedHashSet<>(devices)) {
                        String step = rate > 0 ? "redirect to shaper" : "redirect no longer";
                        transaction.step(
                                step, device + " " + shaper, null, () -> redirect(socket, device, direction, id, rate));
                    }
                }
                if (rate == 0 && before.of(direction) > 0) {
                    transaction.step("delete shaper", shaper, null, () -> delete(socket, shaper));
                }
            }
        }
    }

    /** Gives what there is of a VE's devices these rates, whatever they had. */
    static void set(NetlinkSocket socket, CtId id, Rates rates, Collection<String> devices) throws IOException {
        for (Direction direction : Direction.values()) {
            long rate = rates.of(direction);
            if (rate > 0) {
                shape(socket, direction.device(id), rate);
            }
            for (String device : devices) {
                redirect(socket, device, direction, id, rate);
            }
            if (rate == 0) {
                delete(socket, direction.device(id));
            }
        }
    }

    private static Link shape(NetlinkSocket socket, String shaper, long rate) throws IOException {
        Links links = new Links(socket);
        Link link = links.find(shaper);
        if (link == null) {
            links.createIfb(shaper);
            link = links.get(shaper);
        } else if (!link.kind().equals(KIND)) {
            throw new IOException("This host has a device " + shaper + " of its own, of kind " + link.kind());
        }
        new TrafficControl(socket).limitSent(link, Math.max(1, rate / BITS));
        links.change(link.index(), shaper, new LinkChange().noLinkLocal());
        links.change(link.index(), shaper, new LinkChange().up());
        return link;
    }

    /** A device that is gone needs nothing. */
    private static boolean redirect(NetlinkSocket socket, String device, Direction direction, CtId id, long rate)
            throws IOException {
        Links links = new Links(socket);
        Link link = links.find(device);
        if (link == null) {
            return false;
        }
        TrafficControl control = new TrafficControl(socket);
        if (rate > 0) {
            control.prepare(link);
            control.redirect(link, direction.frames, links.get(direction.device(id)));
        } else {
            control.endRedirect(link, direction.frames);
        }
        return true;
    }

    private static boolean delete(NetlinkSocket socket, String shaper) throws IOException {
        Links links = new Links(socket);
        Link link = links.find(shaper);
        return link != null && link.kind().equals(KIND) && links.delete(shaper);
    }

    /** Takes away what is left of a VE that has ended; its own devices are gone. */
    public void remove(ForwardSteps steps, CtId id) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            for (Direction direction : Direction.values()) {
                String shaper = direction.device(id);
                steps.step("delete shaper", shaper, () -> delete(socket, shaper));
            }
        }
    }

    /** Names of a VE's devices on the host: venet if it is there, and those of NETIF, given as they were and as they are. */
    public List<String> devices(CtId id, Collection<VethConfig> veths) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Links links = new Links(socket);
            if (links.find(Venet.device(id)) != null) {
                names.add(Venet.device(id));
            }
        }
        for (VethConfig each : veths) {
            names.add(each.hostName());
        }
        return new ArrayList<>(names);
    }
}
