package org.jvz.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of an installed command. Its output goes through files, so that a command's children that keep the streams open (a VE's init, say)
 * do not hold up the test.
 */
public final class VzctlProcess {
    /** Longer than any command may take; a stop waits for two minutes before it kills. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final List<String> command;
    private final ProcessBuilder builder;
    private String input = "";

    VzctlProcess(Path program, List<String> arguments) {
        command = new ArrayList<>();
        command.add(program.getFileName().toString());
        command.addAll(arguments);
        List<String> words = new ArrayList<>(command);
        words.set(0, program.toString());
        builder = new ProcessBuilder(words);
    }

    /** What the command reads on its standard input; nothing by default. */
    public VzctlProcess input(String text) {
        input = text;
        return this;
    }

    /** Adds variables to the command's environment, which is that of the tests. */
    public VzctlProcess environment(Map<String, String> variables) {
        builder.environment().putAll(variables);
        return this;
    }

    /** Starts the command and waits until it is gone. */
    public Outcome run() throws IOException, InterruptedException {
        return start().await();
    }

    /** Starts the command only, for a test that does something meanwhile. */
    public Running start() throws IOException {
        Path dir = Files.createTempDirectory("jvz-it");
        Path stdin = Files.writeString(dir.resolve("stdin"), input);
        builder.redirectInput(stdin.toFile())
                .redirectOutput(dir.resolve("stdout").toFile())
                .redirectError(dir.resolve("stderr").toFile());
        return new Running(List.copyOf(command), dir, System.nanoTime(), builder.start());
    }

    /** A command that has been started. */
    public static final class Running {
        private final List<String> command;
        private final Path dir;
        private final long began;
        private final Process process;

        private Running(List<String> command, Path dir, long began, Process process) {
            this.command = command;
            this.dir = dir;
            this.began = began;
            this.process = process;
        }

        /** The process of the command: for signals. */
        public Process process() {
            return process;
        }

        /** Waits until the command is gone. */
        public Outcome await() throws IOException, InterruptedException {
            boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            Duration time = Duration.ofNanos(System.nanoTime() - began);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Outcome outcome = new Outcome(command, process.exitValue(), read("stdout"), read("stderr"), time);
            for (String name : new String[] {"stdin", "stdout", "stderr", ""}) {
                Files.delete(dir.resolve(name));
            }
            if (!ended) {
                throw new AssertionError("Still running after " + LIMIT + ", killed: " + outcome);
            }
            return outcome;
        }

        private String read(String stream) throws IOException {
            // Commands in a VE may write bytes that are no UTF-8: this replaces them, readString would throw.
            return new String(Files.readAllBytes(dir.resolve(stream)), StandardCharsets.UTF_8);
        }
    }
}
