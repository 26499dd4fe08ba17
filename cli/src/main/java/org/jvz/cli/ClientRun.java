package org.jvz.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.ve.ClientView;
import org.jvz.runtime.ve.VeHost;

/**
 * One command in a view of /proc of its own. A thread has the view and starts the command; the others stay where /proc is the
 * kernel's, and so does this process as others see it.
 */
final class ClientRun implements Callable<Integer> {
    private static final long FOLLOW_MILLIS = 500;

    private final VeHost host;
    private final List<String> command;

    /** Writes what is shown anew. */
    interface Refresh {
        void run() throws IOException;
    }

    ClientRun(VeHost host, List<String> command) {
        this.host = host;
        this.command = command;
    }

    /**
     * Runs the command with the caller's streams.
     *
     * @param every seconds between two refreshes, 0 for none
     * @param refresh a failure of it leaves what was there
     * @return its exit status, 128 and a number for a signal
     */
    int run(int every, Refresh refresh) throws IOException {
        FutureTask<Integer> inView = new FutureTask<>(this);
        new Thread(inView, "view").start();
        while (true) {
            try {
                return every == 0 ? inView.get() : inView.get(every, TimeUnit.SECONDS);
            } catch (TimeoutException running) {
                tryTo(refresh);
            } catch (ExecutionException e) {
                throw new IOException("Unable to run " + command.get(0) + " in a view of its own", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while " + command.get(0) + " runs");
            }
        }
    }

    private static void tryTo(Refresh refresh) {
        try {
            refresh.run();
        } catch (IOException later) {
            // The command goes on with what was there.
            return;
        }
    }

    /** In the thread that has the view. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        ClientView view = new ClientView(host);
        view.enter(ProcessHandle.current().pid());
        Process process =
                new ProcessBuilder(ClientView.commandLine(command)).inheritIO().start();
        passSignals((int) process.pid());
        do {
            view.follow();
        } while (!process.waitFor(FOLLOW_MILLIS, TimeUnit.MILLISECONDS));
        return process.exitValue();
    }

    /** The descriptor stays open: a signal may come until this process ends, and that is soon after the command. */
    private void passSignals(int pid) throws IOException {
        Linux linux = host.linux();
        try {
            Signals.pass(linux, linux.openPidfd(pid));
        } catch (SyscallException ended) {
            // Then there is nobody to pass them to.
            return;
        }
    }
}
