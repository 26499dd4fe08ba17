package org.jvz.templates;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs of the host that templates are made and fetched with. */
final class HostCommand {
    /** How long a program may take to end after SIGTERM: mmdebstrap unmounts and deletes its tree meanwhile. */
    private static final long GRACE_SECONDS = 20;

    private HostCommand() {}

    /** Takes what a program writes to its standard output, while it runs. */
    @FunctionalInterface
    interface OutputReader {
        void read(InputStream out) throws IOException;
    }

    /** First executable file of that name in {@code path}, directories separated by colons; null if there is none. */
    static @Nullable Path find(String program, String path) {
        for (String dir : path.split(":")) {
            if (!dir.startsWith("/")) {
                continue;
            }
            Path file = Path.of(dir, program);
            if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }

    /** Runs a program to its end and gives its output to {@code events}. Returns its exit status. */
    static int run(List<String> command, Map<String, String> environment, TemplateEvents events) throws IOException {
        return run(command, environment, events, out -> lines(out, events));
    }

    /**
     * Runs a program to its end: {@code output} reads its standard output, its standard error goes to {@code events}; both
     * happen on threads of their own, for reading a pipe cannot be interrupted. If reading fails, or this thread is
     * interrupted, the program is ended first. Returns its exit status.
     */
    static int run(List<String> command, Map<String, String> environment, TemplateEvents events, OutputReader output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(Path.of("/").toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Process process = builder.start();
        Pump out = new Pump(process, process.getInputStream(), output);
        Pump errors = new Pump(process, process.getErrorStream(), in -> lines(in, events));
        boolean ended = false;
        try {
            int status = process.waitFor();
            out.join();
            errors.join();
            ended = true;
            out.rethrow();
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            if (!ended) {
                end(process);
                out.finish();
                errors.finish();
            }
        }
    }

    /** Reads one pipe of a program. */
    private static final class Pump extends Thread {
        private final Process process;
        private final InputStream pipe;
        private final OutputReader reader;
        private @Nullable Throwable failure;

        Pump(Process process, InputStream pipe, OutputReader reader) {
            super("output of process " + process.pid());
            this.process = process;
            this.pipe = pipe;
            this.reader = reader;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try (pipe) {
                reader.read(pipe);
            } catch (IOException | RuntimeException e) {
                failure = e;
                // Nobody takes what it writes: it need not go on.
                process.destroy();
            }
        }

        /** Waits a moment until nothing is read any more; an interrupt is kept for later. */
        void finish() {
            boolean interrupted = Thread.interrupted();
            try {
                // A grandchild that lives on may hold the pipe open: then this thread stays behind, and harms nobody.
                join(TimeUnit.SECONDS.toMillis(2));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void rethrow() throws IOException {
            Throwable thrown = failure;
            if (thrown instanceof IOException io) {
                throw io;
            }
            if (thrown instanceof RuntimeException defect) {
                throw defect;
            }
        }
    }

    private static void end(Process process) {
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void lines(InputStream in, TemplateEvents events) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        @Nullable String line;
        while ((line = reader.readLine()) != null) {
            events.output(line);
        }
    }
}
