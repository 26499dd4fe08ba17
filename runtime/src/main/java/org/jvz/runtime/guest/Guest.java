package org.jvz.runtime.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.rootfs.InsideRoot;
import org.jvz.runtime.rootfs.NotARegularFileException;

/** The system inside a VE, as far as its files tell. */
public final class Guest {
    private static final int SMALL_FILE = 1 << 16;
    /** HOST_NAME_MAX of linux/limits.h, sethostname(2). */
    private static final int HOST_NAME_MAX = 64;

    private final Distribution distribution;

    private Guest(Distribution distribution) {
        this.distribution = distribution;
    }

    /**
     * Finds out what is inside: by the template's name as /etc/vz/dists is searched, else by os-release(5), else by
     * marks of systems that have none. Unknown systems are {@link Distribution#UNMANAGED}.
     *
     * @param osTemplate OSTEMPLATE of CTID.conf
     */
    public static Guest detect(InsideRoot root, @Nullable String osTemplate) throws IOException {
        Distribution distribution = osTemplate == null ? null : Distribution.ofTemplate(osTemplate);
        if (distribution == null) {
            distribution = byOsRelease(root, "/etc/os-release");
        }
        if (distribution == null) {
            distribution = byOsRelease(root, "/usr/lib/os-release");
        }
        if (distribution == null) {
            distribution = byMarks(root);
        }
        return new Guest(distribution);
    }

    private static @Nullable Distribution byOsRelease(InsideRoot root, String path) throws IOException {
        String text = text(root, path);
        return text == null ? null : Distribution.ofOsRelease(text);
    }

    private static Distribution byMarks(InsideRoot root) throws IOException {
        if (root.exists("/etc/debian_version")) {
            return Distribution.DEBIAN;
        }
        if (root.exists("/etc/redhat-release")) {
            return Distribution.REDHAT;
        }
        if (root.exists("/etc/alpine-release") || root.exists("/bin/busybox")) {
            return Distribution.ALPINE;
        }
        if (root.exists("/etc/arch-release")) {
            return Distribution.ARCH;
        }
        if (root.exists("/etc/SuSE-release")) {
            return Distribution.SUSE;
        }
        return Distribution.UNMANAGED;
    }

    /** The family that decides what is done. */
    public Distribution distribution() {
        return distribution;
    }

    /**
     * Writes the host name where the system reads it at boot, unless it is there already.
     *
     * @throws IOException if the name is none, or a file of the VE cannot be written
     */
    public void setHostname(InsideRoot root, String hostname) throws IOException {
        if (!isHostname(hostname)) {
            throw new IOException("Not a host name: '" + hostname + "'");
        }
        for (FileEdit edit : hostname(hostname)) {
            edit.apply(root);
        }
    }

    /** Edits that put the host name where the system reads it at boot. */
    public List<FileEdit> hostname(String hostname) {
        return GuestPlugin.of(distribution).hostname(hostname);
    }

    /** Edits that give the system its name servers and search domains; none that would change nothing. */
    public List<FileEdit> dns(GuestNetwork network) {
        return network.nameservers() == null && network.searchDomains() == null
                ? List.of()
                : GuestPlugin.of(distribution).dns(network);
    }

    /** Edits that tell whatever sets up the network inside of the addresses of venet0; none where nothing does. */
    public List<FileEdit> network(InsideRoot root, GuestNetwork network) throws IOException {
        for (NetworkFiles files : GuestPlugin.of(distribution).networkFiles()) {
            if (files.isUsed(root)) {
                return files.edits(root, network);
            }
        }
        return List.of();
    }

    /** Letters, digits, dot, hyphen and underscore: nothing that could start a second line or word in a file. */
    public static boolean isHostname(String name) {
        if (name.isEmpty() || name.length() > HOST_NAME_MAX || name.charAt(0) == '-' || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean good = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '.'
                    || c == '_';
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /** What will be process 1 inside, told from /sbin/init and the files beside it. */
    public static BootKind bootKind(InsideRoot root) throws IOException {
        String init = root.findInit();
        String real = init == null ? null : root.realPath(init);
        if (real == null) {
            return BootKind.OTHER;
        }
        String program = real.substring(real.lastIndexOf('/') + 1);
        String inittab = text(root, "/etc/inittab");
        return BootKind.of(program, inittab == null ? "" : inittab, root.isExecutable("/sbin/openrc"));
    }

    /** A small file's text; null where it is absent or nothing that can be read. */
    static @Nullable String text(InsideRoot root, String path) throws IOException {
        try {
            byte[] bytes = root.read(path, SMALL_FILE);
            return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NotARegularFileException useless) {
            return null;
        }
    }
}
