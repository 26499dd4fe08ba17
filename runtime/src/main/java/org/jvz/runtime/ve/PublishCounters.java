package org.jvz.runtime.ve;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Usage;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostLock;
import org.jvz.runtime.config.VeConf;

/**
 * Writes what OpenVZ's kernel shows in /proc/user_beancounters and /proc/bc to files below {@code /run/jvz/proc}, as it is
 * now, and notes what it has seen, so that the most held is known where the kernel forgets it. Every file is replaced whole.
 */
public final class PublishCounters {
    /** As in OpenVZ's /proc: for root alone. */
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));

    private static final Set<StandardOpenOption> CREATE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    private static final int TRIES = 10;
    private static final int LINE = 131;
    private static final int LINES = 24;

    private final VeHost host;
    private final HostLock lock;

    /** Publishes the VEs of this host. */
    public PublishCounters(VeHost host) {
        this.host = host;
        this.lock = new HostLock(host.paths().runDir().resolve("beancounters.lock"));
    }

    /**
     * The texts that were written.
     *
     * @param userBeancounters /proc/user_beancounters
     * @param resources /proc/bc/resources
     */
    public record Published(String userBeancounters, String resources) {}

    /**
     * Looks and writes. Waits if another does.
     *
     * @throws IOException naming the file that cannot be written
     */
    public Published run() throws IOException {
        HostLock.Held held = lock.take();
        try {
            return publish();
        } finally {
            held.close();
        }
    }

    private Published publish() throws IOException {
        LiveVes live = LiveVes.look(host);
        KeptCounters kept = new KeptCounters();
        int size = (live.ids().size() + 2) * LINES * LINE;
        BeancounterText old = new BeancounterText(size).header();
        BeancounterText all = new BeancounterText(size).header();
        long[] sum = new long[Beancounter.values().length];
        Set<String> ids = new TreeSet<>();
        for (CtId id : live.ids()) {
            VeCounters counters = live.counters(id);
            if (counters != null) {
                long[][] numbers = numbers(counters, conf(host, id), kept);
                old.old(id.value(), numbers);
                all.all(id.value(), numbers);
                write(host.paths().procBc(id).resolve("resources"), new BeancounterText(LINES * LINE).own(numbers));
                ids.add(id.toString());
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += numbers[i][0];
                }
            }
        }
        long[][] own = ofHost(sum, live, kept);
        old.old(0, own);
        all.all(0, own);
        CtId zero = new CtId(0);
        write(host.paths().procBc(zero).resolve("resources"), new BeancounterText(LINES * LINE).own(own));
        ids.add(zero.toString());
        Path proc = host.paths().procDir();
        Published published = new Published(old.toString(), all.toString());
        write(proc.resolve("user_beancounters"), published.userBeancounters());
        write(proc.resolve("bc/resources"), published.resources());
        write(host.paths().keptCounters(), kept.text());
        forgetAllBut(ids, proc.resolve("bc"));
        return published;
    }

    static VeConf conf(VeHost host, CtId id) {
        try {
            return VeConf.read(host.conf(), id);
        } catch (IOException unreadable) {
            // What the VE uses is known all the same.
            return VeConf.empty(host.conf(), id);
        }
    }

    private static long[][] numbers(VeCounters counters, VeConf conf, KeptCounters kept) {
        Beancounter[] all = Beancounter.values();
        long[][] numbers = new long[all.length][];
        for (int i = 0; i < all.length; i++) {
            BarrierLimit bounds = counters.bounds(all[i], conf);
            long failures = Math.max(0, counters.failures(all[i]));
            long maxHeld = Math.max(0, counters.maxHeld(all[i]));
            // The part is read by now: this is the number that maxHeld was made from.
            long held = Math.min(maxHeld, Math.max(0, counters.held(all[i])));
            numbers[i] = new long[] {held, maxHeld, bounds.barrier(), bounds.limit(), failures};
            counters.keep(kept, all[i]);
        }
        return numbers;
    }

    private static long[][] ofHost(long[] ofVes, LiveVes live, KeptCounters kept) throws IOException {
        Usage machine = HostCounters.read();
        Beancounter[] all = Beancounter.values();
        long[][] numbers = new long[all.length][];
        for (int i = 0; i < all.length; i++) {
            long held = Math.max(0, all[i].held(machine) - ofVes[i]);
            long maxHeld = Math.max(held, live.kept().maxHeld(0, 1, 0, all[i]));
            numbers[i] = new long[] {held, maxHeld, BarrierLimit.UNLIMITED, BarrierLimit.UNLIMITED, 0};
            kept.keep(0, 1, 0, all[i], maxHeld, 0);
        }
        return numbers;
    }

    private static void write(Path file, BeancounterText text) throws IOException {
        write(file, text.toString());
    }

    static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** By a rename, so that a reader sees the old file or the new one. Not synced: nothing in /run outlives a crash. */
    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        for (int tries = 1; ; tries++) {
            try {
                create(fresh, content);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (NoSuchFileException noDirectory) {
                // Not there yet, or taken away by the end of its VE at this very moment.
                if (tries == TRIES) {
                    throw noDirectory;
                }
                Files.createDirectories(file.getParent());
            }
        }
    }

    private static void create(Path fresh, byte[] content) throws IOException {
        try (SeekableByteChannel out = Files.newByteChannel(fresh, CREATE, MODE)) {
            for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                out.write(rest);
            }
        }
    }

    /** Takes away what is published of VEs that do not run, in directories of their ids below {@code dir}. */
    static void forgetAllBut(Set<String> ids, Path dir) throws IOException {
        String @Nullable [] names = dir.toFile().list();
        if (names == null) {
            return;
        }
        for (String name : names) {
            if (CtId.isNumber(name) && !ids.contains(name)) {
                forget(dir.resolve(name));
            }
        }
    }

    /** Takes away what is published of a VE that has stopped, in {@code /run/jvz/proc/bc/ID}. */
    static void forget(Path dir) throws IOException {
        File[] files = dir.toFile().listFiles();
        if (files == null) {
            return;
        }
        for (File file : files) {
            Files.deleteIfExists(file.toPath());
        }
        try {
            Files.deleteIfExists(dir);
        } catch (DirectoryNotEmptyException publishedAgain) {
            // At this very moment: the next look takes it away.
        }
    }
}
