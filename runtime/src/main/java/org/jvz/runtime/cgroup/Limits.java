package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CpuList;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Linux;

/**
 * Turns a VE's configuration into the values of its interface files. Every {@link Knob} gets its value, those the
 * configuration does not name the kernel's default; what the host lacks for a value is told as {@link Unenforced}.
 */
public final class Limits {
    private static final String PARTLY =
            "cgroup v1 limits reads and direct writes, not what is written back from memory later";

    private final VeConf conf;
    private final LimitValues values;
    private final VeCgroup cgroup;
    private final HostDevices host;
    private final InterfaceFiles files;
    private final List<LimitWrite> writes = new ArrayList<>();
    private final List<Unenforced> unenforced = new ArrayList<>();
    private HostDevices.@Nullable Backing backing;

    private Limits(VeConf conf, VeCgroup cgroup, HostDevices host, InterfaceFiles files) throws IOException {
        this.conf = conf;
        this.values = LimitValues.of(conf);
        this.cgroup = cgroup;
        this.host = host;
        this.files = files;
    }

    /**
     * The plan for a VE whose cgroups exist.
     *
     * @throws LimitException if a value cannot be on this host, such as a CPU that it does not have
     * @throws NoSuchFileException if the VE has no cgroups
     * @throws org.jvz.runtime.config.BadConfException if a value is none
     */
    public static LimitPlan plan(VeConf conf, VeCgroup cgroup, HostDevices host, Linux linux) throws IOException {
        return plan(conf, cgroup, host, new KernelFiles(linux));
    }

    static LimitPlan plan(VeConf conf, VeCgroup cgroup, HostDevices host, InterfaceFiles files) throws IOException {
        Limits limits = new Limits(conf, cgroup, host, files);
        for (Path dir : cgroup.directories()) {
            if (!files.exists(dir)) {
                throw new NoSuchFileException(dir.toString());
            }
        }
        Set<Knob> asked = EnumSet.noneOf(Knob.class);
        for (Knob knob : Knob.values()) {
            limits.plan(knob);
            if (limits.isOtherThanNew(knob)) {
                asked.add(knob);
            }
        }
        return new LimitPlan(limits.writes, asked, limits.unenforced);
    }

    private void plan(Knob knob) throws IOException {
        @Nullable CgroupDir dir = cgroup.directory(knob.controller());
        if (dir == null) {
            lack(
                    knob,
                    "no cgroup hierarchy here has the controller "
                            + knob.controller().v2Name());
            return;
        }
        if (knob.files(dir.v2()).isEmpty()) {
            if (!knob.whyNotV1().isEmpty()) {
                lack(knob, knob.whyNotV1());
            }
            return;
        }
        switch (knob) {
            case RAM -> number(knob, dir, KnobValue.amount(values.ram(), dir.v2()));
            case SWAP -> swap(dir);
            case TCP_BUFFERS -> number(knob, dir, KnobValue.amount(values.ram(), dir.v2()));
            case SPARED -> guarantee(knob, dir, values.low());
            case GUARANTEED -> guarantee(knob, dir, values.min());
            case TASKS -> number(knob, dir, KnobValue.tasks(values.tasks()));
            case CPU_WEIGHT -> cpuWeight(dir);
            case CPU_QUOTA -> number(knob, dir, KnobValue.cpuQuota(values.cpuPercent(), dir.v2()));
            case CPUS -> cpuset(knob, dir, cpus());
            case NODES -> cpuset(knob, dir, values.nodes());
            case IO_WEIGHT -> ioWeight(dir);
            case IO_BYTES -> ioRate(knob, dir, values.ioBytes(), "rbps", "wbps");
            case IO_OPERATIONS -> ioRate(knob, dir, values.ioOperations(), "riops", "wiops");
        }
    }

    /** Notes that nothing keeps what the configuration asks for; nothing to note if it asks for nothing. */
    private void lack(Knob knob, String reason) throws IOException {
        if (asks(knob)) {
            unenforced.add(new Unenforced(keyOf(knob), reason));
        }
    }

    private boolean asks(Knob knob) {
        return switch (knob) {
            case RAM -> values.ram() != LimitValues.NONE;
            case SWAP -> values.swap() != LimitValues.NONE;
            case TCP_BUFFERS -> false;
            case SPARED -> values.low() != 0;
            case GUARANTEED -> values.min() != 0;
            case TASKS -> values.tasks() != LimitValues.NONE;
            case CPU_WEIGHT -> values.cpuUnits() != LimitValues.CPU_UNITS;
            case CPU_QUOTA -> values.cpuPercent() != LimitValues.NONE;
            case CPUS -> values.cpus().kind() != CpuList.Kind.ALL || values.cpuCount() > 0;
            case NODES -> values.nodes().kind() != CpuList.Kind.ALL;
            case IO_WEIGHT -> values.ioPriority() != LimitValues.IO_PRIORITY;
            case IO_BYTES -> values.ioBytes() != LimitValues.NONE;
            case IO_OPERATIONS -> values.ioOperations() != LimitValues.NONE;
        };
    }

