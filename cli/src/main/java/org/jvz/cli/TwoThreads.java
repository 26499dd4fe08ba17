package org.jvz.cli;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Work on many things of which none needs another, by this thread and, if there are enough of them, a second one. */
final class TwoThreads implements Runnable {
    /** Below, starting a thread costs more than it saves. */
    private static final int WORTH_IT = 64;

    private final int count;
    private final Work work;
    private final AtomicInteger next = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    /** What is done with the thing of a number; a lambda costs a command that starts more than a class. */
    interface Work {
        void on(int index) throws IOException;
    }

    private TwoThreads(int count, Work work) {
        this.count = count;
        this.work = work;
    }

    /**
     * Does the work for 0 to {@code count - 1}, in any order; what it writes is seen by the caller afterwards.
     *
     * @throws IOException the first that the work failed with; the rest is left undone
     */
    static void each(int count, Work work) throws IOException {
        TwoThreads both = new TwoThreads(count, work);
        if (count < WORTH_IT) {
            both.run();
        } else {
            Thread second = new Thread(both, "second");
            second.setDaemon(true);
            second.start();
            both.run();
            join(second);
        }
        both.tell();
    }

    /** Takes what nobody has taken yet until there is no more. */
    @Override
    public void run() {
        try {
            for (int i = next.getAndIncrement(); i < count && failure == null; i = next.getAndIncrement()) {
                work.on(i);
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private static void join(Thread second) {
        boolean interrupted = false;
        while (true) {
            try {
                second.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() throws IOException {
        Throwable e = failure;
        if (e instanceof IOException io) {
            throw io;
        }
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
    }
}
