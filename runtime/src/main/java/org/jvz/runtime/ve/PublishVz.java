package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.IoServiceBytes;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostLock;
import org.jvz.runtime.config.VeAddress;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.net.Venet;
import org.jvz.runtime.net.VethConfig;
import org.jvz.runtime.rootfs.AreaProject;
import org.jvz.runtime.rootfs.ProjectId;

/**
 * Writes what OpenVZ's kernel shows in /proc/vz (vzctl's contract, section 10) to files below {@code /run/jvz/proc/vz}, as it
 * is now: of the VEs that run, by rising id. What a stock kernel does not count is 0.
 */
public final class PublishVz {
    private static final int TICKS_PER_SECOND = 100;
    private static final int MICROS_PER_TICK = 1_000_000 / TICKS_PER_SECOND;
    private static final int NANOS_PER_MICRO = 1000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final VeHost host;
    private final HostLock lock;
    private final StringBuilder veinfo = new StringBuilder();
    private final StringBuilder vestat = new StringBuilder("Version: 2.2\n");
    private final StringBuilder veip = new StringBuilder("Version: 2.5\n");
    private final StringBuilder veth = new StringBuilder("Version: 1.0\n");
    private final StringBuilder vzquota = new StringBuilder();

    /** Publishes the VEs of this host, once. */
    public PublishVz(VeHost host) {
        this.host = host;
        this.lock = new HostLock(host.paths().runDir().resolve("vz.lock"));
    }

    /** Where the files are. */
    static Path dir(VeHost host) {
        return host.paths().procDir().resolve("vz");
    }

    /** Where a VE's share of CPUs is. */
    static Path fairsched(VeHost host, CtId id) {
        return dir(host).resolve("fairsched").resolve(id.toString());
    }

    /** Where is what a VE has read and written. */
    static Path beancounter(VeHost host, CtId id) {
        return dir(host).resolve("beancounter").resolve(id.toString());
    }

    /**
     * Looks and writes. Waits if another does.
     *
     * @throws IOException naming the file that cannot be written
     */
    public void run() throws IOException {
        HostLock.Held held = lock.take();
        try {
            publish();
        } finally {
            held.close();
        }
    }

    private void publish() throws IOException {
        LiveVes live = LiveVes.look(host);
        row(
                vestat,
                10,
                20,
                "VEID",
                "user",
                "nice",
                "system",
                "uptime",
                "idle",
                "strv",
                "uptime",
                "used",
                "maxlat",
                "totlat",
                "numsched");
        row(vzquota, 10, 20, "", "usage", "softlimit", "hardlimit", "time", "expire");
        StringBuilder ves = new StringBuilder();
        long processes = 0;
        Set<String> ids = new TreeSet<>();
        Path dir = dir(host);
        for (CtId id : live.ids()) {
            VeState state = live.state(id);
            if (state != null) {
                processes += add(live, id, state);
                ids.add(id.toString());
            }
        }
        ves.append(veinfo(0, Math.max(0, Beancounter.NUMPROC.held(HostCounters.read()) - processes), List.of()));
        ves.append(veinfo);
        PublishCounters.forgetAllBut(ids, dir.resolve("fairsched"));
        PublishCounters.forgetAllBut(ids, dir.resolve("beancounter"));
        PublishCounters.write(dir.resolve("veinfo"), ves.toString());
        PublishCounters.write(dir.resolve("vestat"), vestat.toString());
        PublishCounters.write(dir.resolve("veip"), veip.toString());
        PublishCounters.write(dir.resolve("veth"), veth.toString());
        PublishCounters.write(dir.resolve("vzquota"), vzquota.toString());
        PublishCounters.write(dir.resolve("version"), System.getProperty("os.version", "") + "\n");
        // Its being there says that RAM and swap can be limited together.
        PublishCounters.write(dir.resolve("vswap"), "");
    }

