package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.DeviceControl;
import org.jvz.runtime.cgroup.DevicePolicy;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.DeviceNode;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.rootfs.DeviceFile;
import org.jvz.runtime.rootfs.DeviceFiles;
import org.jvz.runtime.rootfs.IdShift;

/** The devices that a VE may open, and their nodes in its {@code /dev}. */
final class Devices implements VePart {
    /** Under this word it is kept what a running VE has been given. */
    private static final String SETTING = "devices";

    /** Under this word it is kept what tells a running VE's /dev from other file systems. */
    private static final String DEV = "dev";

    @Override
    public Set<String> liveKeys() {
        return Set.of("DEVICES", "DEVNODES");
    }

    /** Before the first process: what may be opened, and what there is to open. */
    @Override
    public void prepare(Starting start) throws IOException {
        Linux linux = start.linux();
        GivenDevices wanted = GivenDevices.of(start.conf());
        // A device that is unplugged does not keep a VE down.
        GivenDevices given = wanted.present(linux);
        for (DeviceNode node : wanted.nodes()) {
            if (!given.nodes().contains(node)) {
                start.cannotKeep("DEVNODES", GivenDevices.whyNot(linux, node));
            }
        }
        DevicePolicy policy = policy(linux, given);
        DeviceControl control = new DeviceControl(linux, start.cgroup());
        start.transaction().step("set device policy", start.cgroup().name(), null, () -> {
            try {
                control.apply(policy);
            } catch (IOException e) {
                // A VE with a user namespace has the nodes it was given and can make no other.
                if (!start.shift().shifts()) {
                    throw e;
                }
                if (!given.isEmpty()) {
                    start.cannotKeep("DEVICES", "this host does not tell reading and writing apart: " + e.getMessage());
                }
            }
            return policy;
        });
        start.unenforced().addAll(control.unenforced(policy));
        start.settings().put(SETTING, given.toString());
        start.settings().put(DEV, Integer.toString(DeviceFiles.identity(linux, start.dev())));
        List<DeviceFile> files = given.files(linux);
        if (!files.isEmpty()) {
            start.transaction()
                    .step("make device nodes", "container " + start.ve().id(), null, () -> {
                        DeviceFiles dev = DeviceFiles.in(linux, start.dev(), start.shift());
                        for (DeviceFile file : files) {
                            dev.show(file);
                        }
                        return dev;
                    });
        }
    }

    private static DevicePolicy policy(Linux linux, GivenDevices devices) throws IOException {
        try {
            return DevicePolicy.of(devices.allRules(linux));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Refuses names of devices that are not on this host, whether the VE runs or not: nobody should have to start it to
     * learn of a misspelt one.
     */
    static void check(VeHost host, EditResult result) throws IOException {
        for (DeviceNode node : result.added(ConfKey.DEVNODES)) {
            String why = GivenDevices.whyNot(host.linux(), node);
            if (!why.isEmpty()) {
                throw new VeException(VzError.SET_DEVICES, why);
            }
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        String kept = change.settings().get(SETTING);
        GivenDevices before = GivenDevices.parse(kept == null ? "" : kept).present(change.linux());
        GivenDevices after = before.after(change.result());
        CtId id = change.session().id();
        Linux linux = change.linux();
        DevicePolicy policy = policy(linux, after);
        DeviceControl control = new DeviceControl(linux, change.host().cgroup(id));
        change.transaction()
                .step(
                        "set device policy",
                        change.object(),
                        HostUndo.devices(id, before.toString(), after.toString()),
                        () -> {
                            control.apply(policy);
                            return policy;
                        });
        change.transaction().step("make device nodes", change.object(), null, () -> {
            showInstead(linux, change.state(), before, after);
            return after;
        });
        change.settings().put(SETTING, after.toString());
        change.unenforced().addAll(control.unenforced(policy));
    }

    /** Undoes a change of a VE that runs still; {@code from} and {@code to} as {@link GivenDevices} writes them. */
    static void putBack(VeHost host, CtId id, String to, String from) throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        if (state == null || !state.initAlive()) {
            return;
        }
        Linux linux = host.linux();
        GivenDevices before = GivenDevices.parse(to).present(linux);
        new DeviceControl(linux, host.cgroup(id)).apply(policy(linux, before));
        try {
            showInstead(linux, state, GivenDevices.parse(from).present(linux), before);
        } catch (IOException e) {
            // The VE's root has put something in the way. The policy is what counts, and a VE must not be able to make
            // every command on it fail, stop first of all: ignoring.
        }
    }

    private static void showInstead(Linux linux, VeState state, GivenDevices before, GivenDevices after)
            throws IOException {
        List<DeviceFile> old = before.files(linux);
        List<DeviceFile> wanted = after.files(linux);
        if (old.equals(wanted)) {
            return;
        }
        IdShift shift = state.idBase() == 0 ? IdShift.NONE : new IdShift(state.idBase(), groupBase(state.initPid()));
        @Nullable String identity = state.settings().get(DEV);
        if (identity == null) {
            throw new IOException("the container was started by a version that gave it no /dev of its own: restart it");
        }
        try (Fd dev = DeviceFiles.open(linux, state.initPid(), Integer.parseInt(identity))) {
            DeviceFiles files = DeviceFiles.in(linux, dev, shift);
            for (DeviceFile file : wanted) {
                if (!old.contains(file)) {
                    files.show(file);
                }
            }
            for (DeviceFile file : old) {
                if (!wanted.contains(file)) {
                    files.hide(file);
                }
            }
        }
    }

    /** Where the VE's group 0 lies on the host: the second number of the first line (user_namespaces(7)). */
    private static long groupBase(int init) throws IOException {
        String[] words =
                Files.readString(Path.of("/proc/" + init + "/gid_map")).strip().split("\\s+", -1);
        return Long.parseLong(words[1]);
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_DEVICES;
    }
}
