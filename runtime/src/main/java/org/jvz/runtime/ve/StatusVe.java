package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.rootfs.RootMount;

/** Looks at a VE without lock, change or native code; works for any id, configured or not. */
public final class StatusVe {
    private final VeHost host;

    /** Looks at VEs of this host. */
    public StatusVe(VeHost host) {
        this.host = host;
    }

    /**
     * What a VE is.
     *
     * @param exists its configuration and private area are both there
     * @param mounted its root is mounted
     * @param running its init is alive
     * @param suspended it is stopped and a dump waits to be restored; a frozen VE is running
     */
    public record Status(boolean exists, boolean mounted, boolean running, boolean suspended) {}

    /**
     * As much of the VE's status as can be told without a configuration that can be read: whether it runs, where it is mounted, and that it is
     * there, as its configuration is.
     */
    public Status withoutConf(CtId id) throws IOException {
        VeState state = VeState.read(host.paths().state(id));
        boolean running = state != null && state.initAlive();
        return new Status(
                Files.exists(host.paths().conf(id)),
                state != null && RootMount.isMounted(Path.of(state.root())),
                running,
                false);
    }

    /** The VE's status at this moment. */
    public Status run(CtId id) throws IOException {
        boolean configured = Files.exists(host.paths().conf(id));
        VeConf conf = configured ? VeConf.read(host.conf(), id) : VeConf.empty(host.conf(), id);
        return run(conf, configured);
    }

    /** The same of a configuration that was read already. */
    public Status run(VeConf conf, boolean configured) throws IOException {
        Path area = conf.privateArea();
        Path root = conf.root();
        VeState state = VeState.read(host.paths().state(conf.id()));
        boolean running = state != null && state.initAlive();
        boolean exists = configured && area != null && Files.isDirectory(area);
        return new Status(exists, root != null && RootMount.isMounted(root), running, exists && !running && dump(conf));
    }

    private static boolean dump(VeConf conf) throws BadConfException {
        Path dir = conf.dumpDir();
        return dir != null && Files.exists(dir.resolve("Dump." + conf.id()));
    }
}
