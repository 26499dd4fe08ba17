package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.Netfilter;
import org.jvz.runtime.config.Switches;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.Causes;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.spawn.CallList;
import org.jvz.runtime.linux.spawn.SpawnException;

/**
 * Capabilities, and what of /proc belongs to the host: in a VE with a user namespace the kernel knows the difference, in
 * a privileged one mounts have to make it.
 */
final class Rights implements VePart {
    /** Under this word a running VE's capabilities are kept, as bits in hexadecimal. */
    static final String SETTING = "capabilities";

    /** Under this word is kept that a running VE may not filter packets; absent if it may. */
    static final String NO_NETFILTER = "noNetfilter";

    private static final Set<MountFlag> GUARDED = Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC);

    /** Names of OpenVZ's kernel alone. */
    private static final Set<String> OPENVZ_ONLY = Set.of("SETVEID", "VE_ADMIN");

    @Override
    public Set<String> liveKeys() {
        return Set.of();
    }

    /** The most that the processes of a VE may have. */
    static Set<Capability> capabilities(VeConf conf, boolean shifted) throws BadConfException {
        Set<Capability> kept = VeGuards.defaults(shifted);
        for (Map.Entry<String, Boolean> each : switches(conf).states().entrySet()) {
            if (OPENVZ_ONLY.contains(each.getKey())) {
                continue;
            }
            Capability capability = Capability.valueOf(each.getKey());
            if (each.getValue()) {
                kept.add(capability);
            } else {
                kept.remove(capability);
            }
        }
        return kept;
    }

    private static Switches switches(VeConf conf) throws BadConfException {
        return conf.get(ConfKey.CAPABILITY).orElse(Switches.NONE);
    }

    /** Tells what a capability is not good for, and what it is good for beyond the VE. */
    @Override
    public void prepare(Starting start) throws IOException {
        boolean shifted = start.shift().shifts();
        for (Map.Entry<String, Boolean> each : switches(start.conf()).states().entrySet()) {
            String name = each.getKey();
            if (OPENVZ_ONLY.contains(name)) {
                start.cannotKeep("CAPABILITY", word(name) + " is one of OpenVZ's kernel");
            } else if (shifted && each.getValue() && VeGuards.isHostOnly(Capability.valueOf(name))) {
                start.cannotKeep(
                        "CAPABILITY",
                        word(name) + " counts in the host's user namespace only, and this container has its own");
            }
        }
        tellFiltering(start, shifted);
        if (!shifted) {
            StringBuilder beyond = new StringBuilder();
            for (Capability capability : VeGuards.unconfined(capabilities(start.conf(), false))) {
                beyond.append(beyond.length() == 0 ? "" : ", ").append(word(capability.name()));
            }
            if (beyond.length() > 0) {
                start.events()
                        .event(
                                VeEvent.Kind.WARNING,
                                "Container runs as the host's root (LOCAL_UID 0) with " + beyond
                                        + ": it can harm the host and other containers");
            }
        }
    }

    /** Whether the VE may filter packets in its own network, as far as a filter of system calls decides about it. */
    static boolean mayFilter(VeConf conf) throws BadConfException {
        return conf.get(ConfKey.NETFILTER).orElse(Netfilter.FULL) != Netfilter.DISABLED;
    }

    /** The kernel knows one right to filter packets in a network namespace, and it is for all of netfilter; docs/adr/0037. */
    private static void tellFiltering(Starting start, boolean shifted) throws IOException {
        if (!mayFilter(start.conf()) || !capabilities(start.conf(), shifted).contains(Capability.NET_ADMIN)) {
            return;
        }
        String why =
                "the container's root may use all of netfilter in the container's own network; NETFILTER disabled takes it away";
        Netfilter policy = start.conf().get(ConfKey.NETFILTER).orElse(Netfilter.FULL);
        if (policy != Netfilter.FULL) {
            start.cannotKeep("NETFILTER", policy + ": " + why);
        }
        if (!start.conf().get(ConfKey.IPTABLES).orElse(List.of()).isEmpty()) {
            start.cannotKeep("IPTABLES", "modules are not told apart: " + why);
        }
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The root of a privileged VE is the host's: what it may not write has to be on a read-only mount. */
    @Override
    public void inside(Starting start, CallList list) {
        if (start.shift().shifts()) {
            return;
        }
        // Debian's systemd mounts this one itself, and gives up if it may not.
        list.mkdir("make /run/lock", "/run/lock", 0755).ignoring(Errno.ENOENT);
        list.mount("mount run lock", "tmpfs", "/run/lock", "tmpfs", GUARDED, "mode=1777,size=5m")
                .ignoring(Errno.ENOENT);
        bind(list, "/proc/sys");
        // The settings of its own network; what is not per network namespace is read-only in there anyway.
        bind(list, "/proc/sys/net");
        makeReadOnly(list, "/proc/sys");
        for (String path : VeGuards.READ_ONLY) {
            bind(list, path);
            makeReadOnly(list, path);
        }
    }

    private static void bind(CallList list, String path) {
        list.mount("bind " + path, path, path, null, Set.of(MountFlag.BIND), null)
                .ignoring(Errno.ENOENT);
    }

    private static void makeReadOnly(CallList list, String path) {
        list.setMountAttributes("make " + path + " read-only", path, false, Set.of(MountAttr.RDONLY), Set.of(), null)
                .ignoring(Errno.ENOENT);
    }

    /** Whether a start failed because a capability could not be taken away. */
    static boolean isRefused(Throwable failure) {
        return Causes.find(failure, SpawnException.class)
                .filter(spawn -> spawn.record().startsWith(StartList.DROP_CAPABILITY))
                .isPresent();
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.SET_CAPABILITY;
    }
}