    /** Adds a VE's rows; returns how many processes it has. */
    private long add(LiveVes live, CtId id, VeState state) throws IOException {
        List<VeAddress> addresses = new Venet(host.linux(), host.conf()).owned(id);
        long held = Math.max(0, live.reader().taskCount(host.cgroup(id)));
        veinfo.append(veinfo(id.value(), held, addresses));
        addStatistics(live, id);
        for (VeAddress each : addresses) {
            veip.append(String.format(Locale.ROOT, "%39s %10d%n", each.address(), id.value()));
        }
        for (VethConfig each : VethConfig.parseAll(state.settings().getOrDefault(VethDevices.SETTING, ""))) {
            veth.append(String.format(
                    Locale.ROOT,
                    "%s %16s %s %16s %10d%n",
                    each.hostMac(),
                    each.hostName(),
                    each.mac(),
                    each.ifname(),
                    id.value()));
        }
        String io = IoServiceBytes.read(host.cgroup(id));
        if (io != null) {
            PublishCounters.write(beancounter(host, id).resolve("blkio.io_service_bytes"), io);
        }
        VeConf conf = PublishCounters.conf(host, id);
        addQuota(conf);
        long cpus = number(conf, ConfKey.CPUS);
        PublishCounters.write(
                fairsched(host, id).resolve("cpu.nr_cpus"),
                (cpus == 0 ? Runtime.getRuntime().availableProcessors() : cpus) + "\n");
        return held;
    }

    /** {@code %10u %5u %5u} and the addresses: id, class, processes. */
    private static String veinfo(long id, long processes, List<VeAddress> addresses) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%10d %5d %5d", id, 0, processes));
        for (VeAddress each : addresses) {
            row.append(String.format(Locale.ROOT, " %15s", each.address()));
        }
        return row.append('\n').toString();
    }

    /** CPU time and uptime, four times in ticks of {@code USER_HZ}, then in nanoseconds. */
    private void addStatistics(LiveVes live, CtId id) throws IOException {
        double uptime = Math.max(0, live.uptimeSeconds(id));
        Usage.@Nullable Cpu cpu = live.reader().cpu(host.cgroup(id));
        long used = cpu == null ? 0 : cpu.total();
        long upNanos = (long) (uptime * NANOS_PER_SECOND);
        long usedNanos = used * NANOS_PER_MICRO;
        long idle = Math.max(0, upNanos * Runtime.getRuntime().availableProcessors() - usedNanos);
        row(
                vestat,
                10,
                20,
                id,
                cpu == null ? 0 : cpu.user() / MICROS_PER_TICK,
                0,
                cpu == null ? 0 : cpu.system() / MICROS_PER_TICK,
                (long) (uptime * TICKS_PER_SECOND),
                idle,
                0,
                upNanos,
                usedNanos,
                0,
                0,
                0);
    }

    /** What the file system counts of a VE, if it counts. */
    private void addQuota(VeConf conf) {
        Path area;
        ProjectQuota quota;
        try {
            area = conf.privateArea();
            quota = area == null
                    ? null
                    : new AreaProject(host.linux(), area, ProjectId.of(host.paths(), conf.id())).quota();
        } catch (IOException unknown) {
            // A list is no place to complain about one VE.
            return;
        }
        if (area == null || quota == null || quota.inodes() == 0) {
            return;
        }
        ProjectQuota.Limits limits = quota.limits();
        long grace = number(conf, ConfKey.QUOTATIME);
        vzquota.append(String.format(Locale.ROOT, "%10s: %s%n", conf.id(), area));
        row(vzquota, 10, 20, "1k-blocks", quota.kib(), limits.softKib(), limits.hardKib(), grace, 0);
        row(vzquota, 10, 20, "inodes", quota.inodes(), limits.softInodes(), limits.hardInodes(), grace, 0);
    }

    /** A key's value; 0 if it is unset, or none. */
    private static long number(VeConf conf, ConfKey<Long> key) {
        try {
            return conf.get(key).orElse(0L);
        } catch (BadConfException none) {
            return 0;
        }
    }

    /** A first column of one width and others of another, all to the right. */
    private static void row(StringBuilder text, int first, int others, Object... columns) {
        for (int i = 0; i < columns.length; i++) {
            String word = String.valueOf(columns[i]);
            int width = i == 0 ? first : others + 1;
            text.append(" ".repeat(Math.max(i == 0 ? 0 : 1, width - word.length())))
                    .append(word);
        }
        text.append('\n');
    }
}
