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
     * Runs a program to its end: {@code output} reads its standard output, its standard error goes to {@code events}. If
     * reading fails, or this thread is interrupted, the program is ended first. Returns its exit status.
     */
    static int run(List<String> command, Map<String, String> environment, TemplateEvents events, OutputReader output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(Path.of("/").toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Process process = builder.start();
        Thread errors = new Thread(() -> drain(process.getErrorStream(), events), command.get(0) + " stderr");
        errors.setDaemon(true);
        errors.start();
        boolean ended = false;
        try (InputStream out = process.getInputStream()) {
            output.read(out);
            int status = process.waitFor();
            errors.join();
            ended = true;
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while running " + command.get(0));
        } finally {
            if (!ended) {
                end(process);
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

    static void lines(InputStream in, TemplateEvents events) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        @Nullable String line;
        while ((line = reader.readLine()) != null) {
            events.output(line);
        }
    }

    private static void drain(InputStream in, TemplateEvents events) {
        try (in) {
            lines(in, events);
        } catch (IOException e) {
            // The program ended, or was ended: what it could not say any more is no failure of its own.
            events.output(String.valueOf(e.getMessage()));
        }
    }
}
