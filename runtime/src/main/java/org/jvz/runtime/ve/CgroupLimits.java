package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.Set;
import org.jvz.runtime.cgroup.AppliedLimits;
import org.jvz.runtime.cgroup.HostDevices;
import org.jvz.runtime.cgroup.LimitException;
import org.jvz.runtime.cgroup.LimitPlan;
import org.jvz.runtime.cgroup.Limits;
import org.jvz.runtime.linux.Causes;
import org.jvz.runtime.linux.Linux;

/** Limits that the VE's cgroups keep: memory, CPU, processes, input and output. */
final class CgroupLimits implements VePart {
    private static final Set<String> KEYS = Set.of(
            "PHYSPAGES",
            "SWAPPAGES",
            "PRIVVMPAGES",
            "VMGUARPAGES",
            "OOMGUARPAGES",
            "NUMPROC",
            "CPUUNITS",
            "CPULIMIT",
            "CPUS",
            "CPUMASK",
            "NODEMASK",
            "IOPRIO",
            "IOLIMIT",
            "IOPSLIMIT");

    @Override
    public Set<String> liveKeys() {
        return KEYS;
    }

    @Override
    public Set<String> keysToRepeat() {
        return KEYS;
    }

    /** Sets the limits while the cgroups are empty. They need no undo of their own: the cgroups go. */
    @Override
    public void prepare(Starting start) throws IOException {
        Linux linux = start.linux();
        LimitPlan plan = start.transaction().step("set limits", start.cgroup().name(), null, () -> {
            LimitPlan made = Limits.plan(start.conf(), start.cgroup(), new HostDevices(linux), linux);
            made.applyToNew(linux);
            return made;
        });
        start.unenforced().addAll(plan.unenforced());
    }

    /** Tells of the limits where vzctl does: after the addresses. */
    @Override
    public void admit(Starting start, int pid) {
        tell(start, VeEvent.Kind.CPU_LIMIT, "CPULIMIT");
        tell(start, VeEvent.Kind.CPU_UNITS, "CPUUNITS");
        tell(start, VeEvent.Kind.CPUS, "CPUS");
        tell(start, VeEvent.Kind.IO_LIMIT, "IOLIMIT");
        tell(start, VeEvent.Kind.IOPS_LIMIT, "IOPSLIMIT");
    }

    private static void tell(Starting start, VeEvent.Kind kind, String key) {
        String value = start.text(key);
        if (value != null && !value.equals("0")) {
            start.events().event(kind, value);
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        Linux linux = change.linux();
        LimitPlan plan = Limits.plan(
                        change.result().after(),
                        change.host().cgroup(change.session().id()),
                        new HostDevices(linux),
                        linux)
                .only(change.keys());
        AppliedLimits before = plan.before(linux);
        if (!before.isEmpty()) {
            change.transaction().step("set limits", change.object(), HostUndo.limits(before), () -> plan.apply(linux));
        }
        change.unenforced().addAll(plan.unenforced());
    }

    @Override
    public VzError changeError(IOException failure) {
        String key = Causes.find(failure, LimitException.class)
                .map(LimitException::key)
                .orElse("");
        return switch (key) {
            case "CPUUNITS", "CPULIMIT", "CPUS", "CPUMASK", "NODEMASK" -> VzError.SET_CPU;
            case "IOPRIO", "IOLIMIT", "IOPSLIMIT" -> VzError.SET_IO;
            default -> VzError.SET_UBC;
        };
    }
}