    /** Whether the value is another one than a new cgroup has. */
    private boolean isOtherThanNew(Knob knob) {
        return switch (knob) {
            // No key of its own asks for it: it follows the RAM.
            case TCP_BUFFERS -> asks(Knob.RAM);
            // v1 limits the sum of both, which has no end without that of the RAM.
            case SWAP -> asks(Knob.SWAP) && (asks(Knob.RAM) || isV2(Knob.SWAP));
            // From Linux 6.10 on v1 counts a disk's input and output only once a limit was set for it, which may be
            // none.
            case IO_BYTES -> asks(Knob.IO_BYTES) || !isV2(Knob.IO_BYTES);
            default -> asks(knob);
        };
    }

    private boolean isV2(Knob knob) {
        @Nullable CgroupDir dir = cgroup.directory(knob.controller());
        return dir != null && dir.v2();
    }

    /** The key that the value comes from, or would come from. */
    private String keyOf(Knob knob) throws IOException {
        return switch (knob) {
            case RAM, TCP_BUFFERS -> values.ramKey();
            case SWAP -> conf.get(ConfKey.SWAPPAGES).isPresent() ? "SWAPPAGES" : values.ramKey();
            case CPUS -> values.cpus().kind() == CpuList.Kind.ALL && values.cpuCount() > 0 ? "CPUS" : "CPUMASK";
            case CPU_QUOTA -> conf.get(ConfKey.CPULIMIT).orElse(0L) == 0 ? "CPUS" : "CPULIMIT";
            default -> knob.keys().get(0);
        };
    }

    private void number(Knob knob, CgroupDir dir, String value) throws IOException {
        Path file = dir.file(knob.files(dir.v2()).get(0));
        if (files.exists(file)) {
            writes.add(new LimitWrite(knob, keyOf(knob), file, "", value));
        } else {
            lack(knob, missing(knob, dir, file));
        }
    }

    private static String missing(Knob knob, CgroupDir dir, Path file) {
        if (knob == Knob.SWAP) {
            return "the kernel does not account swap space, see swapaccount= of its command line";
        }
        return "the kernel offers no " + file.getFileName() + (dir.v2() ? "" : " on cgroup v1");
    }

    private void swap(CgroupDir dir) throws IOException {
        if (!dir.v2() && values.ram() == LimitValues.NONE) {
            lack(Knob.SWAP, "cgroup v1 limits swap space only together with PHYSPAGES");
        }
        number(Knob.SWAP, dir, KnobValue.swap(values.ram(), values.swap(), dir.v2()));
    }

    private void guarantee(Knob knob, CgroupDir dir, long bytes) throws IOException {
        if (bytes == LimitValues.NONE) {
            lack(knob, "a guarantee without an end would take the whole host");
        }
        number(knob, dir, KnobValue.guarantee(bytes));
    }

    private void cpuWeight(CgroupDir dir) throws IOException {
        long most = KnobValue.cpuUnitsMax(dir.v2());
        if (values.cpuUnits() > most) {
            lack(Knob.CPU_WEIGHT, "more than " + most + " counts as " + most);
        }
        number(Knob.CPU_WEIGHT, dir, KnobValue.cpuWeight(values.cpuUnits(), dir.v2()));
    }

    /** CPUMASK, where "auto" stands for the CPUs of NODEMASK. */
    private CpuList cpus() throws IOException {
        CpuList cpus = values.cpus();
        if (cpus.kind() != CpuList.Kind.AUTO) {
            return cpus;
        }
        if (values.nodes().kind() != CpuList.Kind.LIST) {
            throw new LimitException("CPUMASK", "auto means the CPUs of NODEMASK, which names no nodes");
        }
        return new CpuList(CpuList.Kind.LIST, host.cpusOf(values.nodes().numbers()));
    }

