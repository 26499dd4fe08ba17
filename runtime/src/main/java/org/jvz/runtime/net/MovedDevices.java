package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.LinkChange;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetlinkException;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * Devices of the host that are given to VEs (NETDEV). A device that moves loses its addresses and routes, on the way back, too. A VE that ends
 * without being stopped gives hardware back by itself: the kernel moves it to the host's first namespace; virtual devices end with the VE.
 *
 * <p>The caller holds the VE's lock and works in the host's network namespace.
 */
public final class MovedDevices {
    private final Linux linux;

    public MovedDevices(Linux linux) {
        this.linux = linux;
    }

    /** Moves devices into a VE. */
    public void give(Transaction transaction, VeNamespace namespace, List<String> names) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Links links = new Links(socket);
            for (String name : names) {
                transaction.step("move device", name + " into container", NetUndo.takeBack(namespace, name), () -> {
                    Link link = links.find(name);
                    if (link == null) {
                        throw new IOException("This host has no network device " + name);
                    }
                    if (link.isLoopback()) {
                        throw new IOException(name + " is the host's loopback device");
                    }
                    links.change(link.index(), name, new LinkChange().namespace(namespace.fd()));
                    return link;
                });
            }
        }
    }

    /** Moves devices back from a VE that runs, or whose namespace is still held. What is not there is passed over. */
    public void takeBack(ForwardSteps steps, VeNamespace namespace, List<String> names) throws IOException {
        for (String name : names) {
            steps.step("take device back", name, () -> takeBack(linux, namespace, name));
        }
    }

    static boolean takeBack(Linux linux, VeNamespace namespace, String name) throws IOException {
        try (NetlinkSocket inside = NetlinkSocket.openIn(linux, namespace.fd());
                Fd own = linux.open(java.nio.file.Path.of("/proc/thread-self/ns/net"))) {
            Links within = new Links(inside);
            Link link = within.find(name);
            if (link == null) {
                return false;
            }
            try {
                within.change(link.index(), name, new LinkChange().namespace(own));
            } catch (NetlinkException e) {
                if (e.is(Errno.EEXIST)) {
                    throw new IOException("The host has another device " + name + " by now", e);
                }
                throw e;
            }
            return true;
        }
    }

    /** Names in one text and back. */
    public static List<String> names(String text) {
        List<String> names = new ArrayList<>();
        for (String name : text.split(" ", -1)) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }
}
