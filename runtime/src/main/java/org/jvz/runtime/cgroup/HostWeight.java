package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import org.jvz.runtime.linux.Linux;

/**
 * How the host's own work and all VEs together divide a CPU that both want: {@code VE0CPUUNITS}. At 1000 the host weighs twice as much as
 * all its VEs, so that the administrator's commands and the services that serve every VE stay quick whatever one customer does. A host
 * that has nothing to do takes nothing. Sources: cgroup-v2.rst, "cpu.weight"; sched(7), "Autogroup"; scheduler/sched-design-CFS.rst.
 *
 * @param units at least 1; 2000 gives the host four times the weight of all VEs
 */
public record HostWeight(int units) {
    private static final int USUAL_UNITS = 1000;
    /** Half of what the kernel gives a new cgroup, and a session or a service of the host. */
    private static final long HALF_WEIGHT = 50;

    private static final long HALF_SHARES = 512;

    public HostWeight {
        if (units < 1) {
            throw new IllegalArgumentException("units of the host: " + units);
        }
    }

    /** For {@code cpu.weight} of the cgroup above all VEs, 1 to 10000. */
    long weight() {
        return scaled(HALF_WEIGHT, 1, 10_000);
    }

    /** For {@code cpu.shares} of v1, 2 to 262144. */
    long shares() {
        return scaled(HALF_SHARES, 2, 262_144);
    }

    private long scaled(long usual, long least, long most) {
        return Math.max(least, Math.min(most, Math.round((double) usual * USUAL_UNITS / units)));
    }

    /**
     * Puts it into effect above the VE, which must have its cgroups: only then it is sure that the one above stays. Nothing on a host
     * without the controller.
     */
    public void apply(Linux linux, VeCgroup ve) throws IOException {
        CgroupDir dir = ve.directory(Controller.CPU);
        Path above = dir == null ? null : dir.path().getParent();
        if (dir == null || above == null) {
            return;
        }
        InterfaceFiles files = new KernelFiles(linux);
        Path file = above.resolve(dir.v2() ? "cpu.weight" : "cpu.shares");
        if (files.exists(file)) {
            files.write(file, Long.toString(dir.v2() ? weight() : shares()));
        }
    }
}
