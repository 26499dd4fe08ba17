package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Causes;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.net.AddressProbe;
import org.jvz.runtime.net.Announcement;
import org.jvz.runtime.net.IpInUseException;
import org.jvz.runtime.net.Translator;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.undo.ForwardSteps;

/** The VE's addresses on venet0. */
final class Addresses implements VePart {
    /** Under this word the addresses are kept that a running VE has, separated by blanks; absent if it never had one. */
    static final String SETTING = "ip";

    @Override
    public Set<String> liveKeys() {
        return Set.of("IP_ADDRESS");
    }

    /** How long answers of other owners count on a live change, in milliseconds. */
    private static final long LIVE_WAIT = 100;

    private static final String LISTENING = "Listening for other owners of its addresses";

    private @Nullable AddressProbe probe;
    private List<VeAddress> removed = List.of();

    /** The others on the LAN are asked as early as possible, so that a start need not wait for them. */
    @Override
    public void prepare(Starting start) throws IOException {
        List<VeAddress> addresses = configured(start);
        if (!addresses.isEmpty()) {
            probe = AddressProbe.begin(start.linux(), start.session().host().conf(), start.transaction(), addresses);
        }
    }

    private static List<VeAddress> configured(Starting start) throws IOException {
        return start.conf().get(ConfKey.IP_ADDRESS).orElse(List.of());
    }

    /** Gives the VE its addresses before its init can look for them. */
    @Override
    public void admit(Starting start, int pid) throws IOException {
        List<VeAddress> addresses = configured(start);
        AddressProbe asked = probe;
        if (addresses.isEmpty() || asked == null) {
            return;
        }
        asked.check();
        start.events().event(VeEvent.Kind.ADDING_IPS, join(addresses));
        start.settings().put(SETTING, text(Translator.of(addresses)));
        try (VeNamespace namespace = VeNamespace.ofInit(start.linux(), pid)) {
            Venet venet = new Venet(start.linux(), start.session().host().conf());
            for (String changed : venet.up(start.transaction(), start.ve().id(), namespace, addresses)) {
                start.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
    }

    /** The last moment to find another owner; only then the LAN is told. */
    @Override
    public void started(Starting start) throws IOException {
        AddressProbe asked = probe;
        if (asked != null) {
            VzConf conf = start.session().host().conf();
            start.events().lasting(LISTENING);
            warn(start.events(), asked.finish(conf.number(VzKey.ARPDETECT_WAIT, 0)));
            warn(start.events(), Announcement.send(start.linux(), conf, start.transaction(), configured(start)));
            start.events().over();
        }
    }

    private static void warn(VeEvents events, List<String> warnings) {
        for (String each : warnings) {
            events.event(VeEvent.Kind.WARNING, each);
        }
    }

    @Override
    public void close() {
        AddressProbe asked = probe;
        if (asked != null) {
            asked.close();
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        List<VeAddress> added = change.result().added(ConfKey.IP_ADDRESS);
        if (!added.isEmpty()) {
            add(change, added);
        }
        change.settings().put(SETTING, text(left(change)));
    }

    private static void add(Changing change, List<VeAddress> added) throws IOException {
        VzConf conf = change.host().conf();
        if (!change.skipArpDetect()) {
            change.events().lasting(LISTENING);
            try (AddressProbe asked = AddressProbe.begin(change.linux(), conf, change.transaction(), added)) {
                warn(change.events(), asked.finish(Math.max(LIVE_WAIT, conf.number(VzKey.ARPDETECT_WAIT, 0))));
            }
        }
        change.events().event(VeEvent.Kind.ADDING_IPS, join(added));
        try (VeNamespace namespace =
                VeNamespace.ofInit(change.linux(), change.state().initPid())) {
            for (String changed :
                    venet(change).add(change.transaction(), change.session().id(), namespace, added)) {
                change.events().event(VeEvent.Kind.DETAIL, changed);
            }
        }
        warn(change.events(), Announcement.send(change.linux(), conf, change.transaction(), added));
    }

    @Override
    public void announce(Changing change) throws IOException {
        removed = gone(change);
        if (!removed.isEmpty()) {
            boolean all = change.result().drop().all();
            change.events().event(VeEvent.Kind.DELETING_IPS, join(removed), all ? "all" : "");
        }
    }

    @Override
    public void afterChange(Changing change) throws IOException {
        if (removed.isEmpty()) {
            return;
        }
        try (VeNamespace namespace =
                VeNamespace.ofInit(change.linux(), change.state().initPid())) {
            venet(change)
                    .remove(
                            new ForwardSteps(change.host().observer()),
                            change.session().id(),
                            namespace,
                            removed);
        }
    }

    /**
     * What a change takes from the VE: addresses that its configuration no longer has, and those that it had without it. One that only gets
     * another prefix stays.
     */
    static List<VeAddress> gone(Changing change) throws IOException {
        List<VeAddress> candidates = new ArrayList<>(change.result().removed(ConfKey.IP_ADDRESS));
        if (!change.result().drop().isNone()) {
            for (VeAddress each : venet(change).owned(change.session().id())) {
                if (change.result().drop().covers(each)) {
                    candidates.add(each);
                }
            }
        }
        List<VeAddress> kept = change.result().after().get(ConfKey.IP_ADDRESS).orElse(List.of());
        List<VeAddress> gone = new ArrayList<>();
        for (VeAddress each : candidates) {
            if (!has(kept, each) && !has(gone, each)) {
                gone.add(each);
            }
        }
        return gone;
    }

    /**
     * What the VE will have on venet0 after a change that has added what it adds, whether it is saved or not: those of the configuration first,
     * in its order.
     */
    static List<NetAddress> left(Changing change) throws IOException {
        List<NetAddress> left =
                new ArrayList<>(new Translator(change.linux(), change.host().paths())
                        .addresses(
                                change.session().id(),
                                change.result().after().get(ConfKey.IP_ADDRESS).orElse(List.of())));
        left.removeAll(Translator.of(gone(change)));
        return left;
    }

    /** Addresses as a VE's state keeps them, separated by blanks. */
    static String text(List<NetAddress> addresses) {
        List<String> words = new ArrayList<>();
        addresses.forEach(each -> words.add(each.toString()));
        return String.join(" ", words);
    }

    private static boolean has(List<VeAddress> addresses, VeAddress wanted) {
        for (VeAddress each : addresses) {
            if (each.address().equals(wanted.address())) {
                return true;
            }
        }
        return false;
    }

    private static Venet venet(Changing change) {
        return new Venet(change.linux(), change.host().conf());
    }

    /** Addresses as messages list them. */
    private static String join(List<VeAddress> addresses) {
        StringBuilder text = new StringBuilder();
        for (VeAddress address : addresses) {
            text.append(text.length() == 0 ? "" : " ").append(address);
        }
        return text.toString();
    }

    /** Whether a start or a change failed because an address is somebody else's. */
    static boolean isInUse(Throwable failure) {
        return Causes.find(failure, IpInUseException.class).isPresent();
    }

    @Override
    public VzError changeError(IOException failure) {
        return isInUse(failure) ? VzError.IP_IN_USE : VzError.CANT_ADD_IP;
    }
}
