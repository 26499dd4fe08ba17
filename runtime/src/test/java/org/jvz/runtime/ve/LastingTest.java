package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.testing.RootTest;

/** What an operation tells of what may last, and that it has told of its end when a script writes to the same terminal. */
class LastingTest {
    private static final StartOptions WAIT = new StartOptions(false, true, false, false);

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private Path ran;
    private final List<String> told = new ArrayList<>();
    private final List<String> disturbed = new ArrayList<>();
    private String open = "";

    /** Notes what is told, and which scripts ran while something was still said to last. */
    private final VeEvents listener = new VeEvents() {
        @Override
        public void event(VeEvent event) {
            now("");
        }

        @Override
        public void progress(String line) {
            now(line.replaceAll("[0-9]+", "N"));
        }

        @Override
        public void lasting(String what) {
            now(what);
        }

        @Override
        public void over() {
            now("");
        }
    };

    private void now(String what) {
        try {
            String scripts = Files.readString(ran).strip();
            if (!scripts.isEmpty() && !open.isEmpty()) {
                disturbed.add(scripts + " during " + open);
            }
            Files.writeString(ran, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!what.isEmpty() && !told.contains(what)) {
            told.add(what);
        }
        open = what;
    }

    @BeforeEach
    void makeVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        ran = Files.writeString(prefix.resolve("ran"), "");
        for (String stage : List.of("premount", "mount", "umount", "postumount")) {
            Path file = tiny.paths.confDir().resolve("vps." + stage);
            Files.writeString(file, "#!/bin/sh\necho " + stage + " >>" + ran + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        tiny.create(tiny.host(), "simfs");
    }

    @RootTest
    void scriptsHaveTheTerminalToThemselves() throws IOException {
        new StartVe(tiny.host()).run(TinyHost.ID, WAIT, listener);
        new RestartVe(tiny.host()).run(TinyHost.ID, WAIT, new StopOptions(false, false), listener);
        new StopVe(tiny.host()).run(TinyHost.ID, new StopOptions(true, false), listener);
        assertThat(told)
                .contains(
                        "Waiting for lxcfs",
                        "Waiting until it is up ... N s of N s",
                        "Waiting for its init to end ... N s of N s",
                        "Waiting for its processes to end",
                        "Unmounting its root");

        VeHost failing = tiny.host(
                (step, object) -> {
                    if (step.equals("write state")) {
                        throw new IOException("as the test wants it");
                    }
                },
                Faults.NONE);
        assertThat(catchThrowable(() -> new StartVe(failing).run(TinyHost.ID, WAIT, listener)))
                .isInstanceOf(VeException.class);
        assertThat(told).contains("Taking back what was done");
        now("");
        assertThat(disturbed).isEmpty();
        tiny.destroy(tiny.host());
    }

    @RootTest
    void aLiveChangeOfLimitsMayLast() throws IOException {
        tiny.start(tiny.host());
        SetOptions.Edit edit =
                conf -> new org.jvz.runtime.config.EditResult(conf, conf.withText("PHYSPAGES", "0:16384"));
        new SetVe(tiny.host())
                .run(
                        TinyHost.ID,
                        new SetOptions(edit, List.of(), true, SetOptions.WhenRestartNeeded.WARN, false, List.of()),
                        listener);
        assertThat(told).contains("Setting the limits");
        assertThat(open).isEmpty();
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }
}
