package org.jvz.runtime.view;

import java.util.BitSet;
import org.jvz.runtime.config.CpuList;

/**
 * Texts for files of /proc and /sys that cannot tell a VE's use of what it has, only its size: pure functions of the host's
 * texts. What changes by itself stands still at nothing, so that programs which compare two moments see an idle
 * machine.
 */
public final class ViewText {
    /** What a CPU has been idle for, clock ticks: no program should divide by a sum of nothing. */
    private static final int IDLE = 100;

    /** Lines of /proc/meminfo that are facts, not use. */
    private static final String FACTS = " VmallocTotal: VmallocChunk: Hugepagesize: ";

    private ViewText() {}

    /**
     * /proc/meminfo.
     *
     * @param host the host's; its lines are the VE's, less those on how the host's memory is mapped
     * @param ram bytes the VE may use; no more than the host has is shown
     * @param swap bytes of swap, likewise
     */
    public static String meminfo(String host, long ram, long swap) {
        long total = Math.min(ram / 1024, kilobytes(host, "MemTotal:"));
        long swapTotal = Math.min(swap / 1024, kilobytes(host, "SwapTotal:"));
        StringBuilder text = new StringBuilder();
        for (String line : host.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon < 0 || line.startsWith("DirectMap")) {
                continue;
            }
            String name = line.substring(0, colon + 1);
            if (FACTS.contains(" " + name + " ")) {
                text.append(line).append('\n');
                continue;
            }
            long value =
                    switch (name) {
                        case "MemTotal:", "MemFree:", "MemAvailable:" -> total;
                        case "SwapTotal:", "SwapFree:" -> swapTotal;
                        case "CommitLimit:" -> total + swapTotal;
                        default -> 0;
                    };
            String unit = line.endsWith(" kB") ? " kB" : "";
            String number = Long.toString(value);
            text.append(name);
            for (int i = name.length() + number.length(); i < 24; i++) {
                text.append(' ');
            }
            text.append(number).append(unit).append('\n');
        }
        return text.toString();
    }

    private static long kilobytes(String meminfo, String name) {
        int at = meminfo.startsWith(name) ? 0 : meminfo.indexOf("\n" + name) + 1;
        if (!meminfo.startsWith(name, at)) {
            return 0;
        }
        int end = meminfo.indexOf(" kB", at);
        return Long.parseLong(meminfo.substring(at + name.length(), end).strip());
    }

    /** /proc/cpuinfo with some of the host's CPUs, numbered anew from 0 as lxcfs does. */
    public static String cpuinfo(String host, BitSet cpus) {
        StringBuilder text = new StringBuilder();
        int number = 0;
        boolean shown = false;
        // What follows the last line end is no line.
        for (String line :
                host.substring(0, Math.max(0, host.lastIndexOf('\n'))).split("\n", -1)) {
            if (line.startsWith("processor")) {
                int cpu = numberAfterColon(line);
                shown = cpu < 0 || cpus.get(cpu);
                if (shown && cpu >= 0) {
                    text.append("processor\t: ").append(number++).append('\n');
                    continue;
                }
            }
            if (shown) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    private static int numberAfterColon(String line) {
        String word = line.substring(line.indexOf(':') + 1).strip();
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return -1;
            }
        }
        return word.isEmpty() || word.length() > 9 ? -1 : Integer.parseInt(word);
    }

    /** /proc/stat with some of the host's CPUs, all idle; the time of the boot is the host's, for ages of processes count from it. */
    public static String stat(String host, BitSet cpus) {
        StringBuilder text = new StringBuilder();
        text.append("cpu  0 0 0 ").append((long) IDLE * cpus.cardinality()).append(" 0 0 0 0 0 0\n");
        for (int cpu = cpus.nextSetBit(0); cpu >= 0; cpu = cpus.nextSetBit(cpu + 1)) {
            text.append("cpu").append(cpu).append(" 0 0 0 ").append(IDLE).append(" 0 0 0 0 0 0\n");
        }
        text.append("intr 0\nctxt 0\n");
        int boot = host.indexOf("btime ");
        if (boot >= 0) {
            text.append(host, boot, host.indexOf('\n', boot) + 1);
        }
        return text.append("processes 1\nprocs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n")
                .toString();
    }

    /** /proc/loadavg of a machine that does nothing. */
    public static String loadavg() {
        return "0.00 0.00 0.00 1/1 1\n";
    }

    /**
     * /proc/swaps.
     *
     * @param hostMeminfo the host's /proc/meminfo: there is no more swap than it has
     * @param swap bytes
     */
    public static String swaps(String hostMeminfo, long swap) {
        long total = Math.min(swap / 1024, kilobytes(hostMeminfo, "SwapTotal:"));
        String head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        return total == 0
                ? head
                : head + "none                                    virtual\t\t" + total + "\t\t0\t\t0\n";
    }

    /** /proc/diskstats: a VE has no disks (/sys/block is empty, too). */
    public static String diskstats() {
        return "";
    }

    /** A list of CPUs, {@code 0-1,4}. */
    public static String online(BitSet cpus) {
        return new CpuList(CpuList.Kind.LIST, cpus) + "\n";
    }
}
