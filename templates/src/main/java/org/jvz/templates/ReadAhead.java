package org.jvz.templates;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.jvz.templates.tar.ArchiveException;

/**
 * A stream that another thread reads ahead of its user, so that decompressing and writing to disk overlap. The thread ends
 * with the source, or on {@link #close}, which waits for it.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK = 1 << 18;
    private static final int CHUNKS = 8;

    /** What the thread runs to get at the source: opening it may already read. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    /** A filled buffer, or the end: of length -1. */
    private static final class Chunk {
        final byte[] bytes;
        final int length;
        final @Nullable Throwable failure;

        Chunk(byte[] bytes, int length, @Nullable Throwable failure) {
            this.bytes = bytes;
            this.length = length;
            this.failure = failure;
        }
    }

    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(CHUNKS + 2);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable Chunk current;
    private int at;

    ReadAhead(String name, Source source) {
        thread = new Thread(() -> run(source), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Source source) {
        try {
            @Nullable Throwable failure = null;
            try (InputStream in = source.open()) {
                int n;
                do {
                    byte @Nullable [] reused = free.poll();
                    byte[] bytes = reused == null ? new byte[CHUNK] : reused;
                    n = in.readNBytes(bytes, 0, bytes.length);
                    if (n > 0) {
                        full.put(new Chunk(bytes, n, null));
                    }
                } while (n > 0);
            } catch (IOException | RuntimeException | Error e) {
                // Whatever it is belongs to the thread that reads.
                failure = e;
            }
            full.put(new Chunk(new byte[0], -1, failure));
        } catch (InterruptedException e) {
            // Closed: nobody reads any more.
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        Chunk chunk = chunk();
        if (chunk.length < 0) {
            @Nullable Throwable failure = chunk.failure;
            if (failure == null) {
                return -1;
            }
            // Decompressors tell of damage in many ways, not all of them IOExceptions.
            throw new ArchiveException("the archive is damaged or truncated, or cannot be read", failure);
        }
        int n = Math.min(length, chunk.length - at);
        System.arraycopy(chunk.bytes, at, into, offset, n);
        at += n;
        if (at == chunk.length) {
            // Never full: no more buffers exist than are queued, being filled and being read.
            free.add(chunk.bytes);
            current = null;
        }
        return n;
    }

    private Chunk chunk() throws InterruptedIOException {
        @Nullable Chunk known = current;
        if (known != null) {
            return known;
        }
        try {
            Chunk next = full.take();
            current = next;
            at = 0;
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading an archive");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                // The source's buffers belong to the thread until it has ended.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
