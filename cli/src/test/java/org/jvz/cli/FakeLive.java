package org.jvz.cli;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.Bounds;

/** A running VE that tells what a test gives it, and that it cannot tell the rest. */
final class FakeLive implements VeRow.Live {
    double uptime = -1;
    boolean frozen;

    @Nullable
    String addresses;

    final Map<Beancounter, long[]> counters = new EnumMap<>(Beancounter.class);
    final Map<Pressure.Of, Pressure> pressures = new EnumMap<>(Pressure.Of.class);

    FakeLive uptime(double seconds) {
        uptime = seconds;
        return this;
    }

    /** Gives held, maxheld and failcnt of a beancounter. */
    FakeLive counts(Beancounter counter, long held, long maxHeld, long failures) {
        counters.put(counter, new long[] {held, maxHeld, failures});
        return this;
    }

    FakeLive waits(Pressure.Of resource, Pressure pressure) {
        pressures.put(resource, pressure);
        return this;
    }

    private long number(Beancounter counter, int index) {
        long[] numbers = counters.get(counter);
        return numbers == null ? -1 : numbers[index];
    }

    @Override
    public double uptimeSeconds() {
        return uptime;
    }

    @Override
    public boolean frozen() {
        return frozen;
    }

    @Override
    public long held(Beancounter counter) {
        return number(counter, 0);
    }

    @Override
    public long maxHeld(Beancounter counter) {
        return number(counter, 1);
    }

    @Override
    public long failures(Beancounter counter) {
        return number(counter, 2);
    }

    @Override
    public BarrierLimit bounds(Beancounter counter, VeConf conf) {
        return Bounds.inForce(conf, counter);
    }

    @Override
    public @Nullable String addresses() {
        return addresses;
    }

    @Override
    public @Nullable Pressure pressure(Pressure.Of resource) {
        return pressures.get(resource);
    }
}
