package org.jvz.templates;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jvz.templates.tar.ArchiveException;
import org.jvz.templates.tar.TarEntry;

/**
 * Which owners, attributes and devices a template may hold. A template is the root of other people's machines and lies on
 * ours: what no VE can use, or what the host itself would obey, is refused or dropped here and nowhere else.
 */
final class EntryPolicy {
    /** Ids of a VE: the range that every VE gets, mapped one to one. On disk, id 65536 stands for the host's root. */
    private static final long IDS = 65536;

    private static final int MAX_XATTRS = 64;
    private static final int CAPS_V3_SIZE = 24;
    private static final int CAPS_V2_SIZE = 20;

    /** What becomes of a device node. */
    enum Device {
        KEEP,
        DROP
    }

    private EntryPolicy() {}

    static void checkOwner(TarEntry entry) throws ArchiveException {
        if (entry.uid() < 0 || entry.uid() >= IDS || entry.gid() < 0 || entry.gid() >= IDS) {
            throw new ArchiveException(
                    entry.name(),
                    "owner " + entry.uid() + ":" + entry.gid() + " is outside the ids of a VE (0 to " + (IDS - 1)
                            + ")");
        }
    }

    /**
     * Decides on a device node. The nodes that every VE has (null, zero, tty, ...) are harmless and stay, wherever they
     * are (services with a chroot of their own need them). Others below {@code dev/} are dropped: a VE never sees that
     * directory, for it gets a /dev of its own. Elsewhere they can only be meant as a way around that: refused.
     */
    static Device device(TarEntry entry, String path) throws ArchiveException {
        if (entry.kind() == TarEntry.Kind.CHAR_DEVICE && isHarmless(entry.devMajor(), entry.devMinor())) {
            return Device.KEEP;
        }
        if (path.startsWith("dev/")) {
            return Device.DROP;
        }
        throw new ArchiveException(
                entry.name(),
                "device node " + entry.devMajor() + ":" + entry.devMinor() + " outside dev/ is not allowed");
    }

    /** The numbers are from {@code Documentation/admin-guide/devices.txt}. */
    private static boolean isHarmless(long major, long minor) {
        if (major == 1) {
            // null, zero, full, random, urandom
            return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
        }
        // tty, console, ptmx: each means the opener's own
        return major == 5 && minor <= 2 && minor >= 0;
    }

    /**
     * The attributes to set: capabilities, access lists and the users' own. Labels that belong to the host's security
     * modules are dropped; what overlayfs itself obeys is refused, for it could point a VE's root elsewhere.
     */
    static Map<String, byte[]> xattrs(TarEntry entry) throws ArchiveException {
        if (entry.xattrs().isEmpty()) {
            return Map.of();
        }
        if (entry.xattrs().size() > MAX_XATTRS) {
            throw new ArchiveException(entry.name(), "more than " + MAX_XATTRS + " extended attributes");
        }
        boolean plain = entry.kind() == TarEntry.Kind.FILE || entry.kind() == TarEntry.Kind.DIRECTORY;
        Map<String, byte[]> kept = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            String name = xattr.getKey();
            if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) {
                throw new ArchiveException(
                        entry.name(), "attribute " + ArchiveException.shown(name) + " is overlayfs's own");
            }
            if (name.equals("security.capability") && entry.kind() == TarEntry.Kind.FILE) {
                kept.put(name, capabilities(entry, xattr.getValue()));
            } else if (plain && isOurs(name) && !name.equals("security.capability")) {
                kept.put(name, xattr.getValue());
            }
        }
        return kept;
    }

    /** Whether an attribute is of a kind that templates keep. */
    static boolean isOurs(String xattr) {
        return xattr.equals("security.capability")
                || xattr.startsWith("system.posix_acl_")
                || xattr.startsWith("user.");
    }

    /**
     * File capabilities (capabilities(7)) without the id of a user namespace: the archive's writer may have had one, but
     * files of a template belong to whichever namespace mounts them.
     */
    private static byte[] capabilities(TarEntry entry, byte[] value) throws ArchiveException {
        int version = value.length >= 4 ? value[3] : 0;
        if (version == 3 && value.length == CAPS_V3_SIZE) {
            byte[] v2 = java.util.Arrays.copyOf(value, CAPS_V2_SIZE);
            v2[3] = 2;
            return v2;
        }
        if (version == 2 && value.length == CAPS_V2_SIZE) {
            return value;
        }
        throw new ArchiveException(entry.name(), "malformed file capabilities");
    }
}
