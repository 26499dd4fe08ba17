package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.net.MovedDevices;
import org.jvz.runtime.net.Shaper;
import org.jvz.runtime.net.TrafficAccounts;
import org.jvz.runtime.net.Translator;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.net.VethConfig;
import org.jvz.runtime.net.Veths;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.undo.ForwardSteps;

/**
 * Takes away what a VE had on the host once its init is gone. It only goes forward: the state file is the last to go, so
 * that an interrupted tear-down is taken up by the next command on the VE.
 */
final class TearDown {
    private static final int KILL_SECONDS = 30;

    private final VeHost host;
    private final CtId id;
    private final VeEvents events;
    private final ForwardSteps steps;

    TearDown(VeHost host, CtId id, VeEvents events) {
        this.host = host;
        this.id = id;
        this.events = events;
        this.steps = new ForwardSteps(host.observer());
    }

    /** Everything: processes left in the cgroups, the cgroups, the mount, the state. */
    void afterDeath(VeState state) throws IOException {
        removeCgroups();
        removeNetwork(state);
        unmountAndForget(Path.of(state.root()));
    }

    /**
     * Unmounts the root if it is mounted, then removes the state. A script that fails leaves a VE that is down, mounted perhaps,
     * and no longer to be torn down: it is the administrator's now, and umount tries again.
     */
    void unmountAndForget(Path root) throws IOException {
        try {
            if (RootMount.isMounted(root)) {
                unmount(root);
            }
        } catch (VeException e) {
            if (e.error() == VzError.ACTION_SCRIPT) {
                forget();
            }
            throw e;
        }
        forget();
    }

    /** Kills what is left of the VE and removes its cgroups. */
    void removeCgroups() throws IOException {
        VeCgroup cgroup = host.cgroup(id);
        events.lasting("Waiting for its processes to end");
        steps.step("remove cgroup", cgroup.name(), () -> {
            cgroup.remove(host.linux(), KILL_SECONDS);
            return cgroup;
        });
        events.over();
    }

    /** Removes the VE's devices, its addresses and what stands for them on the host. */
    void removeNetwork(VeState state) throws IOException {
        String veths = state.settings().get(VethDevices.SETTING);
        if (veths != null && !veths.isEmpty()) {
            List<VethConfig> devices = VethConfig.parseAll(veths);
            VznetScript script = new VznetScript(host.paths(), id);
            for (VethConfig each : devices) {
                script.runDown(each.hostName(), events);
            }
            // The kernel deletes them some time after the VE's last process; a start may come sooner.
            new Veths(host.linux()).remove(steps, devices);
        }
        if (state.settings().containsKey(Translating.SETTING)) {
            new Translator(host.linux(), host.paths()).remove(steps, id);
        }
        if (state.settings().containsKey(Accounting.SETTING)) {
            new TrafficAccounts(host.linux(), host.paths()).remove(steps, id);
        }
        if (Venet.isInUse(host.paths())) {
            new Venet(host.linux(), host.conf()).down(steps, id);
        }
        if (state.settings().containsKey(Shaping.SETTING)) {
            new Shaper(host.linux()).remove(steps, id);
        }
    }

    /**
     * Takes the host's own devices back from a VE that has ended.
     *
     * @param held {@link HostNetDevices#hold}
     */
    void takeDevicesBack(@Nullable VeNamespace held, VeState state) throws IOException {
        if (held != null) {
            String names = state.settings().getOrDefault(HostNetDevices.SETTING, "");
            new MovedDevices(host.linux()).takeBack(steps, held, MovedDevices.names(names));
        }
    }

    /** Unmounts the root with the scripts around it. */
    void unmount(Path root) throws IOException {
        ActionScripts scripts = new ActionScripts(host.paths(), id);
        scripts.runGlobalLast("umount");
        // The last one to let go of a file system has what is not yet on its disk written there.
        events.lasting("Unmounting its root");
        try {
            steps.step("unmount", root.toString(), () -> RootMount.unmountIfMounted(host.linux(), root));
        } catch (IOException e) {
            throw new VeException(VzError.CANT_UMOUNT, "Unable to unmount container root " + root, e);
        }
        events.event(VeEvent.Kind.UNMOUNTED);
        scripts.runGlobalLast("postumount");
    }

    /** The same for an undo, which a failing script must not stop: the root is unmounted if it is mounted. */
    void unmountAtAnyRate(Path root) throws IOException {
        if (!RootMount.isMounted(root)) {
            return;
        }
        ActionScripts scripts = new ActionScripts(host.paths(), id);
        scripts.tryGlobalLast("umount");
        RootMount.unmountIfMounted(host.linux(), root);
        scripts.tryGlobalLast("postumount");
    }

    /** Removes the state file and its companions for other tools. */
    void forget() throws IOException {
        Path state = host.paths().state(id);
        steps.step("remove state", state.toString(), () -> {
            Files.deleteIfExists(vepid(host, id));
            PublishCounters.forget(host.paths().procBc(id));
            PublishCounters.forget(PublishVz.fairsched(host, id));
            PublishCounters.forget(PublishVz.beancounter(host, id));
            return Files.deleteIfExists(state);
        });
    }

    /** Where other tools look for the host pid of the VE's init. */
    static Path vepid(VeHost host, CtId id) {
        return host.paths().vepidDir().resolve(id.toString());
    }
}
