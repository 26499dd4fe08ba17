package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.NetworkClasses;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.net.TrafficAccounts;
import org.jvz.runtime.net.Translation;
import org.jvz.runtime.net.Translator;

/** Counters of the VE's traffic, on a host that has classes of networks. It comes after its addresses. */
final class Accounting implements VePart {
    /** Under this word the addresses are kept whose traffic is counted, separated by blanks; absent if none ever was. */
    static final String SETTING = "traffic";

    @Override
    public Set<String> liveKeys() {
        return Set.of("IP_ADDRESS");
    }

    private static boolean isOn(VeHost host) {
        return Files.exists(NetworkClasses.file(host.paths()));
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        VeHost host = start.session().host();
        if (!isOn(host)) {
            return;
        }
        List<NetAddress> addresses =
                Translator.of(start.conf().get(ConfKey.IP_ADDRESS).orElse(List.of()));
        if (addresses.isEmpty()) {
            return;
        }
        String missing = new Translator(start.linux(), host.paths()).missing();
        if (missing != null) {
            start.cannotKeep("networks_classes", missing);
            return;
        }
        new TrafficAccounts(start.linux(), host.paths())
                .change(start.transaction(), start.ve().id(), List.of(), addresses);
        start.settings().put(SETTING, Addresses.text(addresses));
    }

    @Override
    public void change(Changing change) throws IOException {
        List<NetAddress> before = parse(change.settings().getOrDefault(SETTING, ""));
        if (before.isEmpty() && !isOn(change.host())) {
            return;
        }
        CtId id = change.session().id();
        List<NetAddress> after = Addresses.left(change);
        if (after.equals(before)) {
            return;
        }
        new TrafficAccounts(change.linux(), change.host().paths()).change(change.transaction(), id, before, after);
        // Also without an address: what it had counted is still there.
        change.settings().put(SETTING, Addresses.text(after));
    }

    private static List<NetAddress> parse(String text) {
        List<NetAddress> addresses = new ArrayList<>();
        for (String each : text.split(" ", -1)) {
            if (!each.isEmpty()) {
                addresses.add(Translation.address(each));
            }
        }
        return addresses;
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.CANT_ADD_IP;
    }
}
