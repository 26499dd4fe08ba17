package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfigEdit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.EditContext;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.ve.CreateOptions;
import org.jvz.runtime.ve.CreateVe;
import org.jvz.runtime.ve.DestroyVe;
import org.jvz.runtime.ve.SetOptions;
import org.jvz.runtime.ve.SetVe;
import org.jvz.runtime.ve.StartOptions;
import org.jvz.runtime.ve.StartVe;
import org.jvz.runtime.ve.StopOptions;
import org.jvz.runtime.ve.StopVe;
import org.jvz.runtime.ve.VeHost;
import org.jvz.templates.TemplateStore;

/**
 * VEs of the template {@code tiny} on the test's host, handled by this JVM and in the calling thread's namespaces: what an operation itself
 * costs, without the start of a command, and many VEs in little time.
 */
final class WarmVes {
    private final TestHost test;
    private final VeHost host;

    WarmVes(TestHost test) throws IOException {
        this.test = test;
        HostPaths paths = HostPaths.under(test.dir());
        this.host = new VeHost(
                VzConf.read(paths),
                (ostemplate, events) -> new TemplateStore(
                                new JffiLinux(), test.path("vz/template"), paths.confDir(), Map.of())
                        .acquire(ostemplate, events),
                false);
    }

    /** Creates a VE with these keys in its configuration. */
    int create(String... keysAndValues) throws IOException {
        int id = test.newId();
        CreateOptions.Edit edit = conf -> {
            for (int i = 0; i < keysAndValues.length; i += 2) {
                conf = conf.withText(keysAndValues[i], keysAndValues[i + 1]);
            }
            return conf;
        };
        new CreateVe(host).run(new CtId(id), new CreateOptions("tiny", null, edit), event -> {});
        return id;
    }

    /** Starts a VE. Returns milliseconds. */
    double start(int id) throws IOException {
        long began = System.nanoTime();
        new StartVe(host).run(new CtId(id), new StartOptions(false, false, false, false), event -> {});
        return (System.nanoTime() - began) / 1e6;
    }

    /** {@code vzctl set}, without {@code --save}; options without their dashes, and values. Returns milliseconds. */
    double set(int id, String... optionsAndValues) throws IOException {
        List<ConfigEdit.Given> given = new ArrayList<>();
        List<ConfKey<?>> asked = new ArrayList<>();
        for (int i = 0; i < optionsAndValues.length; i += 2) {
            given.add(new ConfigEdit.Given(optionsAndValues[i], optionsAndValues[i + 1]));
            asked.add(
                    Objects.requireNonNull(ConfKey.option(optionsAndValues[i])).key());
        }
        CtId ve = new CtId(id);
        SetOptions options = new SetOptions(
                conf -> ConfigEdit.apply(conf, given, EditContext.of(ve, 1)),
                asked,
                false,
                SetOptions.WhenRestartNeeded.WARN,
                false,
                List.of());
        long began = System.nanoTime();
        new SetVe(host).run(ve, options, event -> {});
        return (System.nanoTime() - began) / 1e6;
    }

    /** {@code stop --fast}. */
    void stop(int id) throws IOException {
        new StopVe(host).run(new CtId(id), new StopOptions(true, false), event -> {});
    }

    /** Stops and destroys a VE, and removes what a destroyed one leaves on purpose. */
    void end(int id) throws IOException {
        stop(id);
        new DestroyVe(host).run(new CtId(id), event -> {});
        Files.delete(test.path("etc/vz/conf", id + ".conf.destroyed"));
    }

    /** The process id of its init. */
    String init(int id) throws IOException {
        Path file = test.path("var/lib/vzctl/vepid", Integer.toString(id));
        return Files.readString(file).strip();
    }
}
