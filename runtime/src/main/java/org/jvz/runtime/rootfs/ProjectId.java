package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;

/**
 * The numbers of VEs' quota projects: 2^31 and the CTID, so none has to be written down or looked for, no two VEs of a host
 * have the same, and the host's own projects have the lower half for themselves. Hosts below a prefix each turn the half by
 * an amount of their own, since their VEs may lie on one file system with those of the machine.
 */
public final class ProjectId {
    private static final long FIRST = 1L << 31;
    private static final long COUNT = CtId.MAX + 1L;
    /** The host's own projects, by number and by name; projects(5), projid(5). */
    private static final List<Path> HOSTS = List.of(Path.of("/etc/projects"), Path.of("/etc/projid"));

    private ProjectId() {}

    /** The number of a VE's project, 2^31 to 2^32-4. */
    public static long of(HostPaths paths, CtId id) {
        long turn = paths.isPrefixed() ? paths.prefix().toString().hashCode() & 0x7fffffffL : 0;
        return FIRST + (id.value() + turn) % COUNT;
    }

    /** Whether a number is of the half that VEs have. */
    static boolean isVes(long project) {
        return project >= FIRST;
    }

    /** Whether the administrator has given the number to something else. */
    public static boolean isHosts(long project) throws IOException {
        return isHosts(project, HOSTS);
    }

    static boolean isHosts(long project, List<Path> files) throws IOException {
        String number = Long.toString(project);
        for (Path file : files) {
            String text;
            try {
                text = Files.readString(file, StandardCharsets.ISO_8859_1);
            } catch (NoSuchFileException none) {
                continue;
            }
            for (String line : text.lines().toList()) {
                // ID:DIRECTORY in the one, NAME:ID in the other.
                if (line.startsWith(number + ":") || line.strip().endsWith(":" + number)) {
                    return true;
                }
            }
        }
        return false;
    }
}
