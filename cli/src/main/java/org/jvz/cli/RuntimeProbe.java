package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.LiveVes;
import org.jvz.runtime.ve.VeCounters;
import org.jvz.runtime.ve.VeHost;

/** The VEs of this host, as vzlist asks for them. */
final class RuntimeProbe implements VeProbe {
    private final LiveVes live;

    private RuntimeProbe(LiveVes live) {
        this.live = live;
    }

    /** Looks at a host now. */
    static VeProbe of(VeHost host) {
        return new RuntimeProbe(LiveVes.look(host));
    }

    /** Looks at this host. */
    static final class OfThisHost implements Vzlist.Factory {
        @Override
        public boolean isRoot() throws IOException {
            return ProcessOwner.isRoot();
        }

        @Override
        public VeProbe open(VzConf conf) {
            return of(new VeHost(conf, null, false));
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
    public VeRow.@Nullable Live live(CtId id) throws IOException {
        VeCounters counters = live.counters(id);
        return counters == null ? null : new RunningVe(live, id, counters);
    }

    private static final class RunningVe implements VeRow.Live {
        private final LiveVes live;
        private final CtId id;
        private final VeCounters counters;

        private RunningVe(LiveVes live, CtId id, VeCounters counters) {
            this.live = live;
            this.id = id;
            this.counters = counters;
        }

        @Override
        public double uptimeSeconds() {
            return live.uptimeSeconds(id);
        }

        @Override
        public boolean frozen() {
            return live.isFrozen(id);
        }

        @Override
        public long held(Beancounter counter) {
            return counters.held(counter);
        }

        @Override
        public long maxHeld(Beancounter counter) {
            return counters.maxHeld(counter);
        }

        @Override
        public long failures(Beancounter counter) {
            return counters.failures(counter);
        }

        @Override
        public BarrierLimit bounds(Beancounter counter, VeConf conf) {
            return counters.bounds(counter, conf);
        }

        @Override
        public @Nullable String addresses() {
            return live.addresses(id);
        }

        @Override
        public @Nullable Pressure pressure(Pressure.Of resource) {
            return counters.pressure(resource);
        }
    }
}
