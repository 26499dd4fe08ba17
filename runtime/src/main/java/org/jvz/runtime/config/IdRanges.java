package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives every VE 65,536 ids of its own. The configurations are the record: a range is taken as long as some CTID.conf
 * names it. Ranges that /etc/subuid and /etc/subgid give to the host's users are left out too.
 *
 * <p>A range is handed out under a lock, {@code ids.lock} in the state directory, which its taker holds until the
 * configuration is saved. A process makes one of these and shares it.
 */
public final class IdRanges {

    private final HostPaths paths;
    private final List<Path> subordinateIds;
    private final HostLock lock;

    /** The ranges of this host. */
    public IdRanges(HostPaths paths) {
        this(paths, List.of(Path.of("/etc/subuid"), Path.of("/etc/subgid")));
    }

    /** @param subordinateIds files in the form of subuid(5) */
    IdRanges(HostPaths paths, List<Path> subordinateIds) {
        this.paths = paths;
        this.subordinateIds = subordinateIds;
        this.lock = new HostLock(paths.stateDir().resolve("ids.lock"));
    }

    /** A range that nobody else gets until this is closed, and after that as long as a saved CTID.conf names it. */
    public static final class Reservation implements AutoCloseable {
        private final IdMap idMap;
        private final HostLock.Held lock;

        private Reservation(IdMap idMap, HostLock.Held lock) {
            this.idMap = idMap;
            this.lock = lock;
        }

        /** The range. */
        public IdMap idMap() {
            return idMap;
        }

        /** The configuration with the range recorded in it. */
        public VeConf recordIn(VeConf conf) {
            return conf.withText("LOCAL_UID", Long.toString(idMap.uid()))
                    .withText("LOCAL_GID", Long.toString(idMap.gid()));
        }

        @Override
        public void close() throws IOException {
            lock.close();
        }
    }

    /**
     * Takes the first free range of the pool that begins at LOCAL_UID and LOCAL_GID of vz.conf, in steps of 65,536; if
     * these are 0, the VE is to be privileged. Waits for others that are about to take one.
     *
     * @param id the VE; a range its own configuration names counts as free
     * @throws IOException if none is free, or vz.conf or a directory cannot be read
     */
    public Reservation reserve(VzConf global, CtId id) throws IOException {
        IdMap base = base(global);
        HostLock.Held held = lock.take();
        try {
            return new Reservation(base.isPrivileged() ? base : firstFree(base, id), held);
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /**
     * Takes a range that the administrator chose. Subordinate ids of the host's users are no obstacle.
     *
     * @throws IdRangeTakenException if another VE has some of it
     */
    public Reservation claim(IdMap wanted, CtId id) throws IOException, IdRangeTakenException {
        HostLock.Held held = lock.take();
        try {
            for (Taken taken : takenByVes(id)) {
                if (!wanted.isPrivileged() && (taken.hasUid(wanted.uid()) || taken.hasGid(wanted.gid()))) {
                    throw new IdRangeTakenException(wanted, taken.owner);
                }
            }
            return new Reservation(wanted, held);
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private static IdMap base(VzConf global) throws IOException {
        long uid = base(global, VzKey.LOCAL_UID);
        long gid = base(global, VzKey.LOCAL_GID);
        if (uid == 0 || gid == 0) {
            return IdMap.PRIVILEGED;
        }
        return new IdMap(uid, gid);
    }

    private static long base(VzConf global, VzKey key) throws BadConfException {
        @Nullable String text = global.text(key);
        if (text == null) {
            return 0;
        }
        long base = CtId.isNumber(text) && text.length() <= 10 ? Long.parseLong(text) : -1;
        if (!IdMap.isBase(base)) {
            ConfFile file = global.file();
            throw new BadConfException(
                    file.path(),
                    file.lineOf(key.name()),
                    key + ": '" + text + "' is neither 0 nor a number from " + IdMap.SIZE + " to " + IdMap.MAX_BASE);
        }
        return base;
    }

    private IdMap firstFree(IdMap base, CtId id) throws IOException {
        List<Taken> taken = takenByVes(id);
        for (Path file : subordinateIds) {
            addSubordinate(file, taken);
        }
        long uid = base.uid();
        long gid = base.gid();
        while (IdMap.isBase(uid) && IdMap.isBase(gid)) {
            if (isFree(uid, gid, taken)) {
                return new IdMap(uid, gid);
            }
            uid += IdMap.SIZE;
            gid += IdMap.SIZE;
        }
        throw new IOException("No range of " + IdMap.SIZE + " ids is free above " + base.uid());
    }

    private static boolean isFree(long uid, long gid, List<Taken> taken) {
        for (Taken each : taken) {
            if (each.hasUid(uid) || each.hasGid(gid)) {
                return false;
            }
        }
        return true;
    }

    /** Ids that somebody has: {@code size} of them from {@code first}, as users, groups or both. */
    private record Taken(String owner, boolean users, boolean groups, long first, long size) {
        boolean hasUid(long base) {
            return users && overlaps(base);
        }

        boolean hasGid(long base) {
            return groups && overlaps(base);
        }

        private boolean overlaps(long base) {
            return base < first + size && first < base + IdMap.SIZE;
        }
    }

    private List<Taken> takenByVes(CtId except) throws IOException {
        List<Taken> taken = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(paths.confDir())) {
            for (Path file : files) {
                @Nullable CtId id = CtId.ofConfName(file.getFileName().toString());
                if (id != null && !id.equals(except)) {
                    addVe(file, id, taken);
                }
            }
        } catch (NoSuchFileException e) {
            // No VEs yet.
        }
        return taken;
    }

    /**
     * Looks for the keys as plain text: a broken file, a comment or a second setting may reserve too much, never too
     * little, and a host may have thousands of files.
     */
    private static void addVe(Path file, CtId id, List<Taken> taken) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return; // Destroyed this moment.
        }
        String owner = "container " + id;
        for (long uid : numbersAfter("LOCAL_UID=", text)) {
            taken.add(new Taken(owner, true, false, uid, IdMap.SIZE));
        }
        for (long gid : numbersAfter("LOCAL_GID=", text)) {
            taken.add(new Taken(owner, false, true, gid, IdMap.SIZE));
        }
    }

    private static List<Long> numbersAfter(String mark, String text) {
        List<Long> numbers = new ArrayList<>(1);
        for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at)) {
            at += mark.length();
            if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
                at++;
            }
            long number = 0;
            while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && number <= IdMap.MAX_BASE) {
                number = number * 10 + Character.digit(text.charAt(at++), 10);
            }
            if (number != 0) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    /** Lines of the form {@code USER:FIRST:COUNT}; others are for the host's tools to complain about. */
    private static void addSubordinate(Path file, List<Taken> taken) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return;
        }
        boolean users = file.endsWith("subuid");
        for (String line : lines) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0) {
                continue;
            }
            long start = number(line.substring(first + 1, second));
            long count = number(line.substring(second + 1).strip());
            if (start >= 0 && count > 0) {
                taken.add(new Taken(file.toString(), users, !users, start, count));
            }
        }
    }

    private static long number(String text) {
        return CtId.isNumber(text) && text.length() <= 10 ? Long.parseLong(text) : -1;
    }
}
