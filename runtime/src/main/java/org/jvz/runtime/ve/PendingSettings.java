package org.jvz.runtime.ve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.Applies;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.EditResult;

/**
 * Which settings a VE does not have just because they are in its configuration.
 *
 * @param forRestart changed ones that a running VE gets at its next start at the earliest
 * @param recorded changed ones that are kept for other programs and have no effect here
 * @param group what kind of settings would be applied first, in vzctl's words; null if nothing is to be applied at all
 */
record PendingSettings(List<ConfKey<?>> forRestart, List<ConfKey<?>> recorded, @Nullable String group) {

    /** vzctl's groups in the order in which it applies them. */
    private static final List<String> GROUPS =
            List.of("UBC", "network", "network devices", "CPU", "device", "PCI", "I/O", "disk quota");

    static PendingSettings of(EditResult result, List<ConfKey<?>> asked) {
        List<ConfKey<?>> forRestart = new ArrayList<>();
        List<ConfKey<?>> recorded = new ArrayList<>();
        List<ConfKey<?>> needRestart = result.needRestart();
        for (ConfKey<?> key : result.changed()) {
            if (needRestart.contains(key) || isOfEnvironment(key)) {
                forRestart.add(key);
            } else if (key.applies() == Applies.NEVER_APPLIED) {
                recorded.add(key);
            }
        }
        int first = GROUPS.size();
        for (ConfKey<?> key : asked) {
            int group = GROUPS.indexOf(groupOf(key));
            first = group >= 0 ? Math.min(first, group) : first;
        }
        return new PendingSettings(forRestart, recorded, first < GROUPS.size() ? GROUPS.get(first) : null);
    }

    /** The same of a running VE, which takes some settings at once. */
    PendingSettings withoutLive() {
        List<ConfKey<?>> left = new ArrayList<>();
        for (ConfKey<?> key : forRestart) {
            if (!VeParts.takes(key)) {
                left.add(key);
            }
        }
        return new PendingSettings(left, recorded, group);
    }

    /** Names of all keys that are beancounters. */
    static List<String> beancounters() {
        List<String> names = new ArrayList<>();
        for (ConfKey<?> key : ConfKey.all()) {
            if (groupOf(key).equals("UBC")) {
                names.add(key.name());
            }
        }
        return names;
    }

    /** Names of keys as options show them, joined by blanks. */
    static String names(List<ConfKey<?>> keys) {
        StringBuilder names = new StringBuilder();
        for (ConfKey<?> key : keys) {
            names.append(names.length() == 0 ? "" : " ")
                    .append(
                            key.options().isEmpty()
                                    ? key.name()
                                    : key.options().get(0).name());
        }
        return names.toString();
    }

    /** Whether a key says something of the environment that a VE's processes live in, and not of the VE as such. */
    private static boolean isOfEnvironment(ConfKey<?> key) {
        return switch (key.applies()) {
            case AT_ONCE -> key != ConfKey.NAME;
            case AT_START -> "UBC".equals(groupOf(key));
            case NEEDS_RESTART, NEVER_APPLIED -> false;
        };
    }

    private static String groupOf(ConfKey<?> key) {
        String name = key.name();
        return switch (name) {
            case "IP_ADDRESS",
                    "HOSTNAME",
                    "NAMESERVER",
                    "SEARCHDOMAIN",
                    "NETIF",
                    "RATE",
                    "RATE_IN",
                    "RATEBOUND",
                    "NAT",
                    "PORTFORWARD" -> "network";
            case "NETDEV" -> "network devices";
            case "CPUUNITS", "CPULIMIT", "CPUS", "CPUMASK", "NODEMASK", "CPUUWEIGHT" -> "CPU";
            case "DEVICES", "DEVNODES" -> "device";
            case "PCI" -> "PCI";
            case "IOPRIO", "IOLIMIT", "IOPSLIMIT" -> "I/O";
            case "DISKSPACE", "DISKINODES", "QUOTATIME", "QUOTAUGIDLIMIT" -> "disk quota";
            case "KMEMSIZE", "DCACHESIZE", "TCPSNDBUF", "TCPRCVBUF", "OTHERSOCKBUF", "DGRAMRCVBUF", "AVNUMPROC" ->
                "UBC";
            default -> name.endsWith("PAGES") || name.startsWith("NUM") ? "UBC" : "";
        };
    }
}
