package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.LiveVes;
import org.jvz.runtime.ve.VeHost;

/** The VEs of this host, as vzlist asks for them. */
final class RuntimeProbe implements VeProbe {
    private final LiveVes live;

    private RuntimeProbe(LiveVes live) {
        this.live = live;
    }

    /** Looks at this host. */
    static final class OfThisHost implements Vzlist.Factory {
        @Override
        public boolean isRoot() throws IOException {
            return ProcessOwner.isRoot();
        }

        @Override
        public VeProbe open(VzConf conf) {
            return new RuntimeProbe(LiveVes.look(new VeHost(conf, null, false)));
        }
    }

    @Override
    public List<CtId> running() {
        return live.ids();
    }

    @Override
    public boolean mounted(Path root) throws IOException {
        return live.isMounted(root);
    }

    @Override
    public VeRow.Live live(CtId id) {
        return new VeRow.Live() {
            @Override
            public double uptimeSeconds() {
                return live.uptimeSeconds(id);
            }

            @Override
            public long processes() {
                return live.processes(id);
            }
        };
    }
}
