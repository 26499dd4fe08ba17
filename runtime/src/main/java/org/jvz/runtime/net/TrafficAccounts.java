package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.AtomicFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.linux.nft.Nftables;
import org.jvz.runtime.linux.nft.NoNftablesException;
import org.jvz.runtime.linux.nft.Ruleset;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * Counts of what VEs send and receive by their addresses on venet0, for each class of networks, from the VE's start to its end; see docs/adr/0025.
 *
 * <p>The caller holds the VE's lock, unless it only reads, and works in the host's network namespace.
 */
public final class TrafficAccounts {
    private final Linux linux;
    private final HostPaths paths;
    private final TrafficTable table;

    public TrafficAccounts(Linux linux, HostPaths paths) {
        this.linux = linux;
        this.paths = paths;
        this.table = new TrafficTable(paths);
    }

    /** Gives a VE counters for these addresses and no others. */
    public void change(Transaction transaction, CtId id, Collection<NetAddress> before, Collection<NetAddress> after)
            throws IOException {
        String object = "of container " + id;
        transaction.step("count traffic", object, NetUndo.traffic(id, before), () -> set(id, after));
    }

    /** Takes the counters of a VE that has ended, and what it had counted. Can be repeated after a failure. */
    public void remove(ForwardSteps steps, CtId id) throws IOException {
        steps.step("count traffic no longer", "of container " + id, () -> locked(id, List.of(), false));
    }

    /** Makes a VE's counters those of these addresses, whatever there are. What addresses that go had counted is kept. */
    boolean set(CtId id, Collection<NetAddress> addresses) throws IOException {
        return locked(id, addresses, true);
    }

    private boolean locked(CtId id, Collection<NetAddress> addresses, boolean keep) throws IOException {
        return new NetLock(linux, paths).held(() -> {
            Map<String, Traffic.Count> kept = former(id, new TreeMap<>());
            try (Nftables nftables = Nftables.open(linux)) {
                set(nftables, id, addresses, kept);
            } catch (NoNftablesException e) {
                if (!addresses.isEmpty()) {
                    throw e;
                }
            }
            if (keep) {
                writeFormer(id, kept);
            } else {
                forgetFormer(id);
            }
            return keep;
        });
    }

    /** @param kept gets what addresses that go had counted */
    private void set(Nftables nftables, CtId id, Collection<NetAddress> addresses, Map<String, Traffic.Count> kept)
            throws IOException {
        Ruleset there = nftables.list(table.name());
        if (there == null && addresses.isEmpty()) {
            return;
        }
        NetworkClasses classes = NetworkClasses.read(paths);
        if (classes == null) {
            classes = new NetworkClasses(List.of());
        }
        String comment = id.toString();
        Map<NetAddress, String> owners = new LinkedHashMap<>();
        Set<String> left = new HashSet<>();
        StringBuilder commands = new StringBuilder();
        for (Ruleset.Element each : there == null ? List.<Ruleset.Element>of() : there.elements()) {
            NetAddress address = Translation.address(each.key().get(0));
            boolean own = each.comment().equals(comment);
            if (own ? addresses.contains(address) : !addresses.contains(address)) {
                owners.put(address, each.comment());
                left.add(each.set() + " " + address);
            } else {
                commands.append(table.deletion(each.set(), each.key().get(0)));
                if (own) {
                    kept.merge(each.set(), new Traffic.Count(each.packets(), each.bytes()), Traffic.Count::plus);
                }
            }
        }
        addresses.forEach(each -> owners.put(each, comment));
        if (owners.isEmpty()) {
            commands = new StringBuilder(table.deletion());
        } else {
            commands.insert(0, table.definition(classes));
            // The file may have got other classes since others started.
            for (Map.Entry<NetAddress, String> each : owners.entrySet()) {
                for (TrafficTable.Counter counter : TrafficTable.counters(classes, each.getKey())) {
                    if (!left.contains(counter.set() + " " + each.getKey())) {
                        commands.append(
                                table.addition(counter.set(), each.getKey().toString(), each.getValue()));
                    }
                }
            }
        }
        nftables.run(commands.toString());
    }

    /** What a VE's addresses of old had counted: lines of a counter, packets and bytes. */
    private Path former(CtId id) {
        return formers().resolve(id.toString());
    }

    private Path formers() {
        return paths.runDir().resolve("traffic");
    }

    private Map<String, Traffic.Count> former(CtId id, Map<String, Traffic.Count> into) throws IOException {
        try {
            for (String line : Files.readAllLines(former(id))) {
                String[] words = line.split(" ", -1);
                into.merge(
                        words[0],
                        new Traffic.Count(Long.parseLong(words[1]), Long.parseLong(words[2])),
                        Traffic.Count::plus);
            }
        } catch (NoSuchFileException none) {
            // It never lost an address.
        }
        return into;
    }

    private void forgetFormer(CtId id) throws IOException {
        Files.deleteIfExists(former(id));
        try {
            Files.deleteIfExists(formers());
        } catch (DirectoryNotEmptyException others) {
            // Those of other VEs.
        }
    }

    private void writeFormer(CtId id, Map<String, Traffic.Count> counts) throws IOException {
        StringBuilder text = new StringBuilder();
        counts.forEach((counter, count) -> {
            if (count.packets() > 0) {
                text.append(counter).append(' ').append(count.packets());
                text.append(' ').append(count.bytes()).append('\n');
            }
        });
        if (text.length() > 0) {
            Files.createDirectories(formers());
            AtomicFile.replace(former(id), text.toString().getBytes(StandardCharsets.US_ASCII), 0644);
        }
    }

    /** All counts by now, by VE, class and family; those of VEs without counters are not there. */
    public Map<CtId, List<Traffic>> read() throws IOException {
        Ruleset there;
        try (Nftables nftables = Nftables.open(linux)) {
            there = nftables.list(table.name());
        }
        Map<CtId, Map<String, Traffic.Count>> all = new TreeMap<>();
        for (Ruleset.Element each : there == null ? List.<Ruleset.Element>of() : there.elements()) {
            if (CtId.isNumber(each.comment())) {
                all.computeIfAbsent(CtId.parse(each.comment()), id -> new TreeMap<>())
                        .merge(each.set(), new Traffic.Count(each.packets(), each.bytes()), Traffic.Count::plus);
            }
        }
        String[] formers = formers().toFile().list();
        for (String each : formers == null ? new String[0] : formers) {
            if (CtId.isNumber(each)) {
                all.computeIfAbsent(CtId.parse(each), id -> new TreeMap<>());
            }
        }
        Map<CtId, List<Traffic>> traffic = new TreeMap<>();
        for (Map.Entry<CtId, Map<String, Traffic.Count>> each : all.entrySet()) {
            traffic.put(each.getKey(), traffic(former(each.getKey(), each.getValue())));
        }
        return traffic;
    }

    private static List<Traffic> traffic(Map<String, Traffic.Count> counts) {
        List<Traffic> traffic = new ArrayList<>();
        for (int trafficClass = 1; trafficClass <= NetworkClasses.LAST; trafficClass++) {
            for (boolean v6 : new boolean[] {false, true}) {
                Traffic.@Nullable Count sent = counts.get(new TrafficTable.Counter(true, v6, trafficClass).set());
                Traffic.@Nullable Count received = counts.get(new TrafficTable.Counter(false, v6, trafficClass).set());
                if (sent != null || received != null) {
                    traffic.add(new Traffic(
                            trafficClass,
                            v6,
                            received == null ? Traffic.Count.NONE : received,
                            sent == null ? Traffic.Count.NONE : sent));
                }
            }
        }
        return traffic;
    }
}
