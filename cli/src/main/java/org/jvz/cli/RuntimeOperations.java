package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.WaitStatus;
import org.jvz.runtime.ve.CheckpointVe;
import org.jvz.runtime.ve.ConsoleVe;
import org.jvz.runtime.ve.CreateOptions;
import org.jvz.runtime.ve.CreateVe;
import org.jvz.runtime.ve.DestroyVe;
import org.jvz.runtime.ve.EnterVe;
import org.jvz.runtime.ve.ExecVe;
import org.jvz.runtime.ve.MountVe;
import org.jvz.runtime.ve.QuotaVe;
import org.jvz.runtime.ve.RepairVe;
import org.jvz.runtime.ve.RestartVe;
import org.jvz.runtime.ve.RestoreVe;
import org.jvz.runtime.ve.RunScript;
import org.jvz.runtime.ve.SetOptions;
import org.jvz.runtime.ve.SetVe;
import org.jvz.runtime.ve.StartOptions;
import org.jvz.runtime.ve.StartVe;
import org.jvz.runtime.ve.StatusVe;
import org.jvz.runtime.ve.StopOptions;
import org.jvz.runtime.ve.StopVe;
import org.jvz.runtime.ve.TemplateSource;
import org.jvz.runtime.ve.UmountVe;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VeHost;
import org.jvz.runtime.ve.VeProcess;
import org.jvz.runtime.ve.VzError;
import org.jvz.templates.TemplateStore;

/** The operations on this host. Each method loads the classes of its own operation and no others. */
final class RuntimeOperations implements VeOperations {
    /** Makes operations. Classes and not lambdas, here and below: status and exec are too short-lived to make them. */
    static final class OnThisHost implements Factory {
        @Override
        public VeOperations open(VzConf conf, boolean skipLock, Output output) {
            return new RuntimeOperations(conf, skipLock, output);
        }
    }

    private final VeHost host;
    private final Output output;

    private RuntimeOperations(VzConf conf, boolean skipLock, Output output) {
        this.output = output;
        this.host = new VeHost(conf, new Templates(), skipLock);
    }

    /** The template store, opened when a VE is created. */
    private final class Templates implements TemplateSource {
        @Override
        public Lease acquire(String ostemplate, VeEvents events) throws IOException {
            Path templates = host.conf().path(VzKey.TEMPLATE);
            if (templates == null) {
                throw new VeException(VzError.TEMPLATE_NOT_SET, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "TEMPLATE"));
            }
            return new TemplateStore(host.linux(), templates, host.paths().confDir(), System.getenv())
                    .acquire(ostemplate, events);
        }
    }

    /** Passes signals on to a command inside. */
    private final class SignalPasser implements ExecVe.Started {
        @Override
        public void started(Fd pidfd) {
            Signals.pass(host.linux(), pidfd);
        }
    }

    @Override
    public boolean isRoot() throws IOException {
        return ProcessOwner.isRoot();
    }

    @Override
    public void repair(CtId id) throws IOException {
        new RepairVe(host).run(id);
    }

    @Override
    public StatusVe.Status status(CtId id) throws IOException {
        try {
            return new StatusVe(host).run(id);
        } catch (BadConfException e) {
            // A status is never refused.
            output.complain("Warning: " + Failures.message(e));
            return new StatusVe(host).withoutConf(id);
        }
    }

    @Override
    public VeProbe probe() {
        return RuntimeProbe.of(host);
    }

    @Override
    public List<VeProcess> processes(CtId id) throws IOException {
        return VeProcess.of(host, id);
    }

    @Override
    public void create(CtId id, CreateOptions options, VeEvents events) throws IOException {
        Signals.cancel(output);
        new CreateVe(host).run(id, options, events);
    }

    @Override
    public void set(CtId id, SetOptions options, VeEvents events) throws IOException {
        Signals.cancel(output);
        new SetVe(host).run(id, options, events);
    }

    @Override
    public void resetLimits(CtId id, VeEvents events) throws IOException {
        new SetVe(host).resetLimits(id, events);
    }

    @Override
    public void start(CtId id, StartOptions options, VeEvents events) throws IOException {
        Signals.cancel(output);
        new StartVe(host).run(id, options, events);
    }

    @Override
    public void stop(CtId id, StopOptions options, VeEvents events) throws IOException {
        Signals.cancel(output);
        new StopVe(host).run(id, options, events);
    }

    @Override
    public void restart(CtId id, StartOptions start, StopOptions stop, VeEvents events) throws IOException {
        Signals.cancel(output);
        new RestartVe(host).run(id, start, stop, events);
    }

    @Override
    public void destroy(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new DestroyVe(host).run(id, events);
    }

    @Override
    public void mount(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new MountVe(host).run(id, events);
    }

    @Override
    public void umount(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new UmountVe(host).run(id, events);
    }

    @Override
    public void checkpoint(CtId id, CheckpointVe.Stage stage, VeEvents events) throws IOException {
        Signals.cancel(output);
        new CheckpointVe(host).run(id, stage, events);
    }

    @Override
    public void restore(CtId id, RestoreVe.Stage stage, @Nullable Path dumpFile, VeEvents events) throws IOException {
        Signals.cancel(output);
        new RestoreVe(host).run(id, stage, dumpFile, events);
    }

    @Override
    public void quotaOn(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new QuotaVe(host).on(id, events);
    }

    @Override
    public void quotaOff(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new QuotaVe(host).off(id, events);
    }

    @Override
    public void quotaInit(CtId id, VeEvents events) throws IOException {
        Signals.cancel(output);
        new QuotaVe(host).init(id, events);
    }

    @Override
    public int shell(CtId id, String line, VeEvents events) throws IOException {
        return status(exec().shell(id, line), events);
    }

    @Override
    public int shellFromStdin(CtId id, VeEvents events) throws IOException {
        return status(exec().shellFromStdin(id), events);
    }

    @Override
    public int program(CtId id, List<String> argv, VeEvents events) throws IOException {
        return status(exec().program(id, argv), events);
    }

    private ExecVe exec() {
        return new ExecVe(host, new SignalPasser());
    }

    @Override
    public int enter(CtId id, List<String> command, VeEvents events) throws IOException {
        String term = System.getenv("TERM");
        WaitStatus status = new EnterVe(host, pipe -> Signals.report(host.linux(), pipe))
                .run(id, command, term == null ? "linux" : term, events);
        return status.shellStatus();
    }

    @Override
    public void console(CtId id, int tty, VeEvents events) throws IOException {
        new ConsoleVe(host, pipe -> Signals.report(host.linux(), pipe)).run(id, tty, event -> {
            if (event.kind() == VeEvent.Kind.DETACHED) {
                // Wherever the VE has left the cursor.
                output.complain("");
            }
            events.event(event);
        });
    }

    @Override
    public int runScript(CtId id, Path script, VeEvents events) throws IOException {
        Signals.cancel(output);
        return status(new RunScript(host).run(id, script, events), events);
    }

    /** The status of a command inside; a killed one has its own. */
    private static int status(WaitStatus status, VeEvents events) {
        if (status.exited()) {
            return status.code();
        }
        events.event(VeEvent.Kind.GOT_SIGNAL, Integer.toString(status.signal()));
        return VzError.SYSTEM.exitStatus();
    }
}
