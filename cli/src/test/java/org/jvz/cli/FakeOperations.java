package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.CheckpointVe;
import org.jvz.runtime.ve.CreateOptions;
import org.jvz.runtime.ve.RestoreVe;
import org.jvz.runtime.ve.SetOptions;
import org.jvz.runtime.ve.SetVe;
import org.jvz.runtime.ve.StartOptions;
import org.jvz.runtime.ve.StatusVe;
import org.jvz.runtime.ve.StopOptions;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeProcess;
import org.jvz.runtime.ve.VzError;

/** A host without a kernel: remembers what it was asked for, and answers as a VE of the given state would. */
final class FakeOperations implements VeOperations {
    final List<String> asked = new ArrayList<>();
    final Map<Integer, StatusVe.Status> states = new HashMap<>();
    boolean root = true;

    @Nullable
    VeHost host;

    boolean skipLock;
    final FakeLive live = new FakeLive();
    final List<VeProcess> processes = new ArrayList<>();
    int exitStatus;

    @Nullable
    RuntimeException failure;

    /** What commands that run inside fail with. */
    @Nullable
    IOException insideFailure;

    private void ask(String what) {
        asked.add(what);
        if (failure != null) {
            throw failure;
        }
    }

    private boolean running(CtId id) {
        return status(id).running();
    }

    private static VeException refusal(VzError error, VeEvent.Kind kind, String... args) {
        return new VeException(error, VeEvent.of(kind, args));
    }

    @Override
    public boolean isRoot() {
        return root;
    }

    @Override
    public void repair(CtId id) {}

    @Override
    public StatusVe.Status status(CtId id) {
        return states.getOrDefault(id.value(), new StatusVe.Status(false, false, false, false));
    }

    @Override
    public VeProbe probe() {
        return new VeProbe() {
            @Override
            public List<CtId> running() {
                return states.keySet().stream()
                        .map(CtId::new)
                        .filter(FakeOperations.this::running)
                        .toList();
            }

            @Override
            public boolean mounted(Path root) {
                return false;
            }

            @Override
            public VeRow.@Nullable Live live(CtId id) {
                return live;
            }
        };
    }

    @Override
    public List<VeProcess> processes(CtId id) {
        return processes;
    }

    @Override
    public void create(CtId id, CreateOptions options, VeEvents events) throws IOException {
        ask("create " + id + " " + options.ostemplate() + " " + options.sample());
        VeConf conf = options.edit().apply(VeConf.empty(host().conf(), id));
        events.event(VeEvent.Kind.CREATING_PRIVATE, String.valueOf(options.ostemplate()));
        conf.save();
        events.event(VeEvent.Kind.PRIVATE_CREATED);
    }

    /** Configuration needs no kernel: this is the real thing. */
    @Override
    public void set(CtId id, SetOptions options, VeEvents events) throws IOException {
        ask("set " + id);
        new SetVe(host()).run(id, options, events);
    }

    @Override
    public void resetLimits(CtId id, VeEvents events) throws IOException {
        new SetVe(host()).resetLimits(id, events);
    }

    private VeHost host() {
        return Objects.requireNonNull(host);
    }

    @Override
    public void start(CtId id, StartOptions flags, VeEvents events) {
        ask("start " + id + " " + flags);
        if (running(id)) {
            throw refusal(VzError.RUNNING, VeEvent.Kind.ALREADY_RUNNING);
        }
        events.event(VeEvent.Kind.STARTING);
        events.event(VeEvent.Kind.MOUNTED);
        events.event(VeEvent.Kind.ADDING_IPS, "10.0.0.1 10.0.0.2");
        events.event(VeEvent.Kind.DETAIL, "a detail");
        events.event(flags.waitUntilUp() ? VeEvent.Kind.START_WAITING : VeEvent.Kind.START_IN_PROGRESS);
        if (flags.waitUntilUp()) {
            events.event(VeEvent.Kind.STARTED);
        }
    }

    @Override
    public void quotaOn(CtId id, VeEvents events) {
        quota("quotaon", id, VzError.QUOTA_ON);
    }

    @Override
    public void quotaOff(CtId id, VeEvents events) {
        quota("quotaoff", id, VzError.QUOTA_OFF);
    }

