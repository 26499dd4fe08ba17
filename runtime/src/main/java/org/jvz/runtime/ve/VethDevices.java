package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.NetIf;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.VethConfig;
import org.jvz.runtime.net.Veths;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/** The VE's virtual Ethernet devices, NETIF. */
final class VethDevices implements VePart {
    /** Under this word a running VE's devices are kept, in the form of {@link VethConfig#textOf}. */
    static final String SETTING = "veth";

    private final List<VethConfig> removed = new ArrayList<>();

    @Override
    public Set<String> liveKeys() {
        return Set.of("NETIF");
    }

    /** A device may be gone though the configuration has it, or there though it was not saved. */
    @Override
    public Set<String> keysToRepeat() {
        return liveKeys();
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        List<VethConfig> devices = devices(start.ve().id(), start.conf());
        if (devices.isEmpty()) {
            return;
        }
        start.events().event(VeEvent.Kind.CONFIGURING_VETH, VethConfig.hostNames(devices));
        try (VeNamespace namespace = VeNamespace.ofInit(start.linux(), pid)) {
            new Veths(start.linux()).create(start.transaction(), namespace, devices);
        }
        runScript(
                start.transaction(),
                new VznetScript(start.session().host().paths(), start.ve().id()),
                devices);
        start.settings().put(SETTING, VethConfig.textOf(devices));
    }

    private static void runScript(Transaction transaction, VznetScript script, List<VethConfig> devices)
            throws IOException {
        for (VethConfig each : devices) {
            transaction.step("run vznet script", each.hostName(), null, () -> {
                script.run("init", each.hostName());
                return each;
            });
        }
    }

    private static List<VethConfig> devices(CtId id, VeConf conf) throws IOException {
        List<VethConfig> devices = new ArrayList<>();
        for (NetIf each : conf.get(ConfKey.NETIF).orElse(List.of())) {
            devices.add(VethConfig.of(id, each));
        }
        return devices;
    }

    @Override
    public void change(Changing change) throws IOException {
        CtId id = change.session().id();
        // What it has, and not what is saved: an earlier change may not have been.
        String kept = change.settings().getOrDefault(SETTING, "");
        List<VethConfig> before = VethConfig.parseAll(kept);
        List<VethConfig> after = devices(id, change.result().after());
        List<VethConfig> added = new ArrayList<>();
        List<VethConfig> changed = new ArrayList<>();
        for (VethConfig each : after) {
            VethConfig former = named(before, each.ifname());
            if (former == null) {
                added.add(each);
            } else if (!former.equals(each)) {
                changed.add(each);
            }
        }
        if (!added.isEmpty() || !changed.isEmpty()) {
            List<VethConfig> touched = new ArrayList<>(added);
            touched.addAll(changed);
            change.events().event(VeEvent.Kind.CONFIGURING_VETH, VethConfig.hostNames(touched));
            try (VeNamespace namespace =
                    VeNamespace.ofInit(change.linux(), change.state().initPid())) {
                Veths veths = new Veths(change.linux());
                for (VethConfig each : changed) {
                    veths.change(change.transaction(), namespace, was(before, each), each);
                }
                veths.create(change.transaction(), namespace, added);
            }
            runScript(change.transaction(), new VznetScript(change.host().paths(), id), touched);
        }
        for (VethConfig each : before) {
            if (named(after, each.ifname()) == null) {
                removed.add(each);
            }
        }
        change.settings().put(SETTING, VethConfig.textOf(after));
    }

    private static VethConfig was(List<VethConfig> before, VethConfig device) {
        VethConfig former = named(before, device.ifname());
        return former == null ? device : former;
    }

    private static @Nullable VethConfig named(List<VethConfig> devices, String ifname) {
        for (VethConfig each : devices) {
            if (each.ifname().equals(ifname)) {
                return each;
            }
        }
        return null;
    }

    @Override
    public void announce(Changing change) {
        if (!removed.isEmpty()) {
            change.events().event(VeEvent.Kind.DELETING_VETH, VethConfig.hostNames(removed));
        }
    }

    @Override
    public void afterChange(Changing change) throws IOException {
        if (!removed.isEmpty()) {
            VznetScript script =
                    new VznetScript(change.host().paths(), change.session().id());
            for (VethConfig each : removed) {
                script.runDown(each.hostName(), change.events());
            }
            new Veths(change.linux()).remove(new ForwardSteps(change.host().observer()), removed);
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.VETH;
    }
}
