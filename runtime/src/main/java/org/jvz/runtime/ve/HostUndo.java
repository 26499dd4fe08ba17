package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jvz.runtime.cgroup.AppliedLimits;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.net.NetUndo;
import org.jvz.runtime.rootfs.InsideUndo;
import org.jvz.runtime.rootfs.RootfsUndo;
import org.jvz.runtime.undo.UndoHandlers;
import org.jvz.runtime.undo.UndoStep;

/** Takes steps of every part of the runtime back: those on files and mounts by {@link RootfsUndo}, the others here. */
final class HostUndo implements UndoHandlers {
    private static final String CGROUP = "cgroup";
    private static final String SYMLINK = "symlink";
    private static final String NAME = "name";
    private static final String RESTORE = "restore";
    private static final String LIMITS = "limits";
    private static final String HOSTNAME = "hostname";
    private static final String TEXT = "text";
    private static final String DEVICES = "devices";
    private static final String UNMOUNT_VE = "unmount-ve";
    /** How long a killed process may take to leave, seconds. One in uninterruptible sleep on a dead disk may take longer. */
    private static final int KILL_SECONDS = 30;

    private final VeHost host;
    private final VeEvents events;

    /** @param events told that something is being taken back, for a person who waits */
    HostUndo(VeHost host, VeEvents events) {
        this.host = host;
        this.events = events;
    }

    /** Kills everything in the VE's cgroups and removes them. */
    static UndoStep cgroup(CtId id) {
        return UndoStep.of(CGROUP, id.toString());
    }

    /** Makes a removed symbolic link again. */
    static UndoStep symlink(Path target, Path link) {
        return UndoStep.of(SYMLINK, target.toString(), link.toString());
    }

    /** Removes the link of a name if it leads to this VE. */
    static UndoStep name(String name, CtId id) {
        return UndoStep.of(NAME, name, id.toString());
    }

    /** Puts a kept copy in the place of a changed file. */
    static UndoStep restore(Path copy, Path file) {
        return UndoStep.of(RESTORE, copy.toString(), file.toString());
    }

    /** Gives a VE that still runs its former host name. */
    static UndoStep hostname(CtId id, String former) {
        return UndoStep.of(HOSTNAME, id.toString(), former);
    }

    /** Writes former values into interface files of a VE's cgroups. */
    static UndoStep limits(AppliedLimits before) {
        return new UndoStep(LIMITS, before.toArgs());
    }

    /** Writes what a small file of ours holds now into it again, unless it is gone. */
    static UndoStep text(Path file) throws IOException {
        return UndoStep.of(TEXT, file.toString(), Files.readString(file));
    }

    /** Gives a running VE the devices back that it had before. */
    static UndoStep devices(CtId id, String before, String after) {
        return UndoStep.of(DEVICES, id.toString(), before, after);
    }

    /** Unmounts a VE's root with the scripts around it. */
    static UndoStep unmountVe(CtId id, Path root) {
        return UndoStep.of(UNMOUNT_VE, id.toString(), root.toString());
    }

    @Override
    public void undo(UndoStep step) throws IOException {
        events.lasting("Taking back what was done");
        if (RootfsUndo.knows(step.kind())) {
            new RootfsUndo(host.linux()).undo(step);
            return;
        }
        if (InsideUndo.knows(step.kind())) {
            new InsideUndo(host.linux()).undo(step);
            return;
        }
        if (NetUndo.knows(step.kind())) {
            new NetUndo(host.linux(), host.paths()).undo(step);
            return;
        }
        switch (step.kind()) {
            case CGROUP -> host.cgroup(CtId.parse(step.args().get(0))).remove(host.linux(), KILL_SECONDS);
            case SYMLINK -> {
                Path link = Path.of(step.args().get(1));
                if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(link, Path.of(step.args().get(0)));
                }
            }
            case NAME ->
                new Names(host.paths())
                        .remove(step.args().get(0), CtId.parse(step.args().get(1)));
            case RESTORE -> {
                Path copy = Path.of(step.args().get(0));
                if (Files.exists(copy)) {
                    Files.move(copy, Path.of(step.args().get(1)), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            case LIMITS -> putBackLimits(step);
            case HOSTNAME -> rename(CtId.parse(step.args().get(0)), step.args().get(1));
            case UNMOUNT_VE -> {
                // Scripts have the terminal to themselves.
                events.over();
                new TearDown(host, CtId.parse(step.args().get(0)), event -> {})
                        .unmountAtAnyRate(Path.of(step.args().get(1)));
            }
            case ProcessLimits.UNDO -> ProcessLimits.undo(host, step);
            case Freezing.UNDO -> Freezing.undo(host, step);
            case InsideLimits.UNDO -> InsideLimits.undo(host, step);
            case TEXT -> {
                Path file = Path.of(step.args().get(0));
                if (Files.exists(file)) {
                    Path temporary = file.resolveSibling(file.getFileName() + ".new");
                    Files.writeString(temporary, step.args().get(1));
                    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            case DEVICES ->
                Devices.putBack(
                        host,
                        CtId.parse(step.args().get(0)),
                        step.args().get(1),
                        step.args().get(2));
            default -> throw new IOException("unknown kind of undo step: " + step.kind());
        }
    }

    /**
     * A VE that has ended meanwhile has no limits to put back. Memory that a VE has taken since cannot be asked back: it
     * keeps the larger limit until the next change or start, rather than every command on it failing for that.
     */
    private void putBackLimits(UndoStep step) throws IOException {
        if (!Files.exists(Path.of(step.args().get(0)))) {
            return;
        }
        try {
            AppliedLimits.ofArgs(step.args()).revert(host.linux());
        } catch (IOException e) {
            if (!AppliedLimits.isInUse(e)) {
                throw e;
            }
        }
    }

    private void rename(CtId id, String former) throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        if (state != null && state.initAlive()) {
            new UtsNamespace(host.linux(), state.initPid()).setHostname(former);
        }
    }
}
