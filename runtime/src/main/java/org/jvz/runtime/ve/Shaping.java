package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.TrafficRate;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.net.Rates;
import org.jvz.runtime.net.Shaper;
import org.jvz.runtime.net.VethConfig;

/** Limits of the VE's traffic, RATE and RATE_IN. It comes after the parts that make devices, which it has to catch. */
final class Shaping implements VePart {
    /** Under this word a running VE's rates are kept, in the form of {@link Rates#toString}; absent if it has none. */
    static final String SETTING = "rates";

    private static final long KBIT = 1000;

    @Override
    public Set<String> liveKeys() {
        return Set.of("RATE", "RATE_IN", "RATEBOUND", "IP_ADDRESS", "NETIF");
    }

    @Override
    public Set<String> keysToRepeat() {
        return Set.of("RATE", "RATE_IN", "RATEBOUND");
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        Rates rates = rates(start.conf(), start.session().host().conf(), start::cannotKeep);
        if (rates.equals(Rates.NONE)) {
            return;
        }
        CtId id = start.ve().id();
        Shaper shaper = new Shaper(start.linux());
        List<VethConfig> veths = VethConfig.parseAll(start.settings().getOrDefault(VethDevices.SETTING, ""));
        List<String> devices = shaper.devices(id, veths);
        if (!devices.isEmpty()) {
            shaper.change(start.transaction(), id, Rates.NONE, rates, devices);
            start.settings().put(SETTING, rates.toString());
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        Rates rates = rates(change.result().after(), change.host().conf(), (key, reason) -> {
            if (change.concerns("RATE", "RATE_IN", "RATEBOUND")) {
                change.unenforced().add(new Unenforced(key, reason));
            }
        });
        String kept = change.settings().getOrDefault(SETTING, "");
        Rates before = kept.isEmpty() ? Rates.NONE : Rates.parse(kept);
        if (rates.equals(Rates.NONE) && before.equals(Rates.NONE)) {
            return;
        }
        CtId id = change.session().id();
        Shaper shaper = new Shaper(change.linux());
        List<VethConfig> veths = VethConfig.parseAll(change.settings().getOrDefault(VethDevices.SETTING, ""));
        veths = new ArrayList<>(veths);
        // Those that are still to go, and the former names of those with new ones, for the undo.
        veths.addAll(VethConfig.parseAll(change.state().settings().getOrDefault(VethDevices.SETTING, "")));
        List<String> devices = shaper.devices(id, veths);
        if (devices.isEmpty()) {
            return;
        }
        shaper.change(change.transaction(), id, before, rates, devices);
        if (rates.equals(Rates.NONE)) {
            change.settings().remove(SETTING);
        } else {
            change.settings().put(SETTING, rates.toString());
        }
    }

    /** What a configuration asks for and a host can keep; the rest is told. */
    private static Rates rates(VeConf conf, VzConf global, BiConsumer<String, String> cannotKeep) throws IOException {
        long sent = kbits("RATE", conf.get(ConfKey.RATE).orElse(List.of()), cannotKeep);
        long received = kbits("RATE_IN", conf.get(ConfKey.RATE_IN).orElse(List.of()), cannotKeep);
        if (sent + received > 0 && !global.yes(VzKey.TRAFFIC_SHAPING)) {
            cannotKeep.accept("RATE", "TRAFFIC_SHAPING is not yes in vz.conf");
            return Rates.NONE;
        }
        if (sent > 0 && !conf.get(ConfKey.RATEBOUND).orElse(true)) {
            cannotKeep.accept(
                    "RATEBOUND", "rates are limits here, no guarantees: with no, nothing that it sends is limited");
            sent = 0;
        }
        return new Rates(KBIT * sent, KBIT * received);
    }

    private static long kbits(String key, List<TrafficRate> rates, BiConsumer<String, String> cannotKeep) {
        long kbits = 0;
        for (TrafficRate each : rates) {
            if (each.isOfAll()) {
                kbits = each.kbits();
            } else {
                cannotKeep.accept(key, each + " is not about all devices and class 1");
            }
        }
        return kbits;
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_RATE;
    }
}
