package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.Samples;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;

/** The configuration of a VE that is about to be: from the file that is there, or from a sample, and the caller's settings. */
final class NewConf {
    private final VzConf global;
    private final Path file;
    private final CtId id;
    private final VeEvents events;
    private final boolean existed;

    NewConf(VeHost host, CtId id, VeEvents events) {
        this.global = host.conf();
        this.file = host.paths().conf(id);
        this.id = id;
        this.events = events;
        this.existed = Files.exists(file);
    }

    /** Whether the VE was configured before. */
    boolean existed() {
        return existed;
    }

    /** The configuration without template; nothing is written. */
    VeConf make(CreateOptions options) throws IOException {
        VeConf conf = options.edit().apply(existed ? existing(options.sample()) : sampled(options.sample()));
        return withDirectory(withDirectory(conf, VzKey.VE_ROOT), VzKey.VE_PRIVATE);
    }

    private VeConf existing(@Nullable String sample) throws IOException {
        if (sample != null) {
            throw new VeException(VzError.COPY_CONFIG, VeEvent.of(VeEvent.Kind.CONFIG_EXISTS, file.toString()));
        }
        events.event(VeEvent.Kind.SAMPLE_NOT_APPLIED);
        return VeConf.read(global, id);
    }

    private VeConf sampled(@Nullable String sample) throws IOException {
        String name = sample == null ? global.configFile() : sample;
        if (name == null) {
            return VeConf.empty(global, id);
        }
        Path path = Samples.path(global.paths(), name);
        if (path == null || !Files.exists(path)) {
            String missing = path == null ? name : path.toString();
            throw new VeException(VzError.COPY_CONFIG, VeEvent.of(VeEvent.Kind.SAMPLE_NOT_FOUND, missing));
        }
        return Samples.configure(global, id, ConfFile.read(path), name);
    }

    /** Copies a directory from vz.conf, with its literal {@code $VEID}, so that a change there does not move the VE. */
    private VeConf withDirectory(VeConf conf, VzKey key) {
        String value = global.text(key);
        return conf.file().get(key.name()) != null || value == null ? conf : conf.withText(key.name(), value);
    }

    /**
     * The template's name, without the directories some callers put before it.
     *
     * @throws VeException if neither the caller nor the sample nor vz.conf names one
     */
    String ostemplate(VeConf conf, CreateOptions options) {
        String name = options.ostemplate();
        if (name == null) {
            name = conf.file().get("OSTEMPLATE");
        }
        if (name == null || name.isEmpty()) {
            name = global.text(VzKey.DEF_OSTEMPLATE);
        }
        if (name == null || name.isEmpty()) {
            throw new VeException(VzError.OSTEMPLATE_NOT_SET, VeEvent.of(VeEvent.Kind.NO_OSTEMPLATE));
        }
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
