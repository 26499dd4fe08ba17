package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.DeviceAccess;
import org.jvz.runtime.config.DeviceNode;
import org.jvz.runtime.config.DeviceRule;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;

/**
 * A device node as it is on the host, to be made alike in a VE.
 *
 * @param name below {@code /dev}, such as {@code net/tun}
 * @param block whether it is a block device, else a character device
 * @param permissions 0 to 0777
 * @param uid owner on the host; the VE's user of that number gets the VE's node
 * @param gid group on the host, likewise
 */
public record DeviceFile(String name, boolean block, int major, int minor, int permissions, long uid, long gid) {
    /** Nodes that one rule about a whole major number may bring: terminals and disks come in dozens. */
    private static final int RANGE_MAX = 256;

    private static final Path DEV = Path.of("/dev");
    private static final int TTY_GROUP = 5;

    /** What udev lets everybody open, for the kernel decides at each use; a host without udev has them for root alone. */
    private static final Set<String> FOR_EVERYBODY = Set.of("fuse", "net/tun");

    /** What every VE has. The others of OpenVZ's default list are links and file systems of their own: ptmx, pts. */
    static final List<DeviceFile> DEFAULTS = List.of(
            new DeviceFile("null", false, 1, 3, 0666, 0, 0),
            new DeviceFile("zero", false, 1, 5, 0666, 0, 0),
            new DeviceFile("full", false, 1, 7, 0666, 0, 0),
            new DeviceFile("random", false, 1, 8, 0666, 0, 0),
            new DeviceFile("urandom", false, 1, 9, 0666, 0, 0),
            new DeviceFile("tty", false, 5, 0, 0666, 0, TTY_GROUP));

    /**
     * The host's node of a name, links followed; null if there is none.
     *
     * @throws IOException if it is there and no device
     */
    public static @Nullable DeviceFile named(Linux linux, String name) throws IOException {
        FileStat stat;
        try {
            stat = linux.statFollowing(DEV.resolve(name));
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return null;
            }
            throw e;
        }
        if (!stat.isDevice()) {
            throw new IOException(DEV.resolve(name) + " is no device");
        }
        return new DeviceFile(
                name,
                stat.type() == FileStat.S_IFBLK,
                stat.rdevMajor(),
                stat.rdevMinor(),
                FOR_EVERYBODY.contains(name) ? 0666 : stat.permissions() & 0777,
                stat.uid(),
                stat.gid());
    }

    /** The host's nodes of the devices that a rule is about, under the kernel's own names for them; those there are. */
    public static List<DeviceFile> numbered(Linux linux, DeviceRule rule) throws IOException {
        Path numbers = Path.of(rule.block() ? "/sys/dev/block" : "/sys/dev/char");
        List<DeviceFile> found = new ArrayList<>();
        if (rule.minor() >= 0) {
            add(found, linux, numbers.resolve(rule.major() + ":" + rule.minor()));
            return found;
        }
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(numbers, rule.major() + ":*")) {
            for (Path device : devices) {
                if (found.size() < RANGE_MAX) {
                    add(found, linux, device);
                }
            }
        } catch (NoSuchFileException none) {
            return found;
        }
        return found;
    }

    /** Adds the node whose name the kernel tells in {@code uevent} of a device's directory in sysfs. */
    private static void add(List<DeviceFile> found, Linux linux, Path device) throws IOException {
        String uevent;
        try {
            uevent = Files.readString(device.resolve("uevent"));
        } catch (NoSuchFileException absent) {
            return;
        }
        for (String line : uevent.split("\n", -1)) {
            if (line.startsWith("DEVNAME=")) {
                @Nullable DeviceFile node = named(linux, line.substring("DEVNAME=".length()));
                if (node != null && isPlain(node.name)) {
                    found.add(node);
                }
            }
        }
    }

    private static boolean isPlain(String name) {
        try {
            return new DeviceNode(name, new DeviceAccess(true, false, false))
                    .name()
                    .equals(name);
        } catch (IllegalArgumentException strange) {
            return false;
        }
    }

    /** Whether every VE has a node of that name. */
    public static boolean isOfEveryVe(String name) {
        for (DeviceFile node : DEFAULTS) {
            if (node.name.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The device by number, with an access to it. */
    public DeviceRule rule(DeviceAccess access) {
        return new DeviceRule(block, major, minor, access);
    }
}
