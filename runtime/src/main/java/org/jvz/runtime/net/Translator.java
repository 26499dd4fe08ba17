package org.jvz.runtime.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.PortForward;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Links;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.netlink.NetlinkSocket;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.linux.nft.NoNftablesException;
import org.jvz.runtime.linux.nft.Ruleset;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * NAT of VEs and forwards of ports to them: one table of nftables, there as long as a VE needs it; see docs/adr/0024.
 *
 * <p>The caller holds the VE's lock and works in the host's network namespace.
 */
public final class Translator {
    private final Linux linux;
    private final HostPaths paths;
    private final TranslationTable table;

    public Translator(Linux linux, HostPaths paths) {
        this.linux = linux;
        this.paths = paths;
        this.table = new TranslationTable(paths);
    }

    /** Why this host can translate nothing; null if it can. */
    public @Nullable String missing() throws IOException {
        try {
            Nftables.require(linux);
            return null;
        } catch (NoNftablesException e) {
            return e.getMessage();
        }
    }

    /** The addresses that a running VE has on this host, those of {@code first} in their order before others. */
    public List<NetAddress> addresses(CtId id, Collection<VeAddress> first) throws IOException {
        List<NetAddress> own = new ArrayList<>(new AddressOwners(linux, paths).of(id));
        own.sort(null);
        List<NetAddress> all = new ArrayList<>(of(first));
        all.retainAll(own);
        own.removeAll(all);
        all.addAll(own);
        return all;
    }

    /** Addresses of a configuration. */
    public static List<NetAddress> of(Collection<VeAddress> configured) {
        List<NetAddress> addresses = new ArrayList<>();
        for (VeAddress each : configured) {
            addresses.add(NetAddress.of(each.bytes()));
        }
        return addresses;
    }

    /**
     * What a VE with these addresses needs. Forwards lead to the first address of each family; one that has nowhere to lead to is left out.
     *
     * @param nat whether its addresses in NAT_NETWORKS are replaced by NAT_SOURCE
     * @throws IOException if these say nothing
     */
    public Translation wanted(
            VzConf conf, boolean nat, Collection<PortForward> forwards, Collection<NetAddress> addresses)
            throws IOException {
        List<Translation.Forwarded> forwarded = new ArrayList<>();
        for (PortForward each : forwards) {
            for (boolean v6 : new boolean[] {false, true}) {
                NetAddress to = first(addresses, v6);
                if (to != null && (each.address() == null || each.isV6() == v6)) {
                    forwarded.add(new Translation.Forwarded(each, to));
                }
            }
        }
        return new Translation(nat ? masked(conf, addresses) : List.of(), forwarded);
    }

    private static @Nullable NetAddress first(Collection<NetAddress> addresses, boolean v6) {
        for (NetAddress each : addresses) {
            if (each.isV6() == v6) {
                return each;
            }
        }
        return null;
    }

    private List<Translation.Masked> masked(VzConf conf, Collection<NetAddress> addresses) throws IOException {
        List<VeAddress> networks = listed(conf, VzKey.NAT_NETWORKS);
        List<NetAddress> sources = of(listed(conf, VzKey.NAT_SOURCE));
        List<Translation.Masked> masked = new ArrayList<>();
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            Uplinks uplinks = Uplinks.read(socket, conf);
            for (NetAddress each : addresses) {
                if (isIn(networks, each)) {
                    List<String> near = new ArrayList<>();
                    for (Link link : uplinks.announcing(each)) {
                        near.add(link.name());
                    }
                    masked.add(new Translation.Masked(each, near, first(sources, each.isV6())));
                }
            }
        }
        return masked;
    }

    private static boolean isIn(List<VeAddress> networks, NetAddress address) {
        for (VeAddress each : networks) {
            NetAddress network = NetAddress.of(each.bytes());
            if (address.sharesPrefix(network, each.prefix() < 0 ? network.bits() : each.prefix())) {
                return true;
            }
        }
        return false;
    }

    private static List<VeAddress> listed(VzConf conf, VzKey key) throws IOException {
        List<VeAddress> all = new ArrayList<>();
        String text = conf.text(key);
        for (String word : text == null ? new String[0] : text.split("[ \t]+", -1)) {
            if (!word.isEmpty()) {
                try {
                    all.add(VeAddress.parse(word));
                } catch (IllegalArgumentException e) {
                    throw new BadConfException(
                            conf.file().path(),
                            conf.file().lineOf(key.name()),
                            key + ": '" + word + "': " + e.getMessage());
                }
            }
        }
        return all;
    }

    /**
     * Gives a VE other translations than it has.
     *
     * @throws IOException with a {@link PortInUseException} as a cause if a port leads to another running VE
     */
    public void change(Transaction transaction, CtId id, Translation before, Translation after) throws IOException {
        String object = "of container " + id;
        transaction.step("translate", object, NetUndo.translation(id, before), () -> set(id, after));
    }

    /** Takes what is left of a VE that has ended. Can be repeated after a failure. */
    public void remove(ForwardSteps steps, CtId id) throws IOException {
        steps.step("translate no longer", "of container " + id, () -> set(id, Translation.NONE));
    }

    /** Makes a VE's translations these, whatever there are; whether that changed anything. */
    boolean set(CtId id, Translation translation) throws IOException {
        Map<TranslationTable.Slot, String> wanted = TranslationTable.elements(translation);
        // VEs have the table in common: between looking and changing there is nobody else.
        return new NetLock(linux, paths).held(() -> {
            try (Nftables nftables = Nftables.open(linux)) {
                return set(nftables, id, wanted);
            } catch (NoNftablesException e) {
                if (wanted.isEmpty()) {
                    return false;
                }
                throw e;
            }
        });
    }

    private boolean set(Nftables nftables, CtId id, Map<TranslationTable.Slot, String> wanted) throws IOException {
        String comment = id.toString();
        Ruleset there = nftables.list(table.name());
        StringBuilder commands = new StringBuilder();
        boolean others = false;
        for (Ruleset.Element each : there == null ? List.<Ruleset.Element>of() : there.elements()) {
            boolean own = each.comment().equals(comment);
            TranslationTable.Slot slot = TranslationTable.slot(each);
            if (!own && wanted.containsKey(slot)) {
                refuse(slot, each.comment());
                own = true;
            }
            others |= !own;
            if (own) {
                commands.append(table.deletion(each));
            }
        }
        if (wanted.isEmpty()) {
            if (there == null || (others && commands.length() == 0)) {
                return false;
            }
            nftables.run(others ? commands.toString() : table.deletion());
            return true;
        }
        nftables.run(table.definition() + commands + table.addition(wanted, comment));
        return true;
    }

    /** Refuses a port that leads to a running VE; what a VE without a device left there counts for nothing. */
    private void refuse(TranslationTable.Slot slot, String owner) throws IOException {
        if (!slot.isPort() || !CtId.isNumber(owner)) {
            return;
        }
        CtId other = CtId.parse(owner);
        try (NetlinkSocket socket = NetlinkSocket.open(linux)) {
            if (new Links(socket).find(Venet.device(other)) != null) {
                throw new PortInUseException(slot.port(), other);
            }
        }
    }
}