    @Override
    public void quotaInit(CtId id, VeEvents events) {
        quota("quotainit", id, VzError.QUOTA_INIT);
    }

    /** 102 has no disk quota. */
    private void quota(String what, CtId id, VzError error) {
        ask(what + " " + id);
        if (id.value() == 102) {
            throw refusal(error, VeEvent.Kind.QUOTA_DISABLED);
        }
    }

    @Override
    public void stop(CtId id, StopOptions flags, VeEvents events) {
        ask("stop " + id + " " + flags);
        if (!running(id)) {
            events.event(VeEvent.Kind.STOP_NOT_RUNNING);
            return;
        }
        events.event(VeEvent.Kind.STOPPING);
        if (flags.fast()) {
            events.event(VeEvent.Kind.KILLING);
        }
        events.event(VeEvent.Kind.STOPPED);
        if (!flags.skipUmount()) {
            events.event(VeEvent.Kind.UNMOUNTED);
        }
    }

    @Override
    public void restart(CtId id, StartOptions start, StopOptions stop, VeEvents events) {
        ask("restart " + id + " " + start + " " + stop);
        events.event(VeEvent.Kind.RESTARTING);
    }

    @Override
    public void destroy(CtId id, VeEvents events) {
        ask("destroy " + id);
        if (running(id)) {
            throw refusal(VzError.RUNNING, VeEvent.Kind.DESTROY_RUNNING);
        }
        if (status(id).mounted()) {
            throw refusal(VzError.FS_MOUNTED, VeEvent.Kind.DESTROY_MOUNTED);
        }
        events.event(VeEvent.Kind.DESTROYING_PRIVATE, "/vz/private/" + id);
        events.event(VeEvent.Kind.PRIVATE_DESTROYED);
    }

    @Override
    public void mount(CtId id, VeEvents events) {
        ask("mount " + id);
        events.event(status(id).mounted() ? VeEvent.Kind.ALREADY_MOUNTED : VeEvent.Kind.MOUNTED);
    }

    @Override
    public void umount(CtId id, VeEvents events) {
        ask("umount " + id);
        if (running(id)) {
            throw refusal(VzError.RUNNING, VeEvent.Kind.UMOUNT_RUNNING);
        }
        if (!status(id).mounted()) {
            throw refusal(VzError.FS_NOT_MOUNTED, VeEvent.Kind.NOT_MOUNTED);
        }
        events.event(VeEvent.Kind.UNMOUNTED);
    }

    @Override
    public void checkpoint(CtId id, CheckpointVe.Stage stage, VeEvents events) {
        ask("checkpoint " + id + " " + stage);
    }

    @Override
    public void restore(CtId id, RestoreVe.Stage stage, @Nullable Path dumpFile, VeEvents events) {
        ask("restore " + id + " " + stage + " " + dumpFile);
    }

    @Override
    public int shell(CtId id, String line, VeEvents events) throws IOException {
        return inside("shell " + id + " [" + line + "]", id);
    }

    @Override
    public int shellFromStdin(CtId id, VeEvents events) throws IOException {
        return inside("stdin " + id, id);
    }

    @Override
    public int program(CtId id, List<String> argv, VeEvents events) throws IOException {
        return inside("program " + id + " " + argv, id);
    }

    @Override
    public int enter(CtId id, List<String> command, VeEvents events) throws IOException {
        int status = inside("enter " + id + " " + command, id);
        events.event(VeEvent.Kind.ENTERED, id.toString());
        events.event(VeEvent.Kind.EXITED, id.toString());
        return status;
    }

    @Override
    public void console(CtId id, int tty, VeEvents events) {
        ask("console " + id + " " + tty);
        events.event(VeEvent.Kind.ATTACHED, id.toString());
        events.event(VeEvent.Kind.DETACHED, id.toString());
    }

    @Override
    public int runScript(CtId id, Path script, VeEvents events) {
        ask("runscript " + id + " " + script);
        return exitStatus;
    }

    private int inside(String what, CtId id) throws IOException {
        ask(what);
        if (!running(id)) {
            throw refusal(VzError.NOT_RUNNING, VeEvent.Kind.NOT_RUNNING);
        }
        if (insideFailure != null) {
            throw insideFailure;
        }
        return exitStatus;
    }
}
