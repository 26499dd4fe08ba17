package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jvz.runtime.cgroup.AppliedLimits;
import org.jvz.runtime.cgroup.HostDevices;
import org.jvz.runtime.cgroup.LimitException;
import org.jvz.runtime.cgroup.LimitPlan;
import org.jvz.runtime.cgroup.Limits;
import org.jvz.runtime.config.VeConf;
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

    /** Those that vzctl tells of, in its order. */
    private static final Map<String, VeEvent.Kind> TOLD = told();

    private static Map<String, VeEvent.Kind> told() {
        Map<String, VeEvent.Kind> told = new LinkedHashMap<>();
        told.put("CPULIMIT", VeEvent.Kind.CPU_LIMIT);
        told.put("CPUUNITS", VeEvent.Kind.CPU_UNITS);
        told.put("CPUS", VeEvent.Kind.CPUS);
        told.put("IOLIMIT", VeEvent.Kind.IO_LIMIT);
        told.put("IOPSLIMIT", VeEvent.Kind.IOPS_LIMIT);
        return told;
    }

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
        TOLD.forEach((key, kind) -> tell(start.events(), kind, start.conf(), key));
    }

    private static void tell(VeEvents events, VeEvent.Kind kind, VeConf conf, String key) {
        String value = conf.file().get(key);
        if (value != null && !value.isEmpty() && !value.equals("0")) {
            events.event(kind, value);
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
        TOLD.forEach((key, kind) -> {
            if (change.keys().contains(key)) {
                tell(change.events(), kind, change.result().after(), key);
            }
        });
        AppliedLimits before = plan.before(linux);
        if (!before.isEmpty()) {
            // A limit below what is used makes the kernel write out and swap before it takes it.
            change.events().lasting("Setting the limits");
            change.transaction().step("set limits", change.object(), HostUndo.limits(before), () -> plan.apply(linux));
            change.events().over();
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
