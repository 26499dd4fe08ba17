package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.ve.DiskUse;
import org.jvz.runtime.ve.VeProcess;

/** {@code info}: a page about one VE, for people. Takes no lock. Not known to OpenVZ. */
final class InfoCommand implements Command {
    private static final int PROCESSES = 8;
    private static final int LOG_LINES = 5;

    @Override
    public void parse(String[] args, int from) throws UsageException {
        Commands.parseNothing(args, from);
    }

    @Override
    public int run(Call call) throws IOException {
        VeRow row = row(call);
        InfoPage page = new InfoPage(call.output().terminal().showsColours());
        title(page, row);
        settings(page, row);
        uses(page, row);
        if (row.running()) {
            processes(page, call.operations().processes(call.id()));
        }
        log(page, call);
        call.output().answer(page.toString().stripTrailing());
        return 0;
    }

    private static VeRow row(Call call) throws IOException {
        List<VeRow> rows = new VeListing(call.conf(), call.operations().probe()).list(Set.of(call.id()), true);
        // What has no private area is in no list, but somebody asks for this one.
        return rows.isEmpty()
                ? new VeRow(call.id(), VeConf.read(call.conf(), call.id()), VeRow.State.STOPPED, null)
                : rows.get(0);
    }

    private static void title(InfoPage page, VeRow row) {
        String name = row.name();
        String state = row.state().word();
        String area = row.privateArea();
        boolean frozen = row.frozen();
        if (row.running()) {
            state += ", up " + InfoPage.duration(row.uptimeSeconds()) + (frozen ? ", frozen" : "");
        } else if (area == null || !Files.isDirectory(Path.of(area))) {
            state += ", without a private area";
        }
        page.title("CT " + row.id() + (name == null ? "" : "  " + name), state, row.running() && !frozen);
    }

    private static void settings(InfoPage page, VeRow row) {
        page.setting("host name", row.text("HOSTNAME"));
        page.setting("description", row.text("DESCRIPTION"));
        String template = row.text("OSTEMPLATE");
        page.setting("template", (template == null ? "none" : template) + ", layout " + row.ownLayout());
        page.setting("private area", row.privateArea());
        page.setting("addresses", words(row.addresses()));
        page.setting("devices", devices(row.text("NETIF")));
        page.setting("name servers", words(row.text("NAMESERVER")));
        String order = row.text("BOOTORDER");
        page.setting("at boot", "yes".equals(row.text("ONBOOT")) ? "started" + order(order) : "not started");
        if ("yes".equals(row.text("DISABLED"))) {
            page.setting("disabled", "yes: vzctl start refuses it without --force");
        }
        page.setting("CPU", cpu(row));
    }

    private static String order(@Nullable String order) {
        return order == null ? "" : ", order " + order;
    }

    private static @Nullable String words(@Nullable String list) {
        List<String> words = FieldText.words(list);
        return words.isEmpty() ? null : String.join(", ", words);
    }

    /** {@code ifname=eth0,bridge=vmbr0,...;...} as {@code eth0 in vmbr0, ...}. */
    static @Nullable String devices(@Nullable String netif) {
        if (netif == null) {
            return null;
        }
        List<String> devices = new ArrayList<>();
        for (String device : netif.split(";", -1)) {
            String name = "";
            String bridge = "";
            for (String part : device.split(",", -1)) {
                if (part.startsWith("ifname=")) {
                    name = part.substring("ifname=".length());
                } else if (part.startsWith("bridge=")) {
                    bridge = part.substring("bridge=".length());
                }
            }
            if (!name.isEmpty()) {
                devices.add(bridge.isEmpty() ? name : name + " in " + bridge);
            }
        }
        return devices.isEmpty() ? null : String.join(", ", devices);
    }

    private static String cpu(VeRow row) {
        String limit = FieldNumbers.positive(row, "CPULIMIT", "");
        String cpus = FieldNumbers.positive(row, "CPUS", "");
        return (limit.isEmpty() ? "no limit" : "at most " + limit + " % of one")
                + (cpus.isEmpty() ? "" : ", " + cpus + (cpus.equals("1") ? " CPU" : " CPUs"))
                + ", weight " + FieldNumbers.number(row, "CPUUNITS", "1000");
    }

    private static void uses(InfoPage page, VeRow row) {
        if (row.running()) {
            page.heading("Use");
            bar(page, row, "RAM", Beancounter.PHYSPAGES, Beancounter.PAGE);
            bar(page, row, "swap", Beancounter.SWAPPAGES, Beancounter.PAGE);
            bar(page, row, "processes", Beancounter.NUMPROC, 0);
        }
        DiskUse disk = row.diskUse();
        if (disk != null) {
            if (!row.running()) {
                page.heading("Use");
            }
            page.bar("disk", disk.kib() * 1024, disk(row, "DISKSPACE", 1024), true, "");
            page.bar("inodes", disk.inodes(), disk(row, "DISKINODES", 1), false, "");
        }
    }

    private static long disk(VeRow row, String key, long unit) {
        String hard = FieldNumbers.disk(row, key, 2, "");
        return hard.isEmpty() ? Long.MAX_VALUE : Long.parseLong(hard) * unit;
    }

    /** @param unit bytes of one; 0 for what is counted */
    private static void bar(InfoPage page, VeRow row, String name, Beancounter counter, long unit) {
        long held = row.ubc(counter, Field.HELD);
        if (held < 0) {
            return;
        }
        long limit = row.ubc(counter, Field.LIMIT);
        long times = Math.max(1, unit);
        long failures = row.ubc(counter, Field.FAILURES);
        boolean unlimited = limit > Long.MAX_VALUE / 2 / times;
        page.bar(
                name,
                held * times,
                unlimited ? Long.MAX_VALUE : limit * times,
                unit > 0,
                failures > 0 ? "refused " + failures + (failures == 1 ? " time" : " times") : "");
    }

    private static void processes(InfoPage page, List<VeProcess> all) {
        List<VeProcess> processes = new ArrayList<>(all);
        processes.sort(
                Comparator.comparingLong(VeProcess::residentKib).reversed().thenComparing(VeProcess::pid));
        page.heading("Processes: " + processes.size()
                + (processes.size() > PROCESSES ? ", those with the most memory:" : ""));
        page.process("PID", "CPU TIME", "MEMORY", "COMMAND");
        for (VeProcess process : processes.subList(0, Math.min(PROCESSES, processes.size()))) {
            page.process(
                    Integer.toString(process.pid()),
                    InfoPage.cpuTime(process.cpuSeconds()),
                    InfoPage.bytes(process.residentKib() * 1024),
                    process.name());
        }
    }

    private static void log(InfoPage page, Call call) {
        @Nullable String file = call.conf().text(VzKey.LOGFILE);
        CtId id = call.id();
        List<String> lines = file == null ? List.of() : LogTail.of(Path.of(file), id.value(), LOG_LINES);
        if (!lines.isEmpty()) {
            page.heading("Log");
            lines.forEach(page::line);
        }
    }
}
