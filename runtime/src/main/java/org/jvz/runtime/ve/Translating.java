package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.PortForward;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Causes;
import org.jvz.runtime.linux.netlink.NetAddress;
import org.jvz.runtime.net.PortInUseException;
import org.jvz.runtime.net.Translation;
import org.jvz.runtime.net.Translator;

/** NAT of the VE's private addresses and forwards of ports to it. It comes after its addresses. */
final class Translating implements VePart {
    /** Under this word a running VE's translations are kept, in the form of {@link Translation#toString}; absent if it has none. */
    static final String SETTING = "translation";

    @Override
    public Set<String> liveKeys() {
        return Set.of("NAT", "PORTFORWARD", "IP_ADDRESS");
    }

    /** Somebody may have flushed nftables. */
    @Override
    public Set<String> keysToRepeat() {
        return Set.of("NAT", "PORTFORWARD");
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        VeConf conf = start.conf();
        if (isIdle(conf)) {
            return;
        }
        Translator translator =
                new Translator(start.linux(), start.session().host().paths());
        List<NetAddress> addresses = Translator.of(conf.get(ConfKey.IP_ADDRESS).orElse(List.of()));
        Translation wanted = wanted(translator, conf, addresses, start::cannotKeep);
        if (wanted.isNone()) {
            return;
        }
        String missing = translator.missing();
        if (missing != null) {
            start.cannotKeep(wanted.forwards().isEmpty() ? "NAT" : "PORTFORWARD", missing);
            return;
        }
        translator.change(start.transaction(), start.ve().id(), Translation.NONE, wanted);
        start.settings().put(SETTING, wanted.toString());
    }

    private static boolean isIdle(VeConf conf) throws IOException {
        return !conf.get(ConfKey.NAT).orElse(false)
                && conf.get(ConfKey.PORTFORWARD).orElse(List.of()).isEmpty();
    }

    private static Translation wanted(
            Translator translator, VeConf conf, Collection<NetAddress> addresses, BiConsumer<String, String> cannotKeep)
            throws IOException {
        List<PortForward> forwards = conf.get(ConfKey.PORTFORWARD).orElse(List.of());
        Translation wanted =
                translator.wanted(conf.global(), conf.get(ConfKey.NAT).orElse(false), forwards, addresses);
        for (PortForward each : forwards) {
            if (!wanted.leads(each)) {
                cannotKeep.accept(
                        "PORTFORWARD",
                        each + ": the container has no address on venet0"
                                + (each.address() == null ? "" : " of the family of " + each.address()));
            }
        }
        return wanted;
    }

    @Override
    public void change(Changing change) throws IOException {
        VeConf conf = change.result().after();
        String kept = change.settings().getOrDefault(SETTING, "");
        if (kept.isEmpty() && isIdle(conf)) {
            return;
        }
        CtId id = change.session().id();
        Translator translator = new Translator(change.linux(), change.host().paths());
        Translation before = Translation.parse(kept);
        Translation wanted = wanted(translator, conf, Addresses.left(change), (key, reason) -> change.unenforced()
                .add(new Unenforced(key, reason)));
        if (wanted.equals(before) && !change.concerns("NAT", "PORTFORWARD")) {
            return;
        }
        translator.change(change.transaction(), id, before, wanted);
        if (wanted.isNone()) {
            change.settings().remove(SETTING);
        } else {
            change.settings().put(SETTING, wanted.toString());
        }
    }

    /** Whether a start or a change failed because a port leads to another VE. */
    static boolean isInUse(Throwable failure) {
        return Causes.find(failure, PortInUseException.class).isPresent();
    }

    @Override
    public VzError changeError(IOException failure) {
        return isInUse(failure) ? VzError.IP_IN_USE : VzError.CANT_ADD_IP;
    }
}
