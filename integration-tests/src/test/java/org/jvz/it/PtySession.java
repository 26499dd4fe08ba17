package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A command on a real terminal, which script(1) makes, with everything that appears there. */
final class PtySession {
    private static final long PATIENCE_SECONDS = 60;

    private final Path screen;
    private final Process process;
    private final OutputStream keys;

    /** @param dir where to keep what appears */
    PtySession(Path dir, String command) throws IOException {
        screen = Files.createTempFile(dir, "screen", "");
        process = new ProcessBuilder("script", "-qefc", command, screen.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        keys = process.getOutputStream();
    }

    /** What appears of a command that needs nobody; it ends with 0. */
    static String screenOf(Path dir, String command) throws IOException, InterruptedException {
        PtySession terminal = new PtySession(dir, command + "; echo status $?");
        terminal.awaitText("status ");
        terminal.close();
        assertThat(terminal.screen()).contains("\nstatus 0\r\n");
        return terminal.screen();
    }

    void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    String screen() throws IOException {
        return Files.readString(screen, StandardCharsets.ISO_8859_1);
    }

    void awaitText(String text) throws IOException, InterruptedException {
        awaitText(text, 0);
    }

    /** Waits for a text that has appeared so many times before. */
    void awaitText(String text, int before) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (screen().split(java.util.regex.Pattern.quote(text), -1).length - 1 <= before) {
            assertThat(System.nanoTime())
                    .as("waiting for " + text + " on:\n" + screen())
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** Waits for the command's end; its status. */
    int close() throws IOException, InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(screen())
                .isTrue();
        return process.exitValue();
    }
}
