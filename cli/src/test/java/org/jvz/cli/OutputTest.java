package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.ve.VeEvent;

/** Who is shown how far something is. */
class OutputTest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path dir;

    private Path terminal;
    private Path pipe;

    @BeforeEach
    void makeLinks() throws IOException {
        terminal = Files.createSymbolicLink(dir.resolve("terminal"), Path.of("/dev/pts/7"));
        pipe = Files.createSymbolicLink(dir.resolve("pipe"), Path.of("pipe:[7]"));
    }

    private Output output(Path stdout, Path stderr) {
        return new Output(stream(out), stream(err), Terminal.of(Map.of(), stdout, stderr));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\033[K", "<");
    }

    /** What no terminal shows for so long, the listener itself does not: nobody calls again while something lasts. */
    @Test
    void whatLastsIsShownWithoutAnotherCall() throws InterruptedException {
        Output output = output(terminal, terminal);
        output.lasting("Unmounting");
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!text(out).contains("Unmounting ... 2 s")) {
            assertThat(System.nanoTime()).as(text(out)).isLessThan(end);
            Thread.sleep(20);
        }
        output.event(VeEvent.of(VeEvent.Kind.UNMOUNTED));
        output.over();
        assertThat(text(out)).startsWith("<Unmounting ... 1 s").endsWith("<Container is unmounted\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void whereNobodyReadsNothingIsShown() throws InterruptedException {
        Output quiet = output(terminal, terminal);
        quiet.quiet(true);
        for (Output output : new Output[] {quiet, output(pipe, terminal), output(pipe, pipe)}) {
            output.progress("1%");
            output.lasting("Unmounting");
            Thread.sleep(1300);
            output.progress("99%");
            output.over();
        }
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).isEmpty();
    }

    /** A line that is open when the command ends is no rest of its output. */
    @Test
    void theEndOfACommandTakesTheLineAway() throws IOException {
        Harness host = new Harness(dir.resolve("host"));
        host.conf(101, "");
        Output output = output(terminal, terminal);
        int status = Vzctl.run(new String[] {"quotainit", "101"}, host.env(), output, (conf, skipLock, events) -> {
            events.progress("1 file");
            LockSupport.parkNanos(1_100_000_000);
            events.progress("2 files");
            return host.ve;
        });
        assertThat(status).isZero();
        assertThat(text(out)).isEqualTo("<2 files<");
    }
}