    private void cpuset(Knob knob, CgroupDir dir, CpuList wanted) throws IOException {
        String name = knob.files(dir.v2()).get(0);
        Path file = dir.file(name);
        if (!files.exists(file)) {
            lack(knob, missing(knob, dir, file));
            return;
        }
        Path above = dir.path().resolveSibling(dir.v2() ? name + ".effective" : name);
        @Nullable String offered = files.read(above);
        int count = knob == Knob.CPUS ? values.cpuCount() : 0;
        if (count > 0 && offered != null && chooseCpus(file, wanted, offered, count)) {
            return;
        }
        if (wanted.kind() == CpuList.Kind.ALL) {
            // Nothing of one's own on v2 is all of the parent's; on v1 it is a copy of them.
            writes.add(new LimitWrite(knob, keyOf(knob), file, "", dir.v2() || offered == null ? "" : offered));
            return;
        }
        if (offered != null) {
            BitSet outside = wanted.numbers();
            outside.andNot(CpuList.parse(offered.strip()).numbers());
            if (!outside.isEmpty()) {
                throw new LimitException(
                        keyOf(knob), wanted + " is not within " + offered + ", all there is in " + above);
            }
        }
        writes.add(new LimitWrite(knob, keyOf(knob), file, "", wanted.toString()));
    }

    /** Plans to choose some of the CPUs that the VE may have; false if it may have no more than it wants. */
    private boolean chooseCpus(Path file, CpuList wanted, String offered, int count) {
        BitSet allowed = CpuList.parseKernel(offered);
        if (wanted.kind() == CpuList.Kind.LIST) {
            allowed.and(wanted.numbers());
            if (allowed.cardinality() < wanted.numbers().cardinality()) {
                // A CPU that is not there is told of like any other.
                return false;
            }
        }
        if (count >= allowed.cardinality()) {
            if (count > allowed.cardinality()) {
                unenforced.add(new Unenforced("CPUS", "there are only " + allowed.cardinality()));
            }
            return false;
        }
        String from = new CpuList(CpuList.Kind.LIST, allowed).toString();
        writes.add(new LimitWrite(Knob.CPUS, "CPUS", file, "", from, count));
        return true;
    }

    private void ioWeight(CgroupDir dir) throws IOException {
        List<String> names = Knob.IO_WEIGHT.files(dir.v2());
        Path bfq = dir.file(names.get(0));
        Path other = dir.file(names.get(1));
        String value = KnobValue.ioWeight(values.ioPriority());
        for (Path file : List.of(bfq, other)) {
            if (files.exists(file)) {
                writes.add(new LimitWrite(Knob.IO_WEIGHT, "IOPRIO", file, "", value));
            }
        }
        if (!asks(Knob.IO_WEIGHT)) {
            return;
        }
        HostDevices.Backing below = backing();
        if (below.disks().isEmpty()) {
            lack(Knob.IO_WEIGHT, below.whyNone());
            return;
        }
        for (HostDevices.Disk disk : below.disks()) {
            boolean kept =
                    switch (disk.scheduler()) {
                        case "bfq" -> files.exists(bfq);
                        case "cfq" -> files.exists(other);
                        default -> dir.v2() && files.exists(other) && weighsByCost(dir, disk);
                    };
            if (!kept) {
                lack(
                        Knob.IO_WEIGHT,
                        "the scheduler of " + disk.name() + " is " + disk.scheduler() + ", which knows no weights");
                return;
            }
        }
    }

    /** Whether the controller of v2 that needs no scheduler for it is on for a disk (cgroup-v2.rst, "io.cost.qos"). */
    private boolean weighsByCost(CgroupDir dir, HostDevices.Disk disk) throws IOException {
        @Nullable Path parent = dir.path().getParent();
        @Nullable Path mount = parent == null ? null : parent.getParent();
        @Nullable String lines = mount == null ? null : files.read(mount.resolve("io.cost.qos"));
        if (lines != null) {
            for (String line : lines.split("\n", -1)) {
                if (line.startsWith(disk.id() + " ")) {
                    return line.contains("enable=1");
                }
            }
        }
        return false;
    }

    private void ioRate(Knob knob, CgroupDir dir, long perSecond, String read, String write) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String name : knob.files(dir.v2())) {
            Path file = dir.file(name);
            if (!files.exists(file)) {
                lack(knob, missing(knob, dir, file));
                return;
            }
            paths.add(file);
        }
        HostDevices.Backing below = backing();
        if (below.disks().isEmpty()) {
            lack(knob, below.whyNone());
            return;
        }
        for (HostDevices.Disk disk : below.disks()) {
            String value = dir.v2() ? KnobValue.ioMax(read, write, perSecond) : KnobValue.throttle(perSecond);
            for (Path file : paths) {
                writes.add(new LimitWrite(knob, keyOf(knob), file, disk.id(), value));
            }
        }
        if (!dir.v2()) {
            lack(knob, PARTLY);
        }
    }

    private HostDevices.Backing backing() throws IOException {
        HostDevices.Backing known = backing;
        if (known == null) {
            @Nullable Path area = conf.privateArea();
            known = area == null ? HostDevices.Backing.none("VE_PRIVATE is not set") : host.below(area);
            backing = known;
        }
        return known;
    }
}
