package org.jvz.runtime.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock between all processes of the host and all threads of this one, for the short moment in which a resource of the
 * host is looked for and recorded. The kernel releases it when the process ends, however it ends; the lock file stays.
 *
 * <p>A process makes one of these per file and shares it: closing any descriptor of a file drops the process's locks on it
 * (fcntl_locking(2)).
 */
public final class HostLock {

    private final Path file;
    private final ReentrantLock threads = new ReentrantLock();

    /**
     * A lock on a file, which need not exist.
     *
     * @param file used for nothing else
     */
    public HostLock(Path file) {
        this.file = file;
    }

    /** A lock that is held until it is closed, by the thread that took it. */
    public static final class Held implements AutoCloseable {
        private final FileChannel channel;
        private final ReentrantLock threads;

        private Held(FileChannel channel, ReentrantLock threads) {
            this.channel = channel;
            this.threads = threads;
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                threads.unlock();
            }
        }
    }

    /**
     * Waits for the lock and takes it.
     *
     * @throws IllegalStateException if this thread has it already
     */
    public Held take() throws IOException {
        if (threads.isHeldByCurrentThread()) {
            throw new IllegalStateException("This thread holds " + file + " already");
        }
        threads.lock();
        try {
            FileChannel channel = open();
            try {
                channel.lock();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            return new Held(channel, threads);
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw new IOException("Unable to lock " + file, e);
        }
    }

    private FileChannel open() throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        // Whoever may read a file may lock it against writers, and so bring everything to a halt.
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
