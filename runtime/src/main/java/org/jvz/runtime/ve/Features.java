package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.DeviceAccess;
import org.jvz.runtime.config.DeviceNode;
import org.jvz.runtime.config.Switches;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.spawn.CallList;

/** What FEATURES switches on and off in a VE. */
final class Features implements VePart {
    private static final DeviceAccess BOTH = new DeviceAccess(true, true, false);
    private static final Set<MountFlag> GUARDED = Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC);

    @Override
    public Set<String> liveKeys() {
        return Set.of();
    }

    private static Switches switches(VeConf conf) throws BadConfException {
        return conf.get(ConfKey.FEATURES).orElse(Switches.NONE);
    }

    /** Whether the VE has a /sys. */
    static boolean hasSysfs(VeConf conf) throws BadConfException {
        return switches(conf).isOn("sysfs", true);
    }

    /** The devices that features stand for. */
    static List<DeviceNode> devices(VeConf conf) throws BadConfException {
        Switches switches = switches(conf);
        List<DeviceNode> nodes = new ArrayList<>();
        for (String feature : new String[] {"fuse", "tun", "ppp"}) {
            if (switches.isOn(feature, false)) {
                nodes.add(new DeviceNode(feature.equals("tun") ? "net/tun" : feature, BOTH));
            }
        }
        return nodes;
    }

    /** Tells what a feature lacks here. */
    @Override
    public void prepare(Starting start) throws IOException {
        boolean shifted = start.shift().shifts();
        Set<Capability> kept = Rights.capabilities(start.conf(), shifted);
        for (Map.Entry<String, Boolean> each : switches(start.conf()).states().entrySet()) {
            String why = each.getValue()
                    ? lack(each.getKey(), shifted, kept)
                    : needlessOff(each.getKey(), kept.contains(Capability.NET_ADMIN));
            if (!why.isEmpty()) {
                start.cannotKeep("FEATURES", each.getKey() + ": " + why);
            }
        }
    }

    private static String lack(String feature, boolean shifted, Set<Capability> kept) throws IOException {
        boolean mounts = kept.contains(Capability.SYS_ADMIN);
        boolean networks = kept.contains(Capability.NET_ADMIN);
        return switch (feature) {
            case "nfs" ->
                shifted
                        ? "the kernel mounts NFS in the host's user namespace only; mount it below the container's root in"
                                + " CTID.mount"
                        : mounts ? "" : "mounting takes the capability sys_admin";
            case "nfsd" ->
                shifted
                        ? "the kernel's NFS server is for the host's user namespace only"
                        : mounts ? "" : "mounting takes the capability sys_admin";
            case "fuse", "nesting" -> mounts ? "" : "mounting takes the capability sys_admin";
            case "tun", "ppp" -> networks ? "" : "it takes the capability net_admin";
            case "ipip", "sit", "ipgre", "bridge" ->
                networks ? lackOfModule(feature) : "it takes the capability net_admin";
            default -> "";
        };
    }

    /** A VE has these by its own network namespace. */
    private static String needlessOff(String feature, boolean networks) {
        return switch (feature) {
            case "ipip", "sit", "ipgre", "bridge" ->
                networks ? "whoever has the capability net_admin has it in its own network" : "";
            default -> "";
        };
    }

    private static String lackOfModule(String feature) throws IOException {
        String module = feature.equals("ipgre") ? "ip_gre" : feature;
        if (Files.exists(Path.of("/sys/module/" + module))) {
            return "";
        }
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease"), StandardCharsets.US_ASCII)
                .strip();
        for (String list : new String[] {"modules.builtin", "modules.dep"}) {
            Path file = Path.of("/lib/modules", release, list);
            if (Files.exists(file) && Files.readString(file).contains("/" + module + ".ko")) {
                return "";
            }
        }
        return "the host's kernel has no module " + module;
    }

    /**
     * For container engines inside: the kernel lets a namespace mount /proc and /sys only if it sees whole ones already,
     * and those of a VE have holes where the host's files are covered.
     */
    @Override
    public void inside(Starting start, CallList list) throws IOException {
        // A whole /proc in the hands of the host's root would be a way out; see Rights.
        boolean shifted = start.shift().shifts();
        boolean harmless = shifted || Rights.capabilities(start.conf(), false).contains(Capability.SYS_ADMIN);
        if (!harmless || !switches(start.conf()).isOn("nesting", false)) {
            return;
        }
        list.mkdir("make /dev/.jvz", "/dev/.jvz", 0700);
        list.mkdir("make /dev/.jvz/proc", "/dev/.jvz/proc", 0755);
        list.mount("mount whole proc", "proc", "/dev/.jvz/proc", "proc", GUARDED, null);
        if (hasSysfs(start.conf())) {
            list.mkdir("make /dev/.jvz/sys", "/dev/.jvz/sys", 0755);
            list.mount("mount whole sysfs", "sysfs", "/dev/.jvz/sys", "sysfs", GUARDED, null);
        }
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.ENV_CREATE;
    }
}
