package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.spawn.Call;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.Slot;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.view.ViewFile;

/**
 * What programs in the VE see of its memory, CPUs, load and uptime: {@link VeView}. The VE's own root can unmount it, and
 * sees the host's sizes then; they are no secret worth more, and what the VE may use is not decided there.
 */
final class ProcView implements VePart {
    private static final Set<String> KEYS =
            Set.of("MEMINFO", "PHYSPAGES", "PRIVVMPAGES", "SWAPPAGES", "CPUS", "CPUMASK", "NODEMASK");

    private final Map<ViewFile, Slot> slots = new EnumMap<>(ViewFile.class);
    private @Nullable VeView view;

    @Override
    public Set<String> liveKeys() {
        return KEYS;
    }

    @Override
    public void prepare(Starting start) throws IOException {
        view = VeView.begin(start.session().host());
    }

    @Override
    public void inside(Starting start, CallList list) {
        for (ViewFile file : ViewFile.values()) {
            if (file.exists()) {
                Slot slot = list.slot();
                slots.put(file, slot);
                Call show = list.attach("show " + file.path(), slot.fd(), file.path());
                if (file.isOptional()) {
                    show.ignoringErrors();
                } else {
                    // An empty slot: what the kernel has stays.
                    show.ignoring(Errno.EBADF);
                }
            }
        }
    }

    @Override
    public void admit(Starting start, int pid) throws IOException {
        VeView made = view;
        if (made == null) {
            return;
        }
        Path stage = stage(start.session().host(), start.ve().id());
        start.transaction()
                .step(
                        "make place for files",
                        stage.toString(),
                        RootfsUndo.rmdir(stage),
                        () -> Files.createDirectories(stage));
        start.events().lasting("Waiting for lxcfs");
        start.transaction().step("make files to show", stage.toString(), RootfsUndo.detach(stage), () -> {
            made.finish(start.conf(), start.cgroup(), stage);
            return made;
        });
        start.events().over();
        for (Map.Entry<ViewFile, Slot> slot : slots.entrySet()) {
            @Nullable Fd tree = made.trees().get(slot.getKey());
            if (tree != null) {
                slot.getValue().set(tree);
            }
        }
        if (!made.lack().isEmpty()) {
            start.cannotKeep(VeView.KEY, made.lack());
        }
    }

    /** Where a VE's plain files are mounted for the moment of making them. */
    static Path stage(VeHost host, CtId id) {
        return host.paths().runDir().resolve("stage").resolve("view-" + id);
    }

    /** A new lxcfs is everybody's: those who see a dead one get it, too. */
    @Override
    public void started(Starting start) throws IOException {
        VeView made = view;
        if (made != null && !made.instance().isEmpty()) {
            new RefreshViews(start.session().host()).afterRestart(made.instance(), start.events());
        }
    }

    /** After the limits are set: lxcfs shows them by itself, plain files are made anew. */
    @Override
    public void afterChange(Changing change) throws IOException {
        VeHost host = change.host();
        CtId id = change.session().id();
        try (RunningVe ve = RunningVe.open(host, id, change.state());
                VeView changed = VeView.begin(host)) {
            if (ve != null) {
                changed.finish(change.result().after(), host.cgroup(id), stage(host, id));
                ShownFiles.attach(host, ve, changed.trees());
            }
        } catch (IOException e) {
            // The limits hold, and that is what was asked for.
            change.events().event(VeEvent.Kind.WARNING, "Unable to show the container its new size: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        VeView made = view;
        if (made != null) {
            made.close();
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_MEMINFO;
    }
}
