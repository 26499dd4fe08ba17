package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.HostUptime;
import org.jvz.runtime.linux.OpenFlag;

/**
 * The lock of one VE in the form other tools know: {@code LOCKDIR/CTID.lck}, made atomically by link(2), holding the
 * owner's pid and a word for what it does. Backup tools make and read this very file.
 *
 * <p>A lock is stale if its pid is gone, or belongs to a process that started after the lock was made.
 */
public final class VeLock implements AutoCloseable {
    private static final String TEMPORARY = ".lck.";
    private static final int HALF_WRITTEN_TRIES = 3;
    private static final long HALF_WRITTEN_PAUSE_MILLIS = 500;
    /** Ticks to seconds and file times are rounded; a lock is not made by a process this much younger. */
    private static final long CLOCK_SLACK_MILLIS = 2_000;

    private final @Nullable Path file;

    private VeLock(@Nullable Path file) {
        this.file = file;
    }

    /** The lock of a caller that has it already ({@code --skiplock}): taking and releasing it does nothing. */
    static VeLock skipped() {
        return new VeLock(null);
    }

    /**
     * Takes the lock, without waiting for an owner.
     *
     * @param doing the status word, {@code starting}, {@code stopping}, …; may be empty
     * @throws VeException with {@link VzError#LOCKED} if a living process has it
     * @throws IOException if the lock directory cannot be used
     */
    static VeLock take(VeHost host, CtId id, String doing, VeEvents events) throws IOException {
        Path lockDir = host.lockDir();
        Files.createDirectories(lockDir);
        Path file = lockDir.resolve(id + ".lck");
        String pid = ownPid();
        // The name tells whose it is from its first moment, also of a process that is killed before it writes.
        String name = id + TEMPORARY + pid + "." + Thread.currentThread().getId() + "." + System.nanoTime();
        Path own = lockDir.resolve(name);
        try {
            write(own, pid + "\n" + doing + "\n");
            if (!link(own, file)) {
                takeOver(host, own, file, events);
            }
            sweep(lockDir, id, own);
            return new VeLock(file);
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private static void write(Path own, String text) throws IOException {
        try {
            Files.writeString(own, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException e) {
            throw new IOException("write lock file " + own + ": " + e.getMessage(), e);
        }
    }

    private static boolean link(Path own, Path file) throws IOException {
        try {
            Files.createLink(file, own);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    /** Removes temporary files of commands that were killed on their way to the lock. */
    private static void sweep(Path lockDir, CtId id, Path own) throws IOException {
        String prefix = id + TEMPORARY;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(lockDir)) {
            for (Path file : files) {
                if (file.getFileName().toString().startsWith(prefix) && !file.equals(own) && isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Whether a lock or a part of one lies about whose owner is dead. */
    static boolean isLeftBehind(Path lockDir, CtId id) throws IOException {
        String prefix = id + ".lck";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(lockDir)) {
            for (Path file : files) {
                if (file.getFileName().toString().startsWith(prefix) && isAbandoned(file)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Whether the process that made a lock, or the temporary file of one, is dead. */
    private static boolean isAbandoned(Path file) throws IOException {
        String name = file.getFileName().toString();
        int part = name.indexOf(TEMPORARY);
        int pid = part < 0 ? pidIn(file) : number(name.substring(part + TEMPORARY.length()));
        return pid > 0 && !isOwner(pid, file);
    }

    /** Takes the place of a dead owner. Only one process may do so at a time, or the second would remove the first's. */
    private static void takeOver(VeHost host, Path own, Path file, VeEvents events) throws IOException {
        try (Fd guard = host.linux().open(host.lockDir(), OpenFlag.DIRECTORY)) {
            host.linux().lock(guard, true, true);
            int pid = owner(file);
            if (pid > 0 && isOwner(pid, file)) {
                refuse(pid, events);
            }
            if (pid != 0) {
                events.event(VeEvent.Kind.STALE_LOCK, file.toString());
                Files.deleteIfExists(file);
            }
            if (!link(own, file)) {
                // Somebody was quicker, and lives.
                refuse(owner(file), events);
            }
        }
    }

    private static void refuse(int pid, VeEvents events) {
        events.event(VeEvent.Kind.LOCKED_BY, Integer.toString(pid), commandLine(pid));
        throw new VeException(VzError.LOCKED, VeEvent.of(VeEvent.Kind.ALREADY_LOCKED));
    }

    /** The pid in a lock file; 0 if the file is gone; -1 if no pid can be read in it after a moment. */
    private static int owner(Path file) throws IOException {
        int pid = pidIn(file);
        for (int tries = 1; pid < 0 && tries < HALF_WRITTEN_TRIES; tries++) {
            pause(HALF_WRITTEN_PAUSE_MILLIS);
            pid = pidIn(file);
        }
        return pid;
    }

    /** The same without waiting. */
    private static int pidIn(Path file) throws IOException {
        try {
            return number(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (NoSuchFileException released) {
            return 0;
        }
    }

    /** The number at the beginning of a text, -1 if there is none. */
    private static int number(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end > 0 && end < 10 ? Integer.parseInt(text.substring(0, end)) : -1;
    }

    private static boolean isOwner(int pid, Path file) throws IOException {
        ProcStat stat = ProcStat.read(pid);
        if (stat == null || !stat.alive()) {
            return false;
        }
        long bootMillis = System.currentTimeMillis() - (long) (HostUptime.seconds() * 1000);
        long started = bootMillis + stat.startTicks() * 10;
        try {
            return started <= Files.getLastModifiedTime(file).toMillis() + CLOCK_SLACK_MILLIS;
        } catch (NoSuchFileException released) {
            return true;
        }
    }

    private static String commandLine(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException gone) {
            return "";
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while waiting for a lock");
        }
    }

    /** Our pid without the classes of ProcessHandle: the hot commands take this lock. */
    static String ownPid() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self")).toString();
    }

    /** Gives the lock back. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
