package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.net.MovedDevices;
import org.jvz.runtime.net.VeNamespace;
import org.jvz.runtime.undo.ForwardSteps;

/** Network devices of the host that the VE is given, NETDEV. */
final class HostNetDevices implements VePart {
    /** Under this word the names of the devices that a running VE was given are kept, joined by blanks. */
    static final String SETTING = "netdev";

    private final List<String> removed = new ArrayList<>();

    @Override
    public Set<String> liveKeys() {
        return Set.of("NETDEV");
    }

    /** A device may be gone though the configuration has it, or there though it was not saved. */
    @Override
    public Set<String> keysToRepeat() {
        return liveKeys();
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        List<String> names = start.conf().get(ConfKey.NETDEV).orElse(List.of());
        if (names.isEmpty()) {
            return;
        }
        start.events().event(VeEvent.Kind.DETAIL, "Moving network devices into the container: " + names);
        try (VeNamespace namespace = VeNamespace.ofInit(start.linux(), pid)) {
            new MovedDevices(start.linux()).give(start.transaction(), namespace, names);
        }
        start.settings().put(SETTING, String.join(" ", names));
    }

    @Override
    public void change(Changing change) throws IOException {
        List<String> names = change.result().after().get(ConfKey.NETDEV).orElse(List.of());
        List<String> before = MovedDevices.names(change.settings().getOrDefault(SETTING, ""));
        List<String> added = new ArrayList<>(names);
        added.removeAll(before);
        removed.addAll(before);
        removed.removeAll(names);
        if (!added.isEmpty()) {
            try (VeNamespace namespace =
                    VeNamespace.ofInit(change.linux(), change.state().initPid())) {
                new MovedDevices(change.linux()).give(change.transaction(), namespace, added);
            }
        }
        change.settings().put(SETTING, String.join(" ", names));
    }

    @Override
    public void afterChange(Changing change) throws IOException {
        if (!removed.isEmpty()) {
            try (VeNamespace namespace =
                    VeNamespace.ofInit(change.linux(), change.state().initPid())) {
                new MovedDevices(change.linux())
                        .takeBack(new ForwardSteps(change.host().observer()), namespace, removed);
            }
        }
    }

    /**
     * Holds the namespace of a VE that is about to end, if there are devices of the host in it: they can be taken back when no
     * process of the VE is left to use them.
     */
    static @Nullable VeNamespace hold(VeHost host, VeState state) throws IOException {
        return state.settings().getOrDefault(SETTING, "").isEmpty()
                ? null
                : VeNamespace.ofInit(host.linux(), state.initPid());
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.NETDEV;
    }
}
