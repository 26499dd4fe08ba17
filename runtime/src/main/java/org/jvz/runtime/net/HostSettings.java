package org.jvz.runtime.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.netlink.Link;
import org.jvz.runtime.linux.netlink.Links;

/**
 * What the host's kernel must be told so that it forwards for VEs (ip-sysctl). A setting that is right already is left alone. One that is
 * changed is recorded with what it was, in {@code /var/lib/jvz/net/settings}, and put back when the last VE's device is gone, unless
 * somebody changed it meanwhile. The record counts for this boot only.
 */
final class HostSettings {
    private static final Path SYSCTLS = Path.of("/proc/sys/net");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FORWARD_V4 = "ipv4/ip_forward";
    private static final String FORWARD_V6 = "ipv6/conf/all/forwarding";

    private final NetLock lock;
    private final HostPaths paths;

    HostSettings(Linux linux, HostPaths paths) {
        this.lock = new NetLock(linux, paths);
        this.paths = paths;
    }

    /** One line of the record. A device's setting that was and is the same is there because changing the host's own resets it. */
    private record Change(String key, String before, String now) {}

    /**
     * Makes the host forward.
     *
     * @param arpDevices interfaces that are to answer ARP for VEs
     * @param ndpDevices interfaces that are to answer NDP for VEs
     * @return what was changed, as {@code net.ipv4.ip_forward = 1 (was 0)}
     */
    List<String> enable(boolean v4, boolean v6, Iterable<String> arpDevices, Iterable<String> ndpDevices)
            throws IOException {
        return lock.held(() -> {
            List<String> changed = new ArrayList<>();
            if (v4 && !"1".equals(read(FORWARD_V4))) {
                keepOfDevices("ipv4");
                set(FORWARD_V4, "1", changed);
            }
            if (v6 && !"1".equals(read(FORWARD_V6))) {
                // A router takes no routes from other routers unless told so: the host would lose its own way out.
                for (String key : ofDevices("ipv6", "accept_ra")) {
                    if ("1".equals(read(key)) && "0".equals(read(key.replace("/accept_ra", "/forwarding")))) {
                        set(key, "2", changed);
                    }
                }
                keepOfDevices("ipv6");
                set(FORWARD_V6, "1", changed);
            }
            // At once, and not after up to 0.8 s: there is nobody else who could answer first.
            for (String device : arpDevices) {
                set("ipv4/neigh/" + device + "/proxy_delay", "0", changed);
            }
            for (String device : ndpDevices) {
                set("ipv6/conf/" + device + "/proxy_ndp", "1", changed);
                set("ipv6/neigh/" + device + "/proxy_delay", "0", changed);
            }
            return changed;
        });
    }

    /** Puts everything back if no VE has a device any more. Returns whether it did. */
    boolean restoreIfUnused(Links links) throws IOException {
        return lock.held(() -> {
            if (!Files.exists(record())) {
                return false;
            }
            for (Link link : links.list()) {
                if (Venet.isDevice(link.name())) {
                    return false;
                }
            }
            restore();
            return true;
        });
    }

    private void restore() throws IOException {
        List<Change> changes = recorded();
        // Forwarding first: changing it for the host sets every device's, which are put right after it.
        for (Change change : changes) {
            if (isOfHost(change.key) && change.now.equals(read(change.key))) {
                write(change.key, change.before);
            }
        }
        for (Change change : changes) {
            if (isOfHost(change.key)) {
                continue;
            }
            try {
                if (change.before.equals(change.now) || change.now.equals(read(change.key))) {
                    write(change.key, change.before);
                }
            } catch (NoSuchFileException gone) {
                // The device is gone, and its settings with it.
            }
        }
        Files.deleteIfExists(record());
    }

    private static boolean isOfHost(String key) {
        return key.equals(FORWARD_V4) || key.equals(FORWARD_V6);
    }

    private void set(String key, String value, List<String> changed) throws IOException {
        String before = read(key);
        if (!before.equals(value)) {
            record(new Change(key, before, value));
            write(key, value);
            changed.add("net." + key.replace('/', '.') + " = " + value + " (was " + before + ")");
        }
    }

    /** Remembers the devices that forward already. */
    private void keepOfDevices(String family) throws IOException {
        for (String key : ofDevices(family, "forwarding")) {
            if ("1".equals(read(key))) {
                record(new Change(key, "1", "1"));
            }
        }
    }

    private static List<String> ofDevices(String family, String name) throws IOException {
        List<String> keys = new ArrayList<>();
        try (DirectoryStream<Path> devices =
                Files.newDirectoryStream(SYSCTLS.resolve(family).resolve("conf"))) {
            for (Path device : devices) {
                String interfaceName = device.getFileName().toString();
                if (!interfaceName.equals("all")
                        && !interfaceName.equals("default")
                        && !Venet.isDevice(interfaceName)) {
                    keys.add(family + "/conf/" + interfaceName + "/" + name);
                }
            }
        }
        return keys;
    }

    private static String read(String key) throws IOException {
        return Files.readString(SYSCTLS.resolve(key)).strip();
    }

    private static void write(String key, String value) throws IOException {
        Path file = SYSCTLS.resolve(key);
        try {
            Files.writeString(file, value + "\n", StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("write " + value + " to " + file, e);
        }
    }

    private Path record() {
        return record(paths);
    }

    private static Path record(HostPaths paths) {
        return NetLock.directory(paths).resolve("settings");
    }

    /** Whether something is to be put back. */
    static boolean areKept(HostPaths paths) {
        return Files.exists(record(paths));
    }

    /** Adds a line before the setting is changed. What was recorded first stays: it is what the administrator had. */
    private void record(Change change) throws IOException {
        List<Change> changes = recorded();
        for (Change earlier : changes) {
            if (earlier.key.equals(change.key)) {
                return;
            }
        }
        if (changes.isEmpty()) {
            Files.writeString(record(), bootId() + "\n");
        }
        Files.writeString(
                record(), change.key + "\t" + change.before + "\t" + change.now + "\n", StandardOpenOption.APPEND);
    }

    /** What this boot changed. */
    private List<Change> recorded() throws IOException {
        List<Change> changes = new ArrayList<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(record());
        } catch (NoSuchFileException none) {
            return changes;
        }
        if (lines.isEmpty() || !lines.get(0).equals(bootId())) {
            return changes;
        }
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split("\t", -1);
            if (words.length == 3) {
                changes.add(new Change(words[0], words[1], words[2]));
            }
        }
        return changes;
    }

    private static String bootId() throws IOException {
        return Files.readString(BOOT_ID).strip();
    }
}
