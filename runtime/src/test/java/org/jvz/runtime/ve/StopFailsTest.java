package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.testing.RootTest;

/** A VE that does not end when it is killed: the kernel keeps its init until somebody outside has reaped what was run in it. */
class StopFailsTest {
    private static final int KILL_MILLIS = 500;

    @TempDir
    Path prefix;

    @RootTest
    @Tag("vm")
    void saysSoAndCanBeRepeated() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        TinyHost tiny = new TinyHost(prefix);
        VeHost host = tiny.host();
        tiny.create(host);
        tiny.start(host);
        try (RunningVe ve = Objects.requireNonNull(RunningVe.open(host, TinyHost.ID));
                Spawned sleep = ve.exec(new ExecList.Program(
                        List.of("/bin/sleep"),
                        List.of("sleep", "1000"),
                        GuestEnvironment.PLAIN,
                        null,
                        null,
                        null,
                        false))) {
            VeException failure =
                    Objects.requireNonNull(catchThrowableOfType(VeException.class, () -> new StopVe(host, KILL_MILLIS)
                            .run(TinyHost.ID, new StopOptions(true, false), tiny.listener())));
            assertThat(failure.error()).isEqualTo(VzError.STOP);
            assertThat(Objects.requireNonNull(failure.refusal()).text()).isEqualTo("CANT_STOP timeout");
            assertThat(sleep.waitExit().signal()).isEqualTo(Signal.KILL.number());
        }
        tiny.stop(host);
        tiny.destroy(host);
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }
}
